import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { EventItem, ModelCallItem } from "../../../api/generated/types.gen.ts";
import { headlineOf } from "../../../domain/arguments.ts";
import { modelTextOf, toolTextOf } from "../../../domain/events.ts";
import { formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Output } from "../../../ui/content/output.tsx";
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
        <Kind event={event} />
      </div>
    </article>
  );
});

function Kind({ event }: { event: EventItem }) {
  switch (event.kind) {
    case "model":
      return <ModelEvent event={event} />;
    case "tool":
      return <ToolEvent event={event} />;
    default:
      return <OtherEvent event={event} />;
  }
}

function ModelEvent({ event }: { event: EventItem }) {
  const { thought, said, calls } = modelTextOf(event.text);
  return (
    <>
      <Head event={event} name={event.name ?? ""}>
        {usageWords(event)}
      </Head>
      {thought !== "" && (
        <div className={styles.thought}>
          <Long event={event} text={thought} lines={10}>
            {(shown) => <Markdown text={shown} start={-1} />}
          </Long>
        </div>
      )}
      {said !== "" && (
        <Long event={event} text={said} lines={14}>
          {(shown) => <Markdown text={shown} start={-1} />}
        </Long>
      )}
      {calls.map((call) => (
        <div key={call} className={styles.card}>
          <Output text={call.replace(/^Tool Call: /, "").replace("\nArguments:", "")} start={-1} />
        </div>
      ))}
      <EventBody event={event} />
    </>
  );
}

function ToolEvent({ event }: { event: EventItem }) {
  const { arguments: given, result } = toolTextOf(event.text);
  const headline = headlineOf(given);
  return (
    <div className={styles.card}>
      <Head event={event} name={event.name ?? "tool"} words={headline?.text ?? ""}>
        {[event.seconds == null ? "" : formatDuration(event.seconds), event.error ? "failed" : "ok"]}
      </Head>
      {result !== "" && (
        <Long event={event} text={result} lines={8}>
          {(shown) => <Output text={shown} start={-1} />}
        </Long>
      )}
      <EventBody event={event} />
    </div>
  );
}

function OtherEvent({ event }: { event: EventItem }) {
  return (
    <>
      <Head event={event} name={event.name ?? ""}>
        {[event.error ? "failed" : ""]}
      </Head>
      {event.text !== "" && (
        <Long event={event} text={event.text} lines={8}>
          {(shown) => <Output text={shown} start={-1} />}
        </Long>
      )}
      <EventBody event={event} />
    </>
  );
}

interface HeadProps {
  event: EventItem;
  name: string;
  words?: string;
  children: readonly string[];
}

function Head({ event, name, words = "", children }: HeadProps) {
  return (
    <header className={styles.head}>
      <span className={styles.kind}>{event.kind}</span>
      <b>
        <InertText text={name} />
      </b>
      <span className={styles.words}>
        <InertText text={words} />
      </span>
      <i data-failed={event.error || undefined}>{children.filter(Boolean).join(" · ")}</i>
    </header>
  );
}

interface LongProps {
  event: EventItem;
  text: string;
  lines: number;
  children: (shown: string) => ReactNode;
}

function Long({ event, text, lines, children }: LongProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Folded text={text} start={-1} lines={lines} unloaded={0} open={open} onToggle={() => setOpen(!open)}>
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
  if (call?.stop_reason != null && !["stop", "tool_calls"].includes(call.stop_reason))
    words.push(call.stop_reason);
  if (event.error) words.push("failed");
  return words;
}

function cachedWords(call: ModelCallItem): string {
  return call.cache_read_tokens ? ` + ${formatRough(call.cache_read_tokens)} cached` : "";
}
