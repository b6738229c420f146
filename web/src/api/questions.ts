/** What a request of the page asks for, apart from where things were and from how much of them is wanted at once. */

export interface Question {
  /** Path without the prefix of the API, decoded. */
  path: string;
  /** Fields that its items must have. */
  columns: string[];
  /** Parameters that say what is wanted. */
  asked: URLSearchParams;
  /** With all parameters but those that say where things were. */
  exact: string;
  /** Without those that say how much is wanted. */
  narrowed: string;
}

interface Listed {
  kind: "places" | "numbers" | "sparse";
  size: number;
}

/** Items from a place until before another one, from 0. */
export interface Place {
  from: number;
  until: number;
}

export type Item = Record<string, unknown>;

/** Where things were when they were recorded: an export holds one of each name. */
const PLACES = new Set(["location", "scans", "transcripts"]);
/** How much is wanted: what was recorded holds at least that. */
const AMOUNTS = new Set(["buckets", "characters", "columns", "context", "count", "findings", "limit", "timed"]);
/** Which part of a list is wanted. */
const PARTS = ["start", "stop", "offset", "cursor", "limit"];
const SCAN = /(?:^|\/)scan_id=([^/]+)\/?$/;

export function questionOf(request: string): Question {
  const [address = "", query = ""] = request.split("?", 2);
  const path = decoded(address.replace(/^\.?\/api\/v3/, ""));
  const all = [...new URLSearchParams(query)]
    .filter(([name, value]) => !PLACES.has(name) && value !== "")
    .map(([name, value]): [string, string] => [name, SCAN.exec(value)?.[1] ?? value]);
  const parts = all.filter(([name]) => PARTS.includes(name));
  const narrowed = all.filter(([name, value]) => !AMOUNTS.has(name) && !PARTS.includes(name) && value !== "false");
  return {
    path,
    columns: all.flatMap(([name, value]) => (name === "columns" ? [value] : [])),
    asked: new URLSearchParams([...narrowed, ...parts]),
    exact: keyOf(path, all),
    narrowed: keyOf(path, narrowed),
  };
}

/** The places that are asked for, from 0; null: it cannot be told. */
export function placeOf(asked: URLSearchParams, list: Listed): Place | null {
  const number = (name: string) => (asked.has(name) ? Number(asked.get(name)) : undefined);
  const numbered = list.kind !== "places";
  // In a list with numbers, an offset is a place in the texts.
  if (numbered && (number("offset") ?? 0) !== 0) return null;
  const from = numbered ? (number("start") ?? 1) - 1 : (number("offset") ?? number("cursor") ?? 0);
  const stop = numbered ? number("stop") : undefined;
  const until = stop === undefined ? from + (number("limit") ?? list.size) : stop - 1;
  return Number.isInteger(from) && Number.isInteger(until) && from >= 0 ? { from, until } : null;
}

/** Which items are asked for; undefined: all, null: that cannot be told without the server. */
export function ofFilter(
  asked: URLSearchParams,
  filters: Readonly<Record<string, string>>,
): ((item: Item) => boolean) | undefined | null {
  const names = new Set([...asked.keys()].filter((name) => !PARTS.includes(name) && name !== "order_by"));
  if (names.size === 0) return undefined;
  const wanted = [...names].map((name) => [filters[name], new Set(asked.getAll(name))] as const);
  if (wanted.some(([field]) => field === undefined)) return null;
  return (item) => wanted.every(([field = "", values]) => values.has(String(item[field])));
}

/** Items in the order that is asked for, else in that of the recording; null: they do not hold what they are sorted by. */
export function ofOrder(asked: URLSearchParams, items: readonly Item[]): readonly Item[] | null {
  const terms = asked.getAll("order_by").map((term) => ({
    name: term.replace(/^-/, ""),
    sign: term.startsWith("-") ? -1 : 1,
  }));
  if (!terms.every(({ name }) => items.every((item) => name in item))) return null;
  return items.toSorted((one, other) =>
    terms.reduce((order, { name, sign }) => order || compared(one[name], other[name], sign), 0),
  );
}

/** Nothing stands last, in either direction, as the server has it. */
function compared(one: unknown, other: unknown, sign: number): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return sign * (one - other);
  const [first, second] = [one, other].map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return sign * inOrder(first, second);
}

function inOrder(one = "", other = ""): number {
  return Number(one > other) - Number(one < other);
}

function keyOf(path: string, asked: readonly [string, string][]): string {
  const sorted = asked.toSorted(([a, x], [b, y]) => inOrder(a, b) || inOrder(x, y));
  // As plain text, for the program that records writes the same.
  return sorted.length === 0 ? path : `${path}?${sorted.map((pair) => pair.join("=")).join("&")}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
