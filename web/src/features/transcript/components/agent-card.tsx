import { useQuery } from "@tanstack/react-query";
import type { AgentItem } from "../../../api/generated/types.gen.ts";
import { argumentNamed } from "../../../domain/arguments.ts";
import { formatCounted } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { takenWords } from "../model/layout.ts";
import { agentsOf, eventRange } from "../model/questions.ts";
import { isOpened, marksOf, useReading, useTranscript } from "../model/reading.ts";
import styles from "./agent-card.module.css";
import type { CallProps } from "./call-card.tsx";
import { EventRow } from "./event-row.tsx";
import { LongText } from "./long-text.tsx";

const ASKED = ["input", "prompt", "task", "question", "message", "request"] as const;

/** A sub-agent: what it was asked and what it answered; it opens in place. */
export function AgentCard({ block, part, text, marks }: CallProps) {
  const view = useTranscript();
  const { at, reading, isBegun } = view;
  const { number } = text.message;
  const agents = useQuery({ ...agentsOf(at), enabled: isBegun });
  const agent = agents.data?.items.find((one) => one.id === block.call.agent);
  const open = useReading(reading, (state) => isOpened(state.opened, number, part));
  const asked = argumentNamed(block.arguments, ...ASKED) ?? { text: agent?.asked ?? "", start: -1 };
  const { result } = block;
  const told = [result === undefined && "no result", result?.error && "failed", result && `M${result.number}`];
  const answered = { text: result?.text ?? agent?.answered ?? "", start: result == null ? -1 : 0 };
  return (
    <div className={styles.agent}>
      <header>
        <b>
          <InertText text={agent?.name || block.call.function || "sub-agent"} />
        </b>
        <span>{agent !== undefined && takenWords(agent)}</span>
        <i data-failed={result?.error || undefined}>{told.filter(Boolean).join(" · ")}</i>
      </header>
      <Said word="asked" {...asked} marks={marks} />
      {open && agent !== undefined && <Inside agent={agent} />}
      <div data-message={result?.number}>
        <Said
          word="answered"
          {...answered}
          marks={result == null ? [] : marksOf(view, "message", result.number, answered.text)}
        />
      </div>
      <button type="button" className={styles.open} aria-expanded={open} onClick={() => reading.toggle(number, part)}>
        {open ? "fold" : `${agent === undefined ? "" : `${formatCounted(agent.turns, "turn")} · `}open`}
      </button>
    </div>
  );
}

interface SaidProps {
  word: string;
  text: string;
  start: number;
  marks: readonly Mark[];
}

function Said({ word, text, start, marks }: SaidProps) {
  if (text.trim() === "") return null;
  return (
    <div className={styles.said}>
      <LongText text={text} start={start} marks={marks} lines={3}>
        {(shown) => (
          <p dir="auto">
            {word}: “<InertText text={shown} start={start} marks={marks} />”
          </p>
        )}
      </LongText>
    </div>
  );
}

const MOST_INSIDE = 120;

/** What happened in a sub-agent: its model calls and tools. */
function Inside({ agent }: { agent: AgentItem }) {
  const last = agent.last_event ?? agent.first_event + MOST_INSIDE;
  const stop = Math.min(last, agent.first_event + MOST_INSIDE);
  const events = useQuery(eventRange(useTranscript().at, agent.first_event + 1, stop));
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
