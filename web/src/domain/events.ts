/** Events as rows of the reading column: what happened, with control events folded. */

import type { EventItem } from "../api/generated/types.gen.ts";
import { type Argument, argumentsOf } from "./arguments.ts";

/** Events that tell how the run is built and what it stored, not what happened in it. */
const CONTROL = new Set(["span_begin", "span_end", "state", "store", "sample_init", "step", "anchor", "checkpoint"]);

type Lookup = (number: number) => EventItem | undefined;

/** The beginning of a sub-agent is worth a line of its own. */
export function beginsAgent(event: EventItem): boolean {
  return event.kind === "span_begin" && /^type: agent$/m.test(event.text);
}

export function isControl(event: EventItem): boolean {
  return CONTROL.has(event.kind) && !beginsAgent(event);
}

/** The first of the control events that stand together with one, as far as they are loaded; null for any other event. */
export function controlStart(event: EventItem, lookup: Lookup): number | null {
  if (!isControl(event)) return null;
  let first = event.number;
  for (let before = lookup(first - 1); before !== undefined && isControl(before); before = lookup(first - 1)) {
    first -= 1;
  }
  return first;
}

export interface ControlRun {
  /** Kinds with how often they occur, as they come. */
  kinds: ReadonlyMap<string, number>;
  count: number;
  /** Whether it may go on behind what is loaded. */
  isOpenEnded: boolean;
}

export function controlRun(first: EventItem, lookup: Lookup, total: number): ControlRun {
  const kinds = new Map<string, number>();
  let number = first.number;
  let event: EventItem | undefined = first;
  while (event !== undefined && isControl(event)) {
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
    number += 1;
    event = lookup(number);
  }
  return { kinds, count: number - first.number, isOpenEnded: event === undefined && number <= total };
}

export interface ToolText {
  arguments: Argument[];
  result: string;
  resultStart: number;
}

/** Take the text of the event of a tool apart: what it was called with, and what it gave back. */
export function toolTextOf(text: string): ToolText {
  const at = text.search(/^Result:$/m);
  if (at < 0) return { arguments: argumentsOf(text, 0), result: "", resultStart: text.length };
  const result = text.slice(at + "Result:".length).trimStart();
  return { arguments: argumentsOf(text.slice(0, at), 0), result, resultStart: text.length - result.length };
}

/** The text of an error: what went wrong and where, with the colours of its terminal; null where it says it otherwise. */
export function errorTextOf(text: string): string | null {
  const given = /^error: (\{[\s\S]*\})$/.exec(text)?.[1];
  if (given === undefined) return null;
  try {
    const { message, traceback, traceback_ansi } = JSON.parse(given) as Record<string, unknown>;
    const told = [traceback_ansi, traceback, message].find((one) => typeof one === "string" && one !== "");
    return typeof told === "string" ? told : null;
  } catch {
    // Folded in its middle.
    return null;
  }
}

export interface ModelPart {
  kind: "thought" | "said" | "call";
  text: string;
  /** Where it begins in the text of the event. */
  start: number;
}

const THOUGHT = /<thinking(?:_summary)?>\n?([\s\S]*?)(?:<\/thinking(?:_summary)?>|$)/g;

/** Take the text of a model's answer apart: what it thinks, says and calls, in this order. */
export function modelPartsOf(text: string): ModelPart[] {
  const firstCall = text.search(/^Tool Call: /m);
  const head = firstCall < 0 ? text : text.slice(0, firstCall);
  const parts: ModelPart[] = [];
  let said = 0;
  for (const found of head.matchAll(THOUGHT)) {
    parts.push(trimmed("said", head.slice(said, found.index), said));
    const inside = found[1] ?? "";
    parts.push(trimmed("thought", inside, found.index + found[0].indexOf(inside, found[0].indexOf(">"))));
    said = found.index + found[0].length;
  }
  parts.push(trimmed("said", head.slice(said), said));
  if (firstCall >= 0) {
    for (const call of text.slice(firstCall).split(/(?=^Tool Call: )/m)) {
      const last = parts.findLast((part) => part.kind === "call");
      const start = last === undefined ? firstCall : text.indexOf(call, last.start + last.text.length);
      parts.push(trimmed("call", call, start));
    }
  }
  return parts.filter((part) => part.text !== "");
}

function trimmed(kind: ModelPart["kind"], text: string, start: number): ModelPart {
  const rest = text.trimStart();
  return { kind, text: rest.trimEnd(), start: start + text.length - rest.length };
}
