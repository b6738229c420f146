import { anyMarked } from "../../domain/marks.ts";
import { hasAnsi } from "./ansi-runs.ts";
import { AnsiText } from "./ansi-text.tsx";
import { Code } from "./code.tsx";
import { InertText, type TextProps } from "./inert-text.tsx";
import { jsonOf } from "./json-text.ts";
import { JsonTree } from "./json-tree.tsx";
import styles from "./output.module.css";

/** What a tool gave back: JSON as a tree where nothing in it is marked, the colours of a terminal, else as it is. */
export function Output({ text, start = 0, marks = [], language = "" }: TextProps & { language?: string }) {
  const json = anyMarked(marks, start, start + text.length) ? undefined : jsonOf(text);
  if (json !== undefined) {
    return (
      <div className={styles.output}>
        <JsonTree value={json} />
      </div>
    );
  }
  return (
    <pre className={styles.output} dir="auto">
      {language !== "" && !hasAnsi(text) ? (
        <Code text={text} language={language} start={start} marks={marks} />
      ) : hasAnsi(text) ? (
        <AnsiText text={text} start={start} marks={marks} />
      ) : (
        <InertText text={text} start={start} marks={marks} />
      )}
    </pre>
  );
}
