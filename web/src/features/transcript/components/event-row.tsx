import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { EventItem } from "../../../api/generated/types.gen.ts";
import { type Argument, headlineOf } from "../../../domain/arguments.ts";
import { errorTextOf, type ModelPart, modelPartsOf, toolTextOf } from "../../../domain/events.ts";
import { formatBytes, formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { JsonTree, Output } from "../../../ui/content/output.tsx";
import type { Json } from "../../../ui/content/text.ts";
import { Skeleton } from "../../../ui/states.tsx";
import { canOpenRaw, rawAddress } from "../model/questions.ts";
import { marksOf, useTranscript } from "../model/reading.ts";
import styles from "./event-row.module.css";
import { LongText } from "./long-text.tsx";

/** An event of the run; `isWithin`: it stands in the card of a sub-agent. */
export const EventRow = memo(function EventRow({ event, isWithin = false }: { event: EventItem; isWithin?: boolean }) {
  const marks = marksOf(useTranscript(), "event", event.number, event.text);
  if (event.kind === "compaction") return <CompactionLine event={event} />;
  const Kind = KINDS[event.kind] ?? OtherEvent;
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

const KINDS: Readonly<Record<string, (props: KindProps) => ReactNode>> = { model: ModelEvent, tool: ToolEvent };

function ModelEvent({ event, marks }: KindProps) {
  return (
    <>
      <Head event={event} name={event.name ?? ""} facts={usageWords(event)} />
      {modelPartsOf(event.text).map(({ kind, text, start }) =>
        kind === "call" ? (
          <Called key={start} text={text} start={start} marks={marks} />
        ) : (
          <div key={start} className={kind === "thought" ? styles.thought : undefined}>
            <LongText text={text} start={start} marks={marks} lines={14} more={<Unread event={event} />}>
              {(shown) => <Markdown text={shown} start={start} marks={marks} />}
            </LongText>
          </div>
        ),
      )}
      <EventBody event={event} />
    </>
  );
}

/** A call that the model makes; what came of it is the event of the tool. */
function Called({ text, start, marks }: Omit<ModelPart, "kind"> & { marks: readonly Mark[] }) {
  const [head = "", name = ""] = /^Tool Call: ([^\n]*)(?:\nArguments:\n?)?/.exec(text) ?? [];
  const given = text.slice(head.length);
  return (
    <div className={styles.card}>
      <header className={styles.head}>
        <b>
          <InertText text={name} start={start + "Tool Call: ".length} marks={marks} />
        </b>
      </header>
      {given !== "" && <Output text={given} start={start + head.length} marks={marks} />}
    </div>
  );
}

function ToolEvent({ event, marks }: KindProps) {
  const { arguments: given, result, resultStart } = toolTextOf(event.text);
  const facts = [event.seconds == null ? "" : formatDuration(event.seconds), event.error ? "failed" : "ok"];
  return (
    <div className={styles.card}>
      <Head event={event} name={event.name ?? "tool"} words={headlineOf(given)} marks={marks} facts={facts} />
      {result !== "" && (
        <LongText text={result} start={resultStart} marks={marks} lines={8} more={<Unread event={event} />}>
          {(shown) => <Output text={shown} start={resultStart} marks={marks} />}
        </LongText>
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
      <Head event={event} name={event.name ?? ""} facts={event.error ? ["failed"] : []} />
      {text !== "" && (
        <LongText text={text} marks={marks} lines={10} more={<Unread event={event} />}>
          {(shown) => <Output text={shown} marks={marks} />}
        </LongText>
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
  facts: readonly string[];
}

function Head({ event, name, words = null, marks = [], facts }: HeadProps) {
  return (
    <header className={styles.head}>
      <span className={styles.kind}>{event.kind}</span>
      <b>
        <InertText text={name} />
      </b>
      <span className={styles.words}>
        {words !== null && <InertText text={words.text} start={words.start} marks={marks} />}
      </span>
      <i data-failed={event.error || undefined}>{facts.filter(Boolean).join(" · ")}</i>
    </header>
  );
}

/** What of the text the row does not have. */
function Unread({ event: { folded } }: { event: EventItem }) {
  if (folded === 0) return null;
  return <p className={styles.more}>{formatCounted(folded, "more character")}: open the whole event.</p>;
}

function usageWords({ model_call: call, seconds, tokens, error }: EventItem): string[] {
  const cached = call?.cache_read_tokens ? ` + ${formatRough(call.cache_read_tokens)} cached` : "";
  const stop = call?.stop_reason ?? "";
  return [
    seconds == null ? "" : formatDuration(seconds),
    call?.input_tokens == null ? "" : `${formatRough(call.input_tokens)} in${cached}`,
    call?.output_tokens == null ? "" : `${formatRough(call.output_tokens)} out`,
    call?.reasoning_tokens ? `${formatRough(call.reasoning_tokens)} of thought` : "",
    call == null && tokens != null ? `${formatRough(tokens)} tokens` : "",
    call?.cache == null ? "" : `cache ${call.cache}`,
    call?.retries ? formatCounted(call.retries, "retry", "retries") : "",
    ["stop", "tool_calls"].includes(stop) ? "" : stop,
    error ? "failed" : "",
  ];
}

/** Parts of an event that are worth a name of their own, in this order. */
const PARTS = ["input", "tools", "tool_choice", "config", "output", "call"] as const;
const NAMES: Readonly<Record<string, string>> = { call: "raw request" };

/** The whole event, read when somebody asks for it: the input of a model, its tools, the raw request. */
function EventBody({ event }: { event: EventItem }) {
  const [part, setPart] = useState<string | null>(null);
  if (part !== null) return <Whole event={event} part={part} onPart={setPart} />;
  const names = event.kind === "model" ? ["input", "tools", "config", "call"] : [];
  const offered = names.filter((name) => name !== "call" || event.model_call?.has_request === true);
  return (
    <div className={styles.parts}>
      {offered.map((name) => (
        <button key={name} type="button" onClick={() => setPart(name)}>
          {NAMES[name] ?? name}
        </button>
      ))}
      <button type="button" onClick={() => setPart("all")}>
        all of it ({formatBytes(event.size)})
      </button>
    </div>
  );
}

interface WholeProps {
  event: EventItem;
  part: string;
  onPart: (part: string | null) => void;
}

function Whole({ event: { number }, part, onPart }: WholeProps) {
  const { at } = useTranscript();
  const { id, location } = at;
  const { data, error } = useQuery({
    ...ask("/transcripts/{id}/events/{number}", { path: { id, number }, query: { location } }),
    gcTime: 30_000,
  });
  const body = (data?.body ?? {}) as { [key: string]: Json };
  return (
    <>
      <div className={styles.parts}>
        {[...PARTS.filter((name) => body[name] != null), "all"].map((name) => (
          <button key={name} type="button" aria-pressed={name === part} onClick={() => onPart(name)}>
            {NAMES[name] ?? name}
          </button>
        ))}
        {canOpenRaw && (
          <a href={rawAddress(at, "event", number)} target="_blank" rel="noreferrer">
            open raw
          </a>
        )}
        <button type="button" onClick={() => onPart(null)}>
          close
        </button>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
      {data === undefined && error === null && <Skeleton lines={3} />}
      {data !== undefined && (
        <div className={styles.tree}>
          {data.shortened && <p className={styles.note}>Very long texts in it stay references.</p>}
          <JsonTree value={part === "all" ? body : (body[part] ?? null)} />
        </div>
      )}
    </>
  );
}

/** Where the conversation was compacted, and what that dropped. */
export function CompactionLine({ event }: { event: EventItem }) {
  const { kind, tokens_before: before, tokens_after: after, source } = event.compaction ?? {};
  return (
    <p className={styles.line}>
      <span>
        compacted{kind == null ? "" : ` by ${kind}`}
        {source != null && <InertText text={` (${source})`} />}
        {before != null && after != null && `: ${formatRough(before - after)} of ${formatRough(before)} tokens dropped`}
      </span>
    </p>
  );
}
