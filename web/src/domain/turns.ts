/** Messages as rows of the reading column: what is thought above the call that it leads to, a call with its result. */

import type { MediaItem, MessageItem, MessagePart, ToolCallItem } from "../api/generated/types.gen.ts";
import { type Argument, argumentsOf, placedArguments } from "./arguments.ts";
import { characterCount, type ToUnits, unitsOf } from "./offsets.ts";

interface Spoken {
  /** Where it begins in the whole text of the message. */
  start: number;
  text: string;
  /** Characters of it that are not loaded. */
  folded: number;
}

export interface CallBlock extends Spoken {
  kind: "call";
  call: ToolCallItem;
  arguments: Argument[];
  /** The message with its result; null while that is not loaded; undefined where there is none. */
  result: MessageItem | null | undefined;
}

export interface MediaBlock {
  kind: "media";
  media: MediaItem;
}

export type TextBlock = Spoken & { kind: "text" | "thought" | "error" };

export type Block = TextBlock | CallBlock | MediaBlock;

/** A message with the results of its calls. */
export interface Turn {
  message: MessageItem;
  blocks: Block[];
  failed: boolean;
}

/** Find a message; undefined where it is not loaded. */
export type Lookup = (number: number) => MessageItem | undefined;

/** Whether a message is shown with the call that it answers. */
export function isAbsorbed(message: MessageItem): boolean {
  return message.role === "tool" && message.caller !== null && message.caller !== undefined;
}

export function turnOf(message: MessageItem, lookup: Lookup): Turn {
  const units = unitsOf(message.text);
  const media = [...(message.media ?? [])];
  const blocks = (message.parts ?? []).flatMap((part): Block[] => {
    if (part.kind === "call") return [callBlock(message, part, units, lookup)];
    if (part.kind === "media") return media.splice(0, 1).map((item) => ({ kind: "media", media: item }));
    const spoken = spokenOf(message, part, units);
    return spoken.text === "" && spoken.folded === 0 ? [] : [{ kind: part.kind, ...spoken }];
  });
  if (blocks.length === 0 && message.text !== "") {
    blocks.push({ kind: "text", start: 0, text: message.text, folded: message.folded });
  }
  return { message, blocks: thoughtsFirst(blocks), failed: message.error === true || blocks.some(hasFailed) };
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

function spokenOf(message: MessageItem, part: MessagePart, units: ToUnits): Spoken {
  const shown = characterCount(message.text);
  const start = Math.min(part.start, shown);
  const stop = Math.min(part.stop, shown);
  return {
    start: units(part.start),
    text: message.text.slice(units(start), units(stop)),
    folded: part.stop - part.start - (stop - start),
  };
}

function callBlock(message: MessageItem, part: MessagePart, units: ToUnits, lookup: Lookup): CallBlock {
  const spoken = spokenOf(message, part, units);
  const call = calledInContent(spoken.text) ?? message.calls?.[part.position] ?? { id: null, function: null };
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

/** Numbers of messages that a row shows: itself and its results. */
export function shownIn(message: MessageItem): number[] {
  const results = (message.calls ?? []).map((call) => call.result).filter((number) => number != null);
  return [message.number, ...results];
}
