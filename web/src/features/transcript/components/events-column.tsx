import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { AgentItem, EventItem } from "../../../api/generated/types.gen.ts";
import { beginsAgent, controlRun, controlStart } from "../../../domain/events.ts";
import { formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import { route } from "../model/address.ts";
import { type LaneMeasure, lanesOf, takenWords } from "../model/layout.ts";
import type { Lookup } from "../model/messages.ts";
import { agentsOf, eventPage, outlineFrom } from "../model/questions.ts";
import { isOpened, type Reading, useReading, useTranscript } from "../model/reading.ts";
import { EventRow } from "./event-row.tsx";
import styles from "./events-column.module.css";
import { RowColumn } from "./reading-column.tsx";

/** Everything that happened, in one column; control events are folded where they stand together. */
export function EventsColumn({ reading }: { reading: Reading }) {
  const { at, map } = useTranscript();
  const total = map?.events ?? 0;
  useSpanOfAddress(reading);
  const opened = useReading(reading, (state) => state.opened);
  const folded = (event: EventItem, lookup: Lookup<EventItem>) => {
    const start = controlStart(event, lookup);
    return start === null || isOpened(opened, start) ? null : start;
  };
  return (
    <div className={styles.column}>
      <AgentLanes reading={reading} events={total} />
      <RowColumn<EventItem>
        label="Events"
        attribute="data-event"
        reading={reading}
        expected={total}
        query={(page) => eventPage(at, page)}
        shownIn={(event, lookup) => {
          const start = folded(event, lookup);
          return start === event.number ? null : start;
        }}
        row={(event, lookup) =>
          folded(event, lookup) === null ? (
            <Shown event={event} />
          ) : (
            <ControlLine event={event} lookup={lookup} total={total} onOpen={() => reading.toggle(event.number)} />
          )
        }
        empty={<EmptyState title="This transcript has no events.">Its log holds messages only.</EmptyState>}
      />
    </div>
  );
}

/** A link may name a part of the run: it leads to the event that begins it. */
function useSpanOfAddress(reading: Reading): void {
  const { at } = useTranscript();
  const span = route.useSearch({ select: (search) => search.span });
  const outline = useQuery({ ...outlineFrom(at, 1, 1), enabled: span !== undefined }).data;
  const first = outline?.spans.find((one) => one.id === span)?.first;
  useEffect(() => {
    if (first !== undefined) reading.startAt(first);
  }, [first, reading]);
}

function Shown({ event }: { event: EventItem }) {
  if (!beginsAgent(event)) return <EventRow event={event} />;
  return (
    <div className={styles.agent} data-event={event.number}>
      ◆ <InertText text={event.name ?? "sub-agent"} />
    </div>
  );
}

interface ControlProps {
  event: EventItem;
  lookup: Lookup<EventItem>;
  total: number;
  onOpen: () => void;
}

function ControlLine({ event, lookup, total, onOpen }: ControlProps) {
  const run = controlRun(event, lookup, total);
  const kinds = [...run.kinds].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(", ");
  return (
    <div className={styles.control} data-event={event.number}>
      <button type="button" onClick={onOpen}>
        {formatCounted(run.count, "control event")}
        {run.isOpenEnded ? " or more" : ""} folded
      </button>
      <span>{kinds}</span>
    </div>
  );
}

const MEASURES: readonly LaneMeasure[] = ["order", "time", "tokens"];

/** Sub-agents as lanes: where in the run each was, or how long it took, or what it used. */
function AgentLanes({ reading, events }: { reading: Reading; events: number }) {
  const { data } = useQuery(agentsOf(useTranscript().at));
  const [measure, setMeasure] = useState<LaneMeasure>("order");
  const current = useReading(reading, (state) => state.current);
  const agents = data?.items ?? [];
  if (data === undefined || agents.length < 2) return null;
  return (
    <nav className={styles.lanes} aria-label="Sub-agents">
      <fieldset className={styles.measures} aria-label="Width of a lane">
        <span>Sub-agents by</span>
        {MEASURES.map((name) => (
          <button key={name} type="button" aria-pressed={name === measure} onClick={() => setMeasure(name)}>
            {name}
          </button>
        ))}
      </fieldset>
      {lanesOf(agents, measure, events).map(({ agent, depth, from, width }) => (
        <button
          key={agent.id}
          type="button"
          className={styles.lane}
          aria-current={isWithin(agent, current) || undefined}
          title={`${agent.name}: ${takenWords(agent)}`}
          onClick={() => reading.goTo(agent.first_event)}
        >
          <span className={styles.name} style={{ paddingLeft: depth * 12 }}>
            <InertText text={agent.name} />
          </span>
          <span className={styles.track}>
            <span className={styles.bar} style={{ marginLeft: `${from * 100}%`, width: `${width * 100}%` }} />
          </span>
          <span className={styles.taken}>{takenWords(agent)}</span>
        </button>
      ))}
      {data.total > agents.length && <p className={styles.more}>{data.total - agents.length} more sub-agents</p>}
    </nav>
  );
}

function isWithin(agent: AgentItem, event: number): boolean {
  return event >= agent.first_event && event <= (agent.last_event ?? Number.POSITIVE_INFINITY);
}
