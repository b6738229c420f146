/** Ways out of the list: links that take it along, commands that do the same, and records to be kept elsewhere. */

import { read } from "../../../api/client.ts";
import type { TranscriptPage } from "../../../api/generated/types.gen.ts";
import { shellWord } from "../../../domain/shell-words.ts";
import { type ListAddress, serverOrder } from "./list.ts";

/** What is looked for in all transcripts. */
export interface Sought {
  q: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

/** Transcripts that are meant: those that were selected, else all of the list. */
export type Meant = readonly string[] | "all";

/** A link to a transcript, or to a message in which something was found. */
export function transcriptHref(id: string, list: ListAddress, hit?: Sought & { message: number }): string {
  const { message, q: find, regex, case: isCase, word } = hit ?? {};
  const more = { scan: list.verdicts, message, find, regex, case: isCase, word };
  return hrefOf(`/transcripts/${encodeURIComponent(id)}`, list, more);
}

/** Where those that are meant are scanned. */
export function runHref(list: ListAddress, meant: Meant): string {
  return hrefOf("/run", { ...list, where: whereOf(list, meant), order_by: [] });
}

function hrefOf(path: string, { location, where, order_by }: ListAddress, more: Record<string, unknown> = {}): string {
  const params = new URLSearchParams();
  const said: Record<string, unknown> = { location, where, order_by: serverOrder(order_by), ...more };
  for (const [name, value] of Object.entries(said)) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== false) params.append(name, each === true ? "1" : String(each));
    }
  }
  return params.size === 0 ? path : `${path}?${params}`;
}

export function idsCondition(ids: readonly string[]): string {
  return `transcript_id IN (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(", ")})`;
}

function whereOf(list: ListAddress, meant: Meant): readonly string[] {
  return meant === "all" ? list.where : [idsCondition(meant)];
}

/** What does the same as the list in a terminal and in Python. */
export function listCommands(list: ListAddress, locations: readonly string[], meant: Meant = "all") {
  const places = list.location === undefined ? locations : [list.location];
  const where = whereOf(list, meant);
  const chosen = [...places.map((place) => `-T ${shellWord(place)}`), ...where.map((sql) => `-F ${shellWord(sql)}`)];
  const words = (first: string) => [first, ...chosen].join(chosen.length > 2 ? " \\\n  " : " ");
  return [
    { name: "Count these", command: words("scout transcripts") },
    { name: "Scan these", command: words("scout scan scanners.py") },
    { name: "Python", command: python(places, where, serverOrder(list.order_by)) },
  ];
}

/** JSON is how Python writes a text, too, but for what is beyond its first plane. */
function python(places: readonly string[], where: readonly string[], order: readonly string[]): string {
  const texts = places.map((place) => JSON.stringify(place));
  const source = `transcripts_from(${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`})`;
  const steps = [
    ...where.map((sql) => `.where(${JSON.stringify(sql)})`),
    ...order.map(
      (column) => `.order_by(${JSON.stringify(column.replace(/^-/, ""))}${column.startsWith("-") ? ', "DESC"' : ""})`,
    ),
  ];
  const chosen = steps.length === 0 ? source : `(\n    ${[source, ...steps].join("\n    ")}\n)`;
  return `from inspect_scout import transcripts_from\n\nchosen = ${chosen}`;
}

const MOST_ROWS = 1000;
/** Ids in one condition: they stand in the address of the request. */
const MOST_IDS = 200;

/** Read all that are meant, page by page: for what leaves the page, and for nothing that is shown. */
export async function* readAll(
  list: ListAddress,
  meant: Meant,
  columns: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<TranscriptPage> {
  const { location, where } = list;
  const query = { location, where, order_by: serverOrder(list.order_by), columns, limit: MOST_ROWS };
  if (meant === "all") {
    let cursor: string | null | undefined;
    do {
      const page: TranscriptPage = await read("/transcripts", { query: { ...query, cursor }, signal });
      yield page;
      cursor = page.next;
    } while (typeof cursor === "string");
    return;
  }
  for (let at = 0; at < meant.length; at += MOST_IDS) {
    const some = [idsCondition(meant.slice(at, at + MOST_IDS))];
    yield { ...(await read("/transcripts", { query: { ...query, where: some }, signal })), total: meant.length };
  }
}
