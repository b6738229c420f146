/** Sub-agents as lanes, by where they were in the run, or by what they took. */

import type { AgentItem } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";

export type LaneMeasure = "order" | "time" | "tokens";

export interface Lane {
  agent: AgentItem;
  /** How many sub-agents are around it. */
  depth: number;
  /** Of the whole width, 0 to 1. */
  from: number;
  width: number;
}

export function lanesOf(agents: readonly AgentItem[], measure: LaneMeasure, events: number): Lane[] {
  const largest = Math.max(1e-9, ...agents.map((agent) => measured(agent, measure)));
  return agents.map((agent) => {
    const depth = depthOf(agent, agents);
    if (measure !== "order") return { agent, depth, from: 0, width: measured(agent, measure) / largest };
    const all = Math.max(1, events);
    const from = (agent.first_event - 1) / all;
    return {
      agent,
      depth,
      from,
      width: Math.min(1 - from, ((agent.last_event ?? all) - agent.first_event + 1) / all),
    };
  });
}

function measured(agent: AgentItem, measure: LaneMeasure): number {
  return measure === "time" ? (agent.seconds ?? 0) : agent.tokens;
}

/** Spans that are not agents stand between an agent and the one around it: what lies within counts. */
function depthOf(agent: AgentItem, agents: readonly AgentItem[]): number {
  const end = agent.last_event ?? agent.first_event;
  return agents.filter(
    (other) =>
      other !== agent && other.first_event < agent.first_event && (other.last_event ?? Number.POSITIVE_INFINITY) >= end,
  ).length;
}

/** What a sub-agent took, in words. */
export function takenWords(agent: AgentItem): string {
  const words = [formatCounted(agent.turns, "turn")];
  if (agent.seconds !== null) words.push(formatDuration(agent.seconds));
  if (agent.tokens > 0) words.push(`${formatRough(agent.tokens)} tokens`);
  return words.join(" · ");
}
