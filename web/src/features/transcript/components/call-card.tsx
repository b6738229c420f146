import { lazy, Suspense, useMemo } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { type Argument, headlineOf } from "../../../domain/arguments.ts";
import { editOf } from "../../../domain/edits.ts";
import { formatDuration } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import { type CallBlock, turnOf } from "../../../domain/turns.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Code, Folded, Output } from "../../../ui/content/output.tsx";
import { type MessageText, useFold, useMessageText } from "../model/messages.ts";
import { marksOf, useTranscript } from "../model/reading.ts";
import styles from "./call-card.module.css";
import { MediaView, SpokenBlock } from "./spoken-block.tsx";

const DiffView = lazy(() =>
  import("../../../ui/content/diff-view.tsx").then((module) => ({ default: module.DiffView })),
);

const RESULT_LINES = 12;
const CODE_LINES = 16;

export interface CallProps {
  block: CallBlock;
  part: number;
  text: MessageText;
  marks: readonly Mark[];
  /** What the file held that it writes, where that is known. */
  before?: string | undefined;
}

/** A call of a tool with its result, as one card. */
export function CallCard({ block, part, text, marks, before }: CallProps) {
  const edit = useMemo(() => editOf(block.call.function ?? null, block.arguments), [block]);
  const telling = edit === null ? headlineOf(block.arguments) : null;
  // What has several lines is shown below as a whole.
  const headline = block.arguments.find((one) => one.name === telling?.name && one.text === telling.text) ?? null;
  return (
    <div className={styles.call}>
      <header className={styles.head}>
        <b>
          <InertText text={block.call.function ?? "unknown tool"} start={nameStart(block)} marks={marks} />
        </b>
        <span className={styles.headline} title={headline?.text}>
          {edit === null ? (
            <InertText text={headline?.text ?? ""} start={headline?.start ?? -1} marks={marks} />
          ) : (
            <InertText text={edit.path} />
          )}
        </span>
        <Outcome block={block} />
      </header>
      {edit === null ? (
        <Arguments block={block} part={part} text={text} marks={marks} headline={headline} />
      ) : (
        <Suspense>
          <DiffView edit={edit} marks={marks} before={before} />
        </Suspense>
      )}
      {block.result === null && <div className={styles.waiting} aria-busy="true" />}
      {block.result != null && <Result message={block.result} />}
    </div>
  );
}

/** Where the name of the tool stands in the text of the message. */
function nameStart({ call, text, start }: CallBlock): number {
  const at = call.function == null ? -1 : text.indexOf(call.function);
  return at < 0 ? -1 : start + at;
}

function Outcome({ block: { call, result } }: { block: CallBlock }) {
  const words = call.seconds == null ? [] : [formatDuration(call.seconds)];
  if (result === undefined) words.push("no result");
  else if (result?.error === true) words.push(failureWord(call.error), `M${result.number}`);
  else if (result !== null) words.push("ok", `M${result.number}`);
  return <i className={result?.error === true ? styles.failed : styles.quiet}>{words.join(" · ")}</i>;
}

/** Errors begin with their kind; one whose kind nobody knows says no more than that it failed. */
function failureWord(error: string | null | undefined): string {
  const [kind = ""] = (error ?? "").split(":", 1);
  return kind === "" || kind === "unknown" ? "failed" : kind;
}

/** What the tool was called with, where the headline does not say all of it. */
function Arguments({ block, part, text, marks, headline }: CallProps & { headline: Argument | null }) {
  const fold = useFold(text, part, block.folded);
  const rest = block.arguments.filter((one) => one !== headline);
  if (rest.length === 0 && block.folded === 0) {
    // A call that is not written as others are: as it stands.
    const isBare = block.arguments.length === 0 && block.text.trim() !== "" && !NO_ARGUMENTS.test(block.text);
    return isBare ? <Output text={block.text.trim()} start={-1} marks={marks} /> : null;
  }
  return (
    <div className={styles.arguments}>
      {rest.map((one) => (
        <div key={`${one.name}${one.start}`}>
          {block.arguments.length > 1 && (
            <span className={styles.name}>
              <InertText text={one.name} />
            </span>
          )}
          <Folded text={one.text} start={one.start} marks={marks} lines={CODE_LINES} {...fold}>
            {(shown) => <Value argument={one} text={shown} marks={marks} />}
          </Folded>
        </div>
      ))}
    </div>
  );
}

const NO_ARGUMENTS = /^\s*Tool Call: [^\n]*\nArguments:\s*$/;
const LANGUAGES: Readonly<Record<string, string>> = {
  cmd: "bash",
  command: "bash",
  commands: "bash",
  code: "python",
  sql: "sql",
};

function Value({ argument, text, marks }: { argument: Argument; text: string; marks: readonly Mark[] }) {
  const language = LANGUAGES[argument.name];
  if (language === undefined) return <Output text={text} start={argument.start} marks={marks} />;
  return (
    <pre className={styles.code}>
      <Code text={text} language={language} start={argument.start} marks={marks} />
    </pre>
  );
}

function Result({ message }: { message: MessageItem }) {
  const view = useTranscript();
  const text = useMessageText(message);
  const turn = useMemo(() => turnOf(text.message, () => undefined, text.from), [text.message, text.from]);
  const marks = marksOf(view, "message", message.number, text.message.text, text.from);
  return (
    <div className={styles.result} data-message={message.number}>
      {turn.blocks.map((block) => {
        if (block.kind === "media") return <MediaView key={block.part} media={block.media} />;
        const spoken = block.kind === "call" ? { ...block, kind: "text" as const } : block;
        const shown = { part: block.part, text, marks, lines: RESULT_LINES };
        return <SpokenBlock key={block.part} block={spoken} {...shown} as="output" />;
      })}
    </div>
  );
}
