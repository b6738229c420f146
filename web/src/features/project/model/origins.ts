/** Where the value of an option comes from, in words. */

import { type OptionField, valueAt } from "../../../domain/options.ts";
import { type Draft, lineOfKey } from "./draft.ts";

export interface Origin {
  words: string;
  /** The line of the file that is edited, if it is that. */
  line: number | undefined;
}

const FILE = /^scout\.yaml\b/;

/** The strongest first. What is edited and not saved yet is said so: the server does not know of it. */
export function originsOf(field: OptionField, draft: Draft): Origin[] {
  const value = valueAt(draft.config, field.name);
  const others = field.sources.filter((source) => !FILE.test(source)).map((words) => ({ words, line: undefined }));
  const stronger = others.filter(({ words }) => words !== "default");
  const wasHere = field.sources.some((source) => FILE.test(source));
  if (value === undefined) {
    return wasHere ? [{ words: "removed, not saved", line: undefined }, ...stronger] : others;
  }
  const line = lineOfKey(draft.text, field.name.split(".")[0] ?? "");
  const at = line === undefined ? "scout.yaml" : `scout.yaml:${line}`;
  if (wasHere || field.sources.length === 0) return [...strongerThanFile(field), { words: at, line }, ...weaker(field)];
  // Set in the file, and yet the server says nothing of it: something stronger counts, or it is not saved.
  const words = stronger.length > 0 ? `${at}, not in effect` : `${at}, not saved`;
  return [...stronger, { words, line }];
}

function strongerThanFile({ sources }: OptionField): Origin[] {
  const at = sources.findIndex((source) => FILE.test(source));
  return sources.slice(0, Math.max(0, at)).map((words) => ({ words, line: undefined }));
}

function weaker({ sources }: OptionField): Origin[] {
  const at = sources.findIndex((source) => FILE.test(source));
  return at < 0 ? [] : sources.slice(at + 1).map((words) => ({ words, line: undefined }));
}
