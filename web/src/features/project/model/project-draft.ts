/** A project file that somebody is at work on, as what happens to it makes it, and where its values come from. */

import type { DraftItem, MistakeItem, ProjectItem } from "../../../api/generated/types.gen.ts";
import { type OptionField, valueAt } from "../../../domain/options.ts";

export interface Draft {
  /** The file as it was read when the work on it began. */
  base: { text: string; etag: string };
  text: string;
  /** What the text sets, as the server last read it. */
  config: Readonly<Record<string, unknown>>;
  mistakes: readonly MistakeItem[];
}

export function draftOf(file: ProjectItem): Draft {
  const { text, etag, config, mistakes } = file;
  return { base: { text, etag }, text, config, mistakes };
}

export function isEdited({ base, text }: Draft): boolean {
  return text !== base.text;
}

/** Take what the server says of a text, unless it is no longer that text. */
export function checked(draft: Draft, of: string, said: DraftItem): Draft {
  if (draft.text !== of) return draft;
  // What is not YAML sets nothing: the form goes on to show what held before.
  const isBroken = said.mistakes.length > 0 && Object.keys(said.config).length === 0;
  return { ...draft, ...said, config: isBroken ? draft.config : said.config };
}

/** Whether the YAML itself is broken, so that the form cannot change it. */
export function isUnreadable({ mistakes, text }: Draft): boolean {
  return text.trim() !== "" && mistakes.some(({ key }) => key === "");
}

/** What is kept while the page is loaded again. */
export interface KeptDraft {
  path: string;
  etag: string;
  text: string;
}

/** Go on with a kept text; its base stays the file that it was begun with, so that a conflict is noticed. */
export function resumed(file: ProjectItem, kept: KeptDraft | null): Draft {
  const fresh = draftOf(file);
  if (kept === null || kept.path !== file.path || kept.text === file.text) return fresh;
  return { ...fresh, base: { ...fresh.base, etag: kept.etag }, text: kept.text };
}

/** The line (from 1) on which a key of the top stands; undefined: it is not there. */
export function lineOfKey(text: string, key: string): number | undefined {
  const written = new RegExp(`^["']?${key}["']?\\s*:`);
  const at = text.split("\n").findIndex((line) => written.test(line));
  return at < 0 ? undefined : at + 1;
}

interface Origin {
  words: string;
  /** Its line in the file that is edited. */
  line?: number | undefined;
}

const FILE = /^scout\.yaml\b/;

/**
 * Where the value of an option comes from, the strongest first. What is edited and not saved yet is said so: the
 * server does not know of it.
 */
export function originsOf(
  { name, sources }: OptionField,
  draft: Draft,
): { words: string; line?: number | undefined }[] {
  const at = sources.findIndex((source) => FILE.test(source));
  const others = sources.filter((source) => !FILE.test(source)).map((words) => ({ words }));
  const stronger = others.filter(({ words }) => words !== "default");
  if (valueAt(draft.config, name) === undefined) {
    return at < 0 ? others : [{ words: "removed, not saved" }, ...stronger];
  }
  const line = lineOfKey(draft.text, name.split(".")[0] ?? "");
  const here = line === undefined ? "scout.yaml" : `scout.yaml:${line}`;
  if (at >= 0 || sources.length === 0) {
    return sources.map((words): Origin => ({ words })).toSpliced(at, 1, { words: here, line });
  }
  // Set in the file, and yet the server says nothing of it: something stronger counts, or it is not saved.
  return [...stronger, { words: stronger.length > 0 ? `${here}, not in effect` : `${here}, not saved`, line }];
}
