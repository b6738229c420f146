import { type Ref, useImperativeHandle, useRef } from "react";
import { Icon } from "../../../ui/icon.tsx";
import type { Draft } from "../model/draft.ts";
import styles from "./yaml-editor.module.css";

export interface YamlEditorHandle {
  /** Put the cursor at the beginning of a line (from 1), in sight. */
  goTo: (line: number) => void;
}

interface YamlEditorProps {
  draft: Draft;
  onEdit: (text: string) => void;
  ref: Ref<YamlEditorHandle>;
}

/** The file as text, with the numbers of its lines, and what is wrong beside the line that it is about. */
export function YamlEditor({ draft: { text, mistakes }, onEdit, ref }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  const wrong = new Map(mistakes.map(({ line, message }) => [line, message]));
  const goTo = (line: number) => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = (area.current?.clientHeight ?? 0) / Math.max(1, lines.length);
    scroller.current?.scrollTo({ top: Math.max(0, (line - 4) * height) });
  };
  useImperativeHandle(ref, () => ({ goTo }));
  return (
    <div className={styles.editor}>
      <h2 className={styles.title}>scout.yaml</h2>
      {mistakes.length > 0 && (
        <div role="alert" aria-label="Mistakes">
          <ul className={styles.mistakes}>
            {mistakes.map(({ line, key, message }) => (
              <li key={`${line} ${key} ${message}`}>
                <button type="button" data-kind="plain" onClick={() => goTo(line ?? 1)}>
                  <Icon name="warning" size={12} />
                  <span>
                    line {line ?? 1}
                    {key !== "" && <code> {key}</code>}: {message}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <section ref={scroller} className={styles.scroller} aria-label="Text of the project file">
        <ol className={styles.numbers} aria-hidden="true">
          {lines.map((_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are the numbers of lines.
            <li key={at} data-wrong={wrong.has(at + 1) || undefined} title={wrong.get(at + 1)}>
              {wrong.has(at + 1) ? "! " : ""}
              {at + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={area}
          className={styles.text}
          aria-label="YAML of the project"
          aria-invalid={mistakes.length > 0 || undefined}
          value={text}
          rows={lines.length + 1}
          wrap="off"
          spellCheck={false}
          onChange={(event) => onEdit(event.target.value)}
        />
      </section>
    </div>
  );
}
