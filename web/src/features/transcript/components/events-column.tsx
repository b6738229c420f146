import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { EventItem } from "../../../api/generated/types.gen.ts";
import { beginsAgent, controlRun, controlStart } from "../../../domain/events.ts";
import { formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import { minimapQuery } from "../api/read-minimap.ts";
import { outlineQuery } from "../api/read-outline.ts";
import type { TranscriptAddress } from "../model/address.ts";
import { isOpened, type Reading } from "../model/reading.ts";
import { useReading, useTranscript } from "../model/transcript-context.ts";
import { route } from "../model/use-address.ts";
import { useEvents } from "../model/use-events.ts";
import { AgentLanes } from "./agent-lanes.tsx";
import { EventRow } from "./event-row.tsx";
import styles from "./events-column.module.css";
import { type LoadedItems, RowColumn } from "./row-column.tsx";

type Lookup = LoadedItems<EventItem>["lookup"];

/** Everything that happened, in one column; control events are folded where they stand together. */
export function EventsColumn({ reading }: { reading: Reading }) {
  const { at } = useTranscript();
  const total = useQuery({ ...minimapQuery(at), select: (map) => map.events }).data ?? 0;
  useSpanOfAddress(at, reading);
  const opened = useReading(reading, (state) => state.opened);
  const folded = (event: EventItem, lookup: Lookup) => {
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
        useItems={useEvents}
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
function useSpanOfAddress(at: TranscriptAddress, reading: Reading): void {
  const span = route.useSearch({ select: (search) => search.span });
  const outline = useQuery({ ...outlineQuery(at, 1, 1), enabled: span !== undefined }).data;
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
  lookup: Lookup;
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
