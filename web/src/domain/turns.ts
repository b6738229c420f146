/** Messages as rows of the reading column: what is thought above the call that it leads to, a call with its result. */

import type { MediaItem, MessageItem, MessagePart, ToolCallItem } from "../api/generated/types.gen.ts";
import { type Argument, argumentsOf, placedArguments } from "./arguments.ts";
import { characterCount, type ToUnits, unitsFrom } from "./offsets.ts";

interface Spoken {
  /** Where it begins: 0 is where the text of the message begins, as far as that is loaded. */
  start: number;
  text: string;
  /** Characters of it before and behind what is loaded. */
  skipped: number;
  folded: number;
}

export interface CallBlock extends Spoken {
  kind: "call";
  call: ToolCallItem;
  arguments: Argument[];
  /** The message with its result; null while that is not loaded; undefined where there is none. */
  result: MessageItem | null | undefined;
}

interface MediaBlock {
  kind: "media";
  media: MediaItem;
}

export type TextBlock = Spoken & { kind: "text" | "thought" | "error" };

export type Block = TextBlock | CallBlock | MediaBlock;

/** A message with the results of its calls. */
export interface Turn {
  message: MessageItem;
  /** Its parts, each with its place among them. */
  blocks: (Block & { part: number })[];
  failed: boolean;
}

/** Find a message; undefined where it is not loaded. */
export type Lookup = (number: number) => MessageItem | undefined;

/** Whether a message is shown with the call that it answers. */
export function isAbsorbed(message: MessageItem): boolean {
  return message.role === "tool" && message.caller !== null && message.caller !== undefined;
}

/**
 * Take a message apart.
 *
 * `from`: how many characters of its text were skipped. Marks that are given in characters of the whole text have their places
 * by `unitsFrom(message.text, from)`.
 */
export function turnOf(message: MessageItem, lookup: Lookup, from = 0): Turn {
  const loaded = loadedOf(message, from);
  const media = [...(message.media ?? [])];
  const blocks = (message.parts ?? []).flatMap((part): Block[] => {
    if (part.kind === "call") return [callBlock(loaded, part, lookup)];
    if (part.kind === "media") return media.splice(0, 1).map((item) => ({ kind: "media", media: item }));
    const spoken = spokenOf(loaded, part);
    return part.stop === part.start ? [] : [{ kind: part.kind, ...spoken }];
  });
  if (blocks.length === 0 && message.text !== "") {
    blocks.push({ kind: "text", start: 0, text: message.text, skipped: from, folded: message.folded });
  }
  const placed = thoughtsFirst(blocks).map((block, part) => ({ ...block, part }));
  return { message, blocks: placed, failed: message.error === true || blocks.some(hasFailed) };
}

interface Loaded {
  message: MessageItem;
  units: ToUnits;
  /** The first character that is loaded, and behind the last. */
  from: number;
  to: number;
}

function loadedOf(message: MessageItem, from: number): Loaded {
  return { message, units: unitsFrom(message.text, from), from, to: from + characterCount(message.text) };
}

/** Thoughts stand above the calls that they lead to, also where the log has them behind. */
function thoughtsFirst(blocks: readonly Block[]): Block[] {
  const firstCall = blocks.findIndex((block) => block.kind === "call");
  if (firstCall < 0 || !blocks.slice(firstCall).some((block) => block.kind === "thought")) return [...blocks];
  return [
    ...blocks.slice(0, firstCall),
    ...blocks.slice(firstCall).filter((block) => block.kind === "thought"),
    ...blocks.slice(firstCall).filter((block) => block.kind !== "thought"),
  ];
}

function spokenOf({ message, units, from, to }: Loaded, part: MessagePart): Spoken {
  const inside = (place: number) => Math.min(Math.max(place, from), to);
  const [start, stop] = [inside(part.start), inside(part.stop)];
  return {
    start: units(start),
    text: message.text.slice(units(start), units(stop)),
    skipped: start - Math.min(part.start, start),
    folded: part.stop - Math.max(stop, part.start),
  };
}

function callBlock(loaded: Loaded, part: MessagePart, lookup: Lookup): CallBlock {
  const spoken = spokenOf(loaded, part);
  const call = calledInContent(spoken.text) ?? loaded.message.calls?.[part.position] ?? { id: null, function: null };
  const given = (call as { arguments?: unknown }).arguments;
  const known = typeof given === "object" && given !== null && !Array.isArray(given);
  return {
    kind: "call",
    ...spoken,
    call,
    arguments: known
      ? placedArguments(given as Record<string, unknown>, spoken.text, spoken.start)
      : argumentsOf(spoken.text, spoken.start),
    result: call.result == null ? undefined : (lookup(call.result) ?? null),
  };
}

/** A call that the model's provider made itself stands in the content, with its result: `Tool Use: name(...) -> ...`. */
function calledInContent(text: string): ToolCallItem | undefined {
  const name = /^\s*Tool Use: ([^(\n]*)\(/.exec(text)?.[1];
  return name === undefined ? undefined : { id: null, function: name };
}

function hasFailed(block: Block): boolean {
  return block.kind === "error" || (block.kind === "call" && block.result?.error === true);
}

/** The results of the calls of a message, as far as they are loaded, in the order of the calls. */
export function resultsOf(message: MessageItem, lookup: Lookup): (MessageItem | undefined)[] {
  return (message.calls ?? []).map((call) => (call.result == null ? undefined : lookup(call.result)));
}

/** Thoughts have tags around them in prompts. */
const WRAPPED_THOUGHT = /^(\s*<thinking(_summary)?>\n?)([\s\S]*?)(?:\n?<\/thinking(?:_summary)?>)?$/;

/** A thought without its tags; `remark`: what it is, where it is not the thought itself. */
export function thoughtOf(text: string, start: number): { text: string; start: number; remark: string | null } {
  if (/^\s*<thinking_redacted\/>\s*$/.test(text)) return { text: "", start, remark: "A thought that was redacted" };
  const found = WRAPPED_THOUGHT.exec(text);
  if (found === null) return { text, start, remark: null };
  return {
    text: found[3] ?? "",
    start: start + (found[1]?.length ?? 0),
    remark: found[2] === undefined ? null : "Summary of a thought",
  };
}
