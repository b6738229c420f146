/**
 * An export: a folder that is opened without a server. `answers.js` names what was recorded of `/api/v3`; the answers are in
 * scripts, for a browser loads nothing else from `file://`. What was not recorded is refused in plain words.
 */

import type { Transport } from "./connection.ts";
import { findInMessages } from "./find-in-export.ts";
import { type Item, ofFilter, ofOrder, type Place, placeOf, type Question, questionOf } from "./questions.ts";

/** What `answers.js` holds. */
export interface ExportIndex {
  version: 1;
  /** Question -> number of the script with its answer. */
  answers: Readonly<Record<string, number>>;
  /** Question -> a list that was recorded in parts, each an answer to `<question>#<part>`. */
  lists: Readonly<Record<string, RecordedList>>;
  /** Path -> a file that the browser loads itself. */
  media: Readonly<Record<string, string>>;
}

export interface RecordedList {
  /** How items are asked for: by places from 0, by numbers from 1, or those from a number on, of which some are missing. */
  kind: "places" | "numbers" | "sparse";
  /** Items of each part. */
  size: number;
  total: number;
  /** Name of the items in the answers. */
  field: string;
  /** Parameter -> field of the items that it asks for. */
  filters: Readonly<Record<string, string>>;
  /** The number that each part begins with, where some are missing. */
  starts?: readonly number[];
}

/** Loads a script that calls `scoutAnswers(number, [[question, text], ...])`. */
export type LoadScript = (number: number) => Promise<ReadonlyMap<string, string>>;

declare global {
  var scoutExport: ExportIndex | undefined;
  var scoutAnswers: ((number: number, answers: [string, string][]) => void) | undefined;
}

const NOT_HELD = "not-held.html";
const KEPT_SCRIPTS = 60;
/** So many items of a list are sorted or filtered here; a tab holds them all for that. */
const MOST_SORTED = 20_000;

export const isFromDisk: boolean = globalThis.scoutExport !== undefined;

export function diskTransport(): Transport | undefined {
  const index = globalThis.scoutExport;
  return index && createDiskTransport(index, keeping(loadScript));
}

/** The file that stands for an address of the server; undefined where there is a server. */
export function fileFromDisk(path: string): string | undefined {
  const index = globalThis.scoutExport;
  return index && `./${index.media[questionOf(path).exact] ?? NOT_HELD}`;
}

export function createDiskTransport(index: ExportIndex, load: LoadScript): Transport {
  const recorded = new Recorded(index, load);
  const read = (path: string) => recorded.answer(questionOf(path));
  return async (path, { method }) => {
    const found = method === "GET" ? find(path, index, read) : undefined;
    if (found !== undefined) return found;
    const text = method === "GET" ? await read(path) : null;
    if (text !== null) return new Response(text);
    return Response.json({ detail: refusal(method, path) }, { status: 404 });
  };
}

/** Find a text in a transcript that the export holds; undefined: something else is asked for. */
function find(path: string, index: ExportIndex, read: (path: string) => Promise<string | null>): Response | undefined {
  const [at = "", query = ""] = path.split("/find?", 2);
  const asked = new URLSearchParams(query);
  const isHeld = index.lists[`${questionOf(at).path}/messages`] !== undefined;
  if (!(path.includes("/find?") && isHeld) || asked.getAll("kinds").includes("event")) return;
  try {
    return findInMessages(at, asked, read);
  } catch (error) {
    return Response.json({ detail: `${asked.get("q")} cannot be sought: ${String(error)}` }, { status: 400 });
  }
}

/** What was recorded, by the questions of the page. */
class Recorded {
  readonly #index: ExportIndex;
  readonly #load: LoadScript;

  constructor(index: ExportIndex, load: LoadScript) {
    this.#index = index;
    this.#load = load;
  }

  async answer(question: Question): Promise<string | null> {
    const whole = (await this.#text(question.exact)) ?? (await this.#text(question.narrowed));
    if (whole !== null) return whole;
    const list = this.#index.lists[question.path];
    const answer = await (list === undefined ? this.#merged(question) : this.#listed(question, list));
    const [first] = answer === null || list === undefined ? [] : itemsOf(answer, list);
    const isWhole = first === undefined || question.columns.every((name) => name in first);
    return answer !== null && isWhole ? JSON.stringify(answer) : null;
  }

  async #text(key: string): Promise<string | null> {
    const script = this.#index.answers[key];
    return script === undefined ? null : ((await this.#load(script)).get(key) ?? null);
  }

  /** The items of a list that are asked for, in the order that is asked for. */
  async #listed({ path, asked }: Question, list: RecordedList): Promise<Item | null> {
    const filter = ofFilter(asked, list.filters);
    const place = placeOf(asked, list);
    if (filter === null || place === null) return null;
    if (list.kind === "sparse") return await this.#sparse(path, list, place);
    const { from, until } = place;
    if (filter === undefined && !asked.has("order_by")) {
      const { answer, items } = await this.#items(path, list, from, until);
      return { ...answer, [list.field]: items, ...bounds(list, place, list.total) };
    }
    if (list.total > MOST_SORTED) return null;
    const { answer, items } = await this.#items(path, list, 0, list.total);
    const sorted = ofOrder(asked, filter === undefined ? items : items.filter(filter));
    return sorted && { ...answer, [list.field]: sorted.slice(from, until), ...bounds(list, place, sorted.length) };
  }

  /** Items by their places, and the answer that the first of them came in. */
  async #items(path: string, list: RecordedList, from: number, until: number) {
    const first = Math.min(Math.floor(from / list.size), Math.max(0, Math.ceil(list.total / list.size) - 1));
    const last = Math.max(first + 1, Math.ceil(Math.min(until, list.total) / list.size));
    const answers = await Promise.all(Array.from({ length: last - first }, (_, at) => this.#part(path, first + at)));
    const all = answers.flatMap((answer) => itemsOf(answer, list));
    const skipped = from - first * list.size;
    return { answer: answers[0] ?? {}, items: all.slice(skipped, Math.max(skipped, until - first * list.size)) };
  }

  /** Items from a number on; some numbers have none. */
  async #sparse(path: string, list: RecordedList, { from, until }: Place): Promise<Item> {
    const starts = list.starts ?? [];
    let part = starts.findLastIndex((start, at) => at === 0 || start <= from + 1);
    const wanted = until - from;
    const answer = await this.#part(path, part);
    const found = itemsOf(answer, list).filter((item) => Number(item.number) > from);
    // One more than is wanted, whose number is the next.
    for (part += 1; found.length <= wanted && part < starts.length; part += 1) {
      found.push(...itemsOf(await this.#part(path, part), list));
    }
    const next = found[wanted]?.number ?? null;
    return { ...answer, [list.field]: found.slice(0, wanted), next, total: list.total };
  }

  /** A question about several (scans, say), of which each was recorded for itself. */
  async #merged({ path, asked }: Question): Promise<Item | null> {
    const [name, ...others] = new Set(asked.keys());
    if (name === undefined || others.length > 0) return null;
    const texts = await Promise.all(asked.getAll(name).map((value) => this.#text(`${path}?${name}=${value}`)));
    const found = texts.filter((text) => text !== null);
    return found.length === 0 ? null : found.map((text) => JSON.parse(text) as Item).reduce(joined);
  }

  async #part(path: string, number: number): Promise<Item> {
    return JSON.parse((await this.#text(`${path}#${number}`)) ?? "{}") as Item;
  }
}

function itemsOf(answer: Item, { field }: RecordedList): Item[] {
  return (answer[field] ?? []) as Item[];
}

/** What an answer says about the place of its items. */
function bounds({ kind }: RecordedList, { from, until }: Place, total: number): Item {
  const end = Math.max(from, Math.min(until, total));
  if (kind === "numbers") return { start: from + 1, stop: end + 1, total };
  return { total, next: end < total ? String(end) : null };
}

/** Lists of both, sums of numbers; anything else as the first says it. */
function joined(one: Item, other: Item): Item {
  const both = Object.entries(one).map(([name, value]) => {
    const second = other[name];
    if (Array.isArray(value) && Array.isArray(second)) return [name, [...value, ...second]];
    return [name, typeof value === "number" && typeof second === "number" ? value + second : value];
  });
  return Object.fromEntries(both);
}

function refusal(method: string, path: string): string {
  const open = "Open the project itself with `scout view` for that.";
  if (method !== "GET") return `This is an export: it can be read, not changed. ${open}`;
  if (path.startsWith("/api/v3/labels")) return `An export holds no labels. ${open}`;
  if (path.startsWith("/api/v3/compare"))
    return `An export cannot compare scans: it holds their results, not the pairs. ${open}`;
  if (path.includes("/find?")) return `In an export a text is found in the messages of one transcript only. ${open}`;
  return `This export does not hold that: it has the chosen scans and the transcripts that they cite. ${open}`;
}

/** Keep the scripts that were used last. */
function keeping(load: LoadScript): LoadScript {
  const kept = new Map<number, ReturnType<LoadScript>>();
  return (number) => {
    const found = kept.get(number) ?? load(number);
    kept.delete(number);
    kept.set(number, found);
    found.catch(() => kept.delete(number));
    const [oldest] = kept.keys();
    if (kept.size > KEPT_SCRIPTS && oldest !== undefined) kept.delete(oldest);
    return found;
  };
}

const arriving = new Map<number, (answers: [string, string][]) => void>();

function loadScript(number: number): ReturnType<LoadScript> {
  globalThis.scoutAnswers ??= (told, answers) => arriving.get(told)?.(answers);
  const script = document.createElement("script");
  const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, string>>();
  arriving.set(number, (answers) => resolve(new Map(answers)));
  const file = `data/${String(number).padStart(5, "0")}.js`;
  const failed = () => reject(new Error(`This export has lost the file ${file}, or it is damaged.`));
  script.src = `./${file}`;
  script.addEventListener("error", failed);
  // What has told nothing by now never will.
  script.addEventListener("load", failed);
  document.head.append(script);
  return promise.finally(() => {
    arriving.delete(number);
    script.remove();
  });
}
