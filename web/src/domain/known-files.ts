/** What a file held before a call wrote it, as far as earlier messages tell. */

import type { MessageItem } from "../api/generated/types.gen.ts";
import { editOf } from "./edits.ts";
import { type CallBlock, type Lookup, turnOf } from "./turns.ts";

/** So many messages back it is looked for. */
const LOOK_BACK = 60;
const READS = /read|view|open|cat\b/i;
const PATHS = new Set(["path", "file_path", "filename", "file", "filepath"]);

/** The content before the first file that a message writes as a whole; undefined where nobody knows it. */
export function contentBefore(message: MessageItem, lookup: Lookup): string | undefined {
  const path = callsOf(message, lookup)
    .map(writtenPath)
    .find((one) => one !== undefined);
  if (path === undefined) return undefined;
  for (let number = message.number - 1; number >= Math.max(1, message.number - LOOK_BACK); number -= 1) {
    const earlier = lookup(number);
    if (earlier === undefined) return undefined;
    for (const call of callsOf(earlier, lookup).toReversed()) {
      const told = contentTold(call, path);
      if (told !== null) return told;
    }
  }
  return undefined;
}

function callsOf(message: MessageItem, lookup: Lookup): CallBlock[] {
  if ((message.calls ?? []).length === 0) return [];
  return turnOf(message, lookup).blocks.filter((block) => block.kind === "call");
}

function writtenPath(call: CallBlock): string | undefined {
  const edit = editOf(call.call.function ?? null, call.arguments);
  return edit?.kind === "write" && edit.path !== "" ? edit.path : undefined;
}

/** What a call tells of a file: its content, undefined where it changed in a way that is not followed, null for nothing. */
function contentTold(call: CallBlock, path: string): string | undefined | null {
  if (call.result == null || call.result.error === true) return null;
  const edit = editOf(call.call.function ?? null, call.arguments);
  if (edit !== null) {
    if (edit.path !== path) return null;
    return edit.kind === "write" && call.folded === 0 ? edit.after.text : undefined;
  }
  const [only, ...others] = call.arguments;
  const isRead = READS.test(call.call.function ?? "") && only !== undefined && others.length === 0;
  if (!isRead || !PATHS.has(only.name) || only.text !== path) return null;
  return call.result.folded === 0 ? call.result.text : undefined;
}
