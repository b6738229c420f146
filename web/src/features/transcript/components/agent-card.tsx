import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentItem } from "../../../api/generated/types.gen.ts";
import { argumentNamed } from "../../../domain/arguments.ts";
import { formatCounted } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import type { CallBlock } from "../../../domain/turns.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { agentsQuery } from "../api/list-agents.ts";
import { eventRangeQuery } from "../api/read-events.ts";
import { takenWords } from "../model/lanes.ts";
import { isOpened } from "../model/reading.ts";
import { marksOf, useReading, useTranscript } from "../model/transcript-context.ts";
import styles from "./agent-card.module.css";
import { EventRow } from "./event-row.tsx";

interface AgentProps {
  block: CallBlock;
  /** The message that calls it, and which part of that the call is. */
  number: number;
  part: number;
  marks: readonly Mark[];
}

const ASKED = ["input", "prompt", "task", "question", "message", "request"] as const;

/** A sub-agent: what it was asked and what it answered; it opens in place. */
export function AgentCard({ block, number, part, marks }: AgentProps) {
  const view = useTranscript();
  const { at, reading } = view;
  const agents = useQuery(agentsQuery(at));
  const agent = agents.data?.items.find((one) => one.id === block.call.agent);
  const open = useReading(reading, (state) => isOpened(state.opened, number, part));
  const asked = argumentNamed(block.arguments, ...ASKED) ?? { text: agent?.asked ?? "", start: -1 };
  const { result } = block;
  const answered = result?.text ?? agent?.answered ?? "";
  const toggle = () => reading.toggle(number, part);
  return (
    <div className={styles.agent}>
      <Head name={agent?.name || block.call.function || "sub-agent"} agent={agent} result={result} />
      <Said word="asked" text={asked.text} start={asked.start} marks={marks} />
      {open && agent !== undefined && <Inside agent={agent} />}
      <div data-message={result?.number}>
        <Said
          word="answered"
          text={answered}
          start={result == null ? -1 : 0}
          marks={result == null ? [] : marksOf(view, "message", result.number, answered, 0)}
        />
      </div>
      <button type="button" className={styles.open} aria-expanded={open} onClick={toggle}>
        {open ? "fold" : agent === undefined ? "open" : `${formatCounted(agent.turns, "turn")} · open`}
      </button>
    </div>
  );
}

interface HeadProps {
  name: string;
  agent: AgentItem | undefined;
  result: CallBlock["result"];
}

function Head({ name, agent, result }: HeadProps) {
  const words = [result === undefined && "no result", result?.error && "failed", result && `M${result.number}`];
  return (
    <header>
      <b>
        <InertText text={name} />
      </b>
      <span>{agent === undefined ? "" : takenWords(agent)}</span>
      <i data-failed={result?.error || undefined}>{words.filter(Boolean).join(" · ")}</i>
    </header>
  );
}

interface SaidProps {
  word: string;
  text: string;
  start: number;
  marks: readonly Mark[];
}

function Said({ word, text, start, marks }: SaidProps) {
  const [open, setOpen] = useState(false);
  if (text.trim() === "") return null;
  return (
    <div className={styles.said}>
      <Folded
        text={text}
        start={start}
        marks={marks}
        lines={3}
        unloaded={0}
        open={open}
        onToggle={() => setOpen(!open)}
      >
        {(shown) => (
          <p dir="auto">
            {word}: “<InertText text={shown} start={start} marks={marks} />”
          </p>
        )}
      </Folded>
    </div>
  );
}

const MOST_INSIDE = 120;

/** What happened in a sub-agent: its model calls and tools. */
function Inside({ agent }: { agent: AgentItem }) {
  const { at } = useTranscript();
  const last = agent.last_event ?? agent.first_event + MOST_INSIDE;
  const stop = Math.min(last, agent.first_event + MOST_INSIDE);
  const events = useQuery(eventRangeQuery(at, agent.first_event + 1, stop));
  const shown = (events.data?.items ?? []).filter((event) => event.kind === "model" || event.kind === "tool");
  return (
    <div className={styles.inside}>
      {events.error !== null && <p role="alert">{events.error.message}</p>}
      {shown.map((event) => (
        <EventRow key={event.number} event={event} isWithin />
      ))}
      {last > stop && <p className={styles.more}>{formatCounted(last - stop, "more event")}: see the events.</p>}
    </div>
  );
}
