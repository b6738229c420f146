import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { EventItem, ModelCallItem } from "../../../api/generated/types.gen.ts";
import { type Argument, headlineOf } from "../../../domain/arguments.ts";
import { errorTextOf, type ModelPart, modelPartsOf, toolTextOf } from "../../../domain/events.ts";
import { formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Output } from "../../../ui/content/output.tsx";
import { marksOf, useTranscript } from "../model/transcript-context.ts";
import { CompactionLine } from "./compaction-line.tsx";
import { EventBody } from "./event-body.tsx";
import styles from "./event-row.module.css";

interface EventProps {
  event: EventItem;
  /** Whether it stands in the card of a sub-agent. */
  isWithin?: boolean;
}

/** An event of the run. */
export const EventRow = memo(function EventRow({ event, isWithin = false }: EventProps) {
  const view = useTranscript();
  const marks = marksOf(view, "event", event.number, event.text, 0);
  if (event.kind === "compaction") return <CompactionLine event={event} />;
  return (
    <article
      className={styles.event}
      data-event={isWithin ? undefined : event.number}
      data-within={isWithin || undefined}
      aria-label={`Event ${event.number}, ${event.kind}`}
    >
      <Link
        to="."
        search={(before: object) => ({ ...before, view: "events" as const, event: event.number })}
        replace={!isWithin}
        className={styles.number}
        title={event.timestamp ?? "Link to this event"}
      >
        E{event.number}
      </Link>
      <div className={styles.body}>
        <Kind event={event} marks={marks} />
      </div>
    </article>
  );
});

interface KindProps {
  event: EventItem;
  marks: readonly Mark[];
}

function Kind(props: KindProps) {
  switch (props.event.kind) {
    case "model":
      return <ModelEvent {...props} />;
    case "tool":
      return <ToolEvent {...props} />;
    default:
      return <OtherEvent {...props} />;
  }
}

function ModelEvent({ event, marks }: KindProps) {
  return (
    <>
      <Head event={event} name={event.name ?? ""}>
        {usageWords(event)}
      </Head>
      {modelPartsOf(event.text).map((part) =>
        part.kind === "call" ? (
          <Called key={part.start} part={part} marks={marks} />
        ) : (
          <div key={part.start} className={part.kind === "thought" ? styles.thought : undefined}>
            <Long event={event} text={part.text} start={part.start} marks={marks} lines={14}>
              {(shown) => <Markdown text={shown} start={part.start} marks={marks} />}
            </Long>
          </div>
        ),
      )}
      <EventBody event={event} />
    </>
  );
}

/** A call that the model makes; what came of it is the event of the tool. */
function Called({ part, marks }: { part: ModelPart; marks: readonly Mark[] }) {
  const [head = "", name = ""] = /^Tool Call: ([^\n]*)(?:\nArguments:\n?)?/.exec(part.text) ?? [];
  const given = part.text.slice(head.length);
  return (
    <div className={styles.card}>
      <header className={styles.head}>
        <b>
          <InertText text={name} start={part.start + "Tool Call: ".length} marks={marks} />
        </b>
      </header>
      {given !== "" && <Output text={given} start={part.start + head.length} marks={marks} />}
    </div>
  );
}

function ToolEvent({ event, marks }: KindProps) {
  const { arguments: given, result, resultStart } = toolTextOf(event.text);
  const headline = headlineOf(given);
  return (
    <div className={styles.card}>
      <Head event={event} name={event.name ?? "tool"} words={headline} marks={marks}>
        {[event.seconds == null ? "" : formatDuration(event.seconds), event.error ? "failed" : "ok"]}
      </Head>
      {result !== "" && (
        <Long event={event} text={result} start={resultStart} marks={marks} lines={8}>
          {(shown) => <Output text={shown} start={resultStart} marks={marks} />}
        </Long>
      )}
      <EventBody event={event} />
    </div>
  );
}

function OtherEvent({ event, marks }: KindProps) {
  // What is found in an error is shown as it stands, else the mark would be lost.
  const error = marks.length === 0 ? errorTextOf(event.text) : null;
  const text = error ?? event.text;
  return (
    <>
      <Head event={event} name={event.name ?? ""}>
        {[event.error ? "failed" : ""]}
      </Head>
      {text !== "" && (
        <Long event={event} text={text} start={0} marks={marks} lines={10}>
          {(shown) => <Output text={shown} marks={marks} />}
        </Long>
      )}
      <EventBody event={event} />
    </>
  );
}

interface HeadProps {
  event: EventItem;
  name: string;
  /** What it was called with, in short. */
  words?: Argument | null;
  marks?: readonly Mark[];
  children: readonly string[];
}

function Head({ event, name, words = null, marks = [], children }: HeadProps) {
  return (
    <header className={styles.head}>
      <span className={styles.kind}>{event.kind}</span>
      <b>
        <InertText text={name} />
      </b>
      <span className={styles.words}>
        {words !== null && <InertText text={words.text} start={words.start} marks={marks} />}
      </span>
      <i data-failed={event.error || undefined}>{children.filter(Boolean).join(" · ")}</i>
    </header>
  );
}

interface LongProps extends KindProps {
  text: string;
  start: number;
  lines: number;
  children: (shown: string) => ReactNode;
}

function Long({ event, text, start, marks, lines, children }: LongProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Folded {...{ text, start, marks, lines, open }} unloaded={0} onToggle={() => setOpen(!open)}>
        {children}
      </Folded>
      {open && event.folded > 0 && (
        <p className={styles.more}>{formatCounted(event.folded, "more character")}: open the whole event.</p>
      )}
    </>
  );
}

function usageWords(event: EventItem): string[] {
  const call = event.model_call;
  const words = [event.seconds == null ? "" : formatDuration(event.seconds)];
  if (call?.input_tokens != null) words.push(`${formatRough(call.input_tokens)} in${cachedWords(call)}`);
  if (call?.output_tokens != null) words.push(`${formatRough(call.output_tokens)} out`);
  if (call?.reasoning_tokens) words.push(`${formatRough(call.reasoning_tokens)} of thought`);
  if (call == null && event.tokens != null) words.push(`${formatRough(event.tokens)} tokens`);
  if (call?.cache != null) words.push(`cache ${call.cache}`);
  if (call?.retries) words.push(formatCounted(call.retries, "retry", "retries"));
  if (call?.stop_reason != null && !["stop", "tool_calls"].includes(call.stop_reason)) words.push(call.stop_reason);
  if (event.error) words.push("failed");
  return words;
}

function cachedWords(call: ModelCallItem): string {
  return call.cache_read_tokens ? ` + ${formatRough(call.cache_read_tokens)} cached` : "";
}
