import { type AnsiRun, ansiRuns } from "./ansi-runs.ts";
import styles from "./ansi-text.module.css";
import { InertText, type TextProps } from "./inert-text.tsx";

/** Output of a terminal with its colours. */
export function AnsiText({ text, start = 0, marks = [] }: TextProps) {
  return ansiRuns(text).map((run) => (
    <span key={run.start} className={classOf(run)} data-ansi={run.colour ?? undefined}>
      <InertText text={run.text} start={start < 0 ? -1 : start + run.start} marks={marks} />
    </span>
  ));
}

function classOf(run: AnsiRun): string {
  const looks = [run.bold && styles.bold, run.dim && styles.dim, run.italic && styles.italic];
  return [...looks, run.underline && styles.underline].filter(Boolean).join(" ");
}
