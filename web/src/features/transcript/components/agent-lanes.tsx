import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentItem } from "../../../api/generated/types.gen.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { agentsQuery } from "../api/list-agents.ts";
import { type LaneMeasure, lanesOf, takenWords } from "../model/lanes.ts";
import type { Reading } from "../model/reading.ts";
import { useReading, useTranscript } from "../model/transcript-context.ts";
import styles from "./agent-lanes.module.css";

const MEASURES: readonly [LaneMeasure, string][] = [
  ["order", "order"],
  ["time", "time"],
  ["tokens", "tokens"],
];

/** Sub-agents as lanes: where in the run each was, or how long it took, or what it used. */
export function AgentLanes({ reading, events }: { reading: Reading; events: number }) {
  const { at } = useTranscript();
  const { data } = useQuery(agentsQuery(at));
  const [measure, setMeasure] = useState<LaneMeasure>("order");
  const current = useReading(reading, (state) => state.current);
  const agents = data?.items ?? [];
  if (agents.length < 2) return null;
  return (
    <nav className={styles.lanes} aria-label="Sub-agents">
      <fieldset className={styles.measures} aria-label="Width of a lane">
        <span>Sub-agents by</span>
        {MEASURES.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={name === measure} onClick={() => setMeasure(name)}>
            {label}
          </button>
        ))}
      </fieldset>
      {lanesOf(agents, measure, events).map((lane) => (
        <button
          key={lane.agent.id}
          type="button"
          className={styles.lane}
          aria-current={isWithin(lane.agent, current) || undefined}
          title={`${lane.agent.name}: ${takenWords(lane.agent)}`}
          onClick={() => reading.goTo(lane.agent.first_event)}
        >
          <span className={styles.name} style={{ paddingLeft: lane.depth * 12 }}>
            <InertText text={lane.agent.name} />
          </span>
          <span className={styles.track}>
            <span className={styles.bar} style={{ marginLeft: `${lane.from * 100}%`, width: `${lane.width * 100}%` }} />
          </span>
          <span className={styles.taken}>{takenWords(lane.agent)}</span>
        </button>
      ))}
      {data !== undefined && data.total > agents.length && (
        <p className={styles.more}>{data.total - agents.length} more sub-agents</p>
      )}
    </nav>
  );
}

function isWithin(agent: AgentItem, event: number): boolean {
  return event >= agent.first_event && event <= (agent.last_event ?? Number.POSITIVE_INFINITY);
}
