import { useEffect, useRef, useState } from "react";
import { formatCount } from "../../../domain/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import type { ScanSearch } from "../model/scan-search.ts";
import type { Finding } from "../model/use-find.ts";
import styles from "./find-bar.module.css";

interface FindBarProps {
  search: ScanSearch;
  finding: Finding;
  /** Which hit one is at; -1: at none. */
  at: number;
  onSearch: (change: ScanSearch) => void;
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

const TYPING_MS = 200;
const CHOICES = [
  ["case", "Aa", "Capital letters matter"],
  ["word", "ab|", "Whole words"],
  ["regex", ".*", "Regular expression (RE2)"],
] as const;

/** Find in all results: also those that are on no page, in all that is recorded of them. */
export function FindBar({ search, finding, at, onSearch, onStep, onClose }: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search.find ?? "");
  const sought = search.find ?? "";
  useEffect(() => field.current?.select(), []);
  useEffect(() => {
    if (text === sought) return;
    const typing = setTimeout(() => onSearch({ find: text === "" ? undefined : text }), TYPING_MS);
    return () => clearTimeout(typing);
  }, [text, sought, onSearch]);
  return (
    <search className={styles.bar}>
      <Icon name="find" />
      <input
        ref={field}
        type="text"
        aria-label="Find in all results"
        placeholder="Find in all results"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          if (event.key === "Enter" && text === sought) onStep(event.shiftKey ? -1 : 1);
          else if (event.key === "Enter") onSearch({ find: text === "" ? undefined : text });
        }}
      />
      {CHOICES.map(([name, label, title]) => (
        <button
          key={name}
          type="button"
          className={styles.choice}
          aria-pressed={search[name] === true}
          aria-label={title}
          title={title}
          onClick={() => onSearch({ [name]: search[name] === true ? undefined : true })}
        >
          {label}
        </button>
      ))}
      <span className={styles.count} role="status" data-failed={finding.error !== null || undefined}>
        {sought === "" ? "" : countWords(finding, at)}
      </span>
      <button type="button" data-kind="plain" aria-label="Previous hit" onClick={() => onStep(-1)}>
        <Icon name="up" />
      </button>
      <button type="button" data-kind="plain" aria-label="Next hit" onClick={() => onStep(1)}>
        <Icon name="down" />
      </button>
      <button type="button" data-kind="plain" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </search>
  );
}

function countWords({ error, count, hits, done }: Finding, at: number): string {
  if (error !== null) return error;
  if (count === 0) return done ? "not found" : "…";
  const place = at < 0 ? "" : `${formatCount(at + 1)} of `;
  const told = hits.length < count && done ? ` (the first ${formatCount(hits.length)} are told)` : "";
  return `${place}${formatCount(count)}${done ? "" : "+"} ${count === 1 ? "cell" : "cells"}${told}`;
}
