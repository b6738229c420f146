/** Where things stand: the parts of a transcript on the strip over it, and sub-agents in their lanes. */

import type { AgentItem, MinimapBucket } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";

type StripKind = "error" | "call" | "said" | "given";

export interface StripPart extends MinimapBucket {
  x: number;
  width: number;
  kind: StripKind;
}

export interface Strip {
  parts: StripPart[];
  /** Where a message begins. */
  xOf: (number: number) => number;
  /** The message that stands somewhere. */
  numberAt: (x: number) => number;
}

/** Long messages are wider, but not by as much as they are longer: a megabyte would hide all others. */
function weightOf(bucket: MinimapBucket): number {
  const bytes = Object.values(bucket.sizes).reduce((sum, size) => sum + size, 0);
  return (bucket.stop - bucket.start) * (1 + Math.log2(1 + bytes / 200 / (bucket.stop - bucket.start)));
}

export function stripOf(buckets: readonly MinimapBucket[], width: number): Strip {
  const whole = buckets.reduce((sum, bucket) => sum + weightOf(bucket), 0) || 1;
  const parts: StripPart[] = [];
  let x = 0;
  for (const bucket of buckets) {
    const wide = (weightOf(bucket) / whole) * width;
    parts.push({ ...bucket, x, width: wide, kind: kindOf(bucket) });
    x += wide;
  }
  return {
    parts,

    xOf: (number) => {
      const part = parts.find((one) => number < one.stop);
      if (part === undefined) return number <= 1 ? 0 : width;
      const inside = (Math.max(number, part.start) - part.start) / (part.stop - part.start);
      return part.x + part.width * inside;
    },
    numberAt: (at) => {
      const part = parts.find((one) => at < one.x + one.width) ?? parts.at(-1);
      if (part === undefined) return 1;
      const inside = Math.max(0, Math.min(0.999, (at - part.x) / part.width));
      return part.start + Math.floor(inside * (part.stop - part.start));
    },
  };
}

function kindOf({ errors, calls, sizes }: MinimapBucket): StripKind {
  if (errors > 0) return "error";
  if (calls > 0 || (sizes.tool ?? 0) > 0) return "call";
  return (sizes.assistant ?? 0) > 0 ? "said" : "given";
}

export type LaneMeasure = "order" | "time" | "tokens";

/** Sub-agents by where they were in the run, or by what they took; places and widths are parts of the whole, 0 to 1. */
export function lanesOf(agents: readonly AgentItem[], measure: LaneMeasure, events: number) {
  const largest = Math.max(1e-9, ...agents.map((agent) => measured(agent, measure)));
  return agents.map((agent) => {
    const depth = depthOf(agent, agents);
    if (measure !== "order") return { agent, depth, from: 0, width: measured(agent, measure) / largest };
    const all = Math.max(1, events);
    const from = (agent.first_event - 1) / all;
    const width = Math.min(1 - from, ((agent.last_event ?? all) - agent.first_event + 1) / all);
    return { agent, depth, from, width };
  });
}

function measured(agent: AgentItem, measure: LaneMeasure): number {
  return measure === "time" ? (agent.seconds ?? 0) : agent.tokens;
}

/** How many sub-agents are around one. Spans that are not agents stand between an agent and the one around it: what lies within counts. */
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
