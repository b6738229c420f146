import { useCallback } from "react";
import { formatCount } from "../../../domain/format.ts";
import { FindBar, FindCount } from "../../../ui/find-bar.tsx";
import type { Sought } from "../api/find-text.ts";
import type { Finding } from "../model/use-find.ts";

interface TranscriptFindBarProps {
  sought: Sought;
  finding: Finding;
  /** Changes when somebody asks for the field once more. */
  asked: number;
  onSeek: (sought: Sought) => void;
  onClose: () => void;
}

/** Find in all of the transcript: what is typed is looked for on the server. */
export function TranscriptFindBar({ sought, finding, asked, onSeek, onClose }: TranscriptFindBarProps) {
  const seek = useCallback((text: string) => onSeek({ ...sought, text }), [sought, onSeek]);
  return (
    <FindBar
      label="Find in this transcript"
      sought={sought.text}
      choices={sought}
      asked={asked}
      onSeek={seek}
      onChoose={(name, isOn) => onSeek({ ...sought, [name]: isOn })}
      onStep={finding.step}
      onClose={onClose}
    >
      <FindCount error={finding.result.error}>{sought.text === "" ? "" : countWords(finding)}</FindCount>
    </FindBar>
  );
}

function countWords({ result: { matches, done, stopped }, number }: Finding): string {
  const told = stopped === null ? "" : ` (${stopped})`;
  if (matches === 0) return `${done ? "not found" : "…"}${told}`;
  return `${formatCount(number)} of ${formatCount(matches)}${done ? "" : "+"}${told}`;
}
