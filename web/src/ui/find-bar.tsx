import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./find-bar.module.css";
import { Icon } from "./icon.tsx";

interface FindChoices {
  case: boolean;
  word: boolean;
  regex: boolean;
}

interface FindBarProps {
  /** What is looked in: "Find in all results". */
  label: string;
  /** What is looked for now. */
  sought: string;
  choices: FindChoices;
  /** Changes when somebody asks for the field once more. */
  asked?: number;
  /** Where one is among the hits, or why nothing was looked for. */
  children: ReactNode;
  onSeek: (text: string) => void;
  onChoose: (name: keyof FindChoices, isOn: boolean) => void;
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

const TYPING_MS = 200;
const CHOICES = [
  ["case", "Aa", "capital letters matter"],
  ["word", "ab|", "whole words"],
  ["regex", ".*", "regular expression (RE2)"],
] as const;

/** A field for what is looked for, how, and the steps from hit to hit; who shows it asks the server. */
export function FindBar({
  label,
  sought,
  choices,
  asked = 0,
  children,
  onSeek,
  onChoose,
  onStep,
  onClose,
}: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(sought);
  useEffect(() => {
    if (asked >= 0) field.current?.select();
  }, [asked]);
  useEffect(() => {
    if (text === sought) return;
    const typing = setTimeout(() => onSeek(text), TYPING_MS);
    return () => clearTimeout(typing);
  }, [text, sought, onSeek]);
  return (
    <search className={styles.bar}>
      <Icon name="find" />
      <input
        ref={field}
        type="text"
        aria-label={label}
        placeholder={label}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (text === sought) onStep(event.shiftKey ? -1 : 1);
          else onSeek(text);
        }}
      />
      {CHOICES.map(([name, sign, means]) => (
        <button
          key={name}
          type="button"
          className={styles.choice}
          aria-pressed={choices[name]}
          aria-label={`${sign}: ${means}`}
          title={`${sign}: ${means}`}
          onClick={() => onChoose(name, !choices[name])}
        >
          {sign}
        </button>
      ))}
      {children}
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

/** How many hits there are, or why there are none. */
export function FindCount({ error, children }: { error: string | null; children: string }) {
  return (
    <span className={error === null ? styles.count : styles.error} role="status">
      {error ?? children}
    </span>
  );
}
