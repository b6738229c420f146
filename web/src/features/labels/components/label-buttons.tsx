import { useState } from "react";
import type { JsonValue } from "../../../api/generated/types.gen.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Command } from "../../../ui/keyboard/key-registry.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { parseLabel } from "../model/cases.ts";
import styles from "./label-buttons.module.css";

interface LabelButtonsProps {
  /** Texts to choose from by number; none: yes and no. */
  choices: readonly string[];
  /** What is said now. */
  label: JsonValue | undefined;
  say: (label: JsonValue) => void;
}

/** What can be said of a case: yes and no, or one of several texts, or anything else. */
export function LabelButtons({ choices, label, say }: LabelButtonsProps) {
  const [isTyping, setTyping] = useState(false);
  const known =
    choices.length === 0
      ? [
          { keys: "y", name: "Yes", value: true as JsonValue },
          { keys: "n", name: "No", value: false as JsonValue },
        ]
      : choices.map((name, at) => ({ keys: String(at + 1), name, value: name as JsonValue }));
  const commands: readonly Command[] = [
    ...known.map(({ keys, name, value }) => ({ keys, label: `Label: ${name}`, run: () => say(value) })),
    { keys: "e", label: "Label: another value", run: () => setTyping(true) },
  ];
  useKeys("Label", commands);
  return (
    <>
      <fieldset className={styles.choices} aria-label="Label">
        {known.map(({ keys, name, value }) => (
          <button key={keys} type="button" aria-pressed={label === value} onClick={() => say(value)}>
            <span>
              <InertText text={name} />
            </span>
            <kbd>{keys}</kbd>
          </button>
        ))}
        <button type="button" aria-expanded={isTyping} onClick={() => setTyping(!isTyping)}>
          <span>Other</span>
          <kbd>e</kbd>
        </button>
      </fieldset>
      {isTyping && <OtherValue say={say} onClose={() => setTyping(false)} />}
    </>
  );
}

function OtherValue({ say, onClose }: { say: (label: JsonValue) => void; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  return (
    <form
      className={styles.other}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === "") return;
        onClose();
        say(parseLabel(typed));
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: it opens by a key, to be typed into.
        autoFocus
        type="text"
        aria-label="Another value"
        placeholder="a number, a text, null"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
      <button type="submit">Label</button>
    </form>
  );
}
