/** What a call of a tool does to a file, where it is one of the common tools that edit. */

import { type Argument, argumentNamed } from "./arguments.ts";

/** A text that is taken out or put in, and where it stands in the text of the message. */
export interface Side {
  text: string;
  start: number;
}

export type Edit =
  | { kind: "replace"; path: string; before: Side; after: Side }
  | { kind: "write"; path: string; after: Side }
  | { kind: "insert"; path: string; after: Side; line: number }
  | { kind: "patch"; path: string; patch: Side };

const PATH = ["path", "file_path", "filename", "file", "filepath", "target_file"] as const;
const BEFORE = ["old_str", "old_string", "old", "old_text", "search"] as const;
const AFTER = ["new_str", "new_string", "new", "new_text", "replace"] as const;
const WRITTEN = ["content", "contents", "file_text", "text", "file_content"] as const;
const PATCHED = ["patch", "diff", "input"] as const;
const WRITES = /write|create|save|new_file/i;
const PATCHES = /patch|diff/i;
const BEGINS_PATCH = /^(?:\*\*\* Begin Patch|--- |diff --git |@@ )/m;

export function editOf(tool: string | null, found: readonly Argument[]): Edit | null {
  const path = argumentNamed(found, ...PATH)?.text.trim() ?? "";
  const before = argumentNamed(found, ...BEFORE);
  const after = argumentNamed(found, ...AFTER);
  if (before !== undefined) return { kind: "replace", path, before, after: after ?? { text: "", start: -1 } };
  const line = argumentNamed(found, "insert_line");
  const inserted = argumentNamed(found, "new_str", "insert_text", "text");
  if (line !== undefined && inserted !== undefined) {
    return { kind: "insert", path, after: inserted, line: Number(line.text) || 0 };
  }
  return patchOf(tool, found, path) ?? writtenOf(tool, found, path);
}

function patchOf(tool: string | null, found: readonly Argument[], path: string): Edit | null {
  const patch = argumentNamed(found, ...PATCHED);
  if (patch === undefined || !BEGINS_PATCH.test(patch.text)) return null;
  if (path === "" && !PATCHES.test(tool ?? "") && !patch.text.startsWith("*** Begin Patch")) return null;
  return { kind: "patch", path: path === "" ? pathsOf(patch.text) : path, patch };
}

function writtenOf(tool: string | null, found: readonly Argument[], path: string): Edit | null {
  const written = argumentNamed(found, ...WRITTEN);
  const command = argumentNamed(found, "command")?.text ?? "";
  if (written === undefined || path === "" || !WRITES.test(`${tool} ${command}`)) return null;
  return { kind: "write", path, after: written };
}

/** Files that a patch changes, by its own headings. */
function pathsOf(patch: string): string {
  const named = [...patch.matchAll(/^(?:\*\*\* (?:Update|Add|Delete) File: |\+\+\+ (?:b\/)?)(.+)$/gm)];
  return [...new Set(named.map((one) => one[1]?.trim() ?? ""))].join(", ");
}

export interface PatchLine {
  kind: "same" | "add" | "del" | "head";
  text: string;
  start: number;
}

/** The lines of a patch, by what they begin with; sound for unified diffs and for `*** Begin Patch`. */
export function patchLines({ text, start }: Side): PatchLine[] {
  let at = start;
  return text.split("\n").map((line) => {
    const from = at;
    at += line.length + 1;
    if (/^(?:\*\*\* |@@|--- |\+\+\+ |diff --git |index [0-9a-f]+\.\.)/.test(line)) {
      return { kind: "head", text: line, start: from };
    }
    const kind = line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "same";
    const body = line === "" ? 0 : 1;
    return { kind, text: line.slice(body), start: from + body };
  });
}
