import { type ReactNode, useEffect, useState } from "react";
import styles from "./code.module.css";
import type { CodeRun, Highlighter } from "./highlighter.ts";
import { InertText, type TextProps } from "./inert-text.tsx";

/** Longer code is not coloured: it would hold up reading. */
const MOST_CODE = 30_000;

let loaded: Highlighter | undefined;

/** Source code, coloured once the highlighter is there. */
export function Code({ text, language, start = 0, marks = [] }: TextProps & { language: string }): ReactNode {
  const highlight = useHighlighter(language !== "" && text.length <= MOST_CODE);
  const runs: readonly CodeRun[] = highlight?.(text, language) ?? [{ text, start: 0, look: "" }];
  return (
    <code className={styles.code}>
      {runs.map((run) => (
        <span key={run.start} className={styles[run.look]}>
          <InertText text={run.text} start={start < 0 ? -1 : start + run.start} marks={marks} />
        </span>
      ))}
    </code>
  );
}

function useHighlighter(wanted: boolean): Highlighter | undefined {
  const [highlighter, setHighlighter] = useState(() => loaded);
  useEffect(() => {
    if (!wanted || loaded !== undefined) return;
    let here = true;
    import("./highlighter.ts").then((module) => {
      loaded = module.highlight;
      if (here) setHighlighter(() => module.highlight);
    });
    return () => {
      here = false;
    };
  }, [wanted]);
  return wanted ? highlighter : undefined;
}
