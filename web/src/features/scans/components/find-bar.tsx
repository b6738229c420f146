import { useCallback } from "react";
import { formatCount } from "../../../domain/format.ts";
import { FindBar, FindCount } from "../../../ui/find-bar.tsx";
import type { ScanSearch } from "../model/scan-search.ts";
import type { Finding } from "../model/use-find.ts";

interface ResultsFindBarProps {
  search: ScanSearch;
  finding: Finding;
  /** Which hit one is at; -1: at none. */
  at: number;
  onSearch: (change: ScanSearch) => void;
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

/** Find in all results: also those that are on no page, in all that is recorded of them. */
export function ResultsFindBar({ search, finding, at, onSearch, onStep, onClose }: ResultsFindBarProps) {
  const { find = "", case: isCase = false, word = false, regex = false } = search;
  const seek = useCallback((text: string) => onSearch({ find: text === "" ? undefined : text }), [onSearch]);
  return (
    <FindBar
      label="Find in all results"
      sought={find}
      choices={{ case: isCase, word, regex }}
      onSeek={seek}
      onChoose={(name, isOn) => onSearch({ [name]: isOn ? true : undefined })}
      onStep={onStep}
      onClose={onClose}
    >
      <FindCount error={find === "" ? null : finding.error}>{find === "" ? "" : countWords(finding, at)}</FindCount>
    </FindBar>
  );
}

function countWords({ count, hits, done }: Finding, at: number): string {
  if (count === 0) return done ? "not found" : "…";
  const place = at < 0 ? "" : `${formatCount(at + 1)} of `;
  const told = hits.length < count && done ? ` (the first ${formatCount(hits.length)} are told)` : "";
  return `${place}${formatCount(count)}${done ? "" : "+"} ${count === 1 ? "cell" : "cells"}${told}`;
}
