import { useEffect, useRef, useState } from "react";
import { formatCount } from "../../../domain/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import type { Sought } from "../api/find-text.ts";
import type { Finding } from "../model/use-find.ts";
import styles from "./find-bar.module.css";

interface FindBarProps {
  sought: Sought;
  finding: Finding;
  /** Changes when somebody asks for the field once more. */
  asked: number;
  onSeek: (sought: Sought) => void;
  onClose: () => void;
}

const TYPING_MS = 200;

/** Find in all of the transcript: what is typed is looked for on the server. */
export function FindBar({ sought, finding, asked, onSeek, onClose }: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(sought.text);
  useEffect(() => {
    if (asked >= 0) field.current?.select();
  }, [asked]);
  useEffect(() => {
    if (text === sought.text) return;
    const typing = setTimeout(() => onSeek({ ...sought, text }), TYPING_MS);
    return () => clearTimeout(typing);
  }, [text, sought, onSeek]);
  return (
    <search className={styles.bar}>
      <Icon name="find" />
      <input
        ref={field}
        type="text"
        aria-label="Find in this transcript"
        placeholder="Find in this transcript"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (text === sought.text) finding.step(event.shiftKey ? -1 : 1);
          else onSeek({ ...sought, text });
        }}
      />
      <Choice label="Aa" title="Aa: capital letters matter" sought={sought} name="case" onSeek={onSeek} />
      <Choice label="ab|" title="ab|: whole words" sought={sought} name="word" onSeek={onSeek} />
      <Choice label=".*" title=".*: regular expression (RE2)" sought={sought} name="regex" onSeek={onSeek} />
      <Count finding={finding} isAsked={sought.text !== ""} />
      <button type="button" data-kind="plain" aria-label="Previous hit" onClick={() => finding.step(-1)}>
        <Icon name="up" />
      </button>
      <button type="button" data-kind="plain" aria-label="Next hit" onClick={() => finding.step(1)}>
        <Icon name="down" />
      </button>
      <button type="button" data-kind="plain" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </search>
  );
}

interface ChoiceProps extends Pick<FindBarProps, "sought" | "onSeek"> {
  label: string;
  title: string;
  name: "case" | "word" | "regex";
}

function Choice({ label, title, sought, name, onSeek }: ChoiceProps) {
  return (
    <button
      type="button"
      className={styles.choice}
      aria-pressed={sought[name]}
      aria-label={title}
      title={title}
      onClick={() => onSeek({ ...sought, [name]: !sought[name] })}
    >
      {label}
    </button>
  );
}

function Count({ finding: { result, number }, isAsked }: { finding: Finding; isAsked: boolean }) {
  if (result.error !== null) return <span className={styles.error}>{result.error}</span>;
  if (!isAsked) return <span className={styles.count} />;
  const words =
    result.matches === 0
      ? result.done
        ? "not found"
        : "…"
      : `${formatCount(number)} of ${formatCount(result.matches)}${result.done ? "" : "+"}`;
  return (
    <span className={styles.count} role="status">
      {words}
      {result.stopped !== null && ` (${result.stopped})`}
    </span>
  );
}
