/**
 * Filters: the address and the server know them as SQL, a reader as chips. What chips write, chips can read again; any
 * other SQL is shown as it is.
 */

import { facetName, fieldName, type Kind, type Scalar } from "./fields.ts";

export type Operator = "is" | "is not" | "contains" | "lacks" | "from" | "to" | "above" | "below" | "between";

/** `is` and `is not` take any number of values, null being none at all; `between` takes two; all others one. */
export interface Test {
  column: string;
  operator: Operator;
  values: readonly Scalar[];
}

const SET: readonly Kind[] = ["text", "number", "boolean", null];
const WITHIN: readonly Kind[] = ["text", "object", "list", null];

/** In SQL, in the words of a chip (`sign`), and in the editor, which offers some for columns of these kinds. */
export const OPERATORS: Record<Operator, { sql: string; sign: string; name: string; kinds: readonly Kind[] }> = {
  is: { sql: "=", sign: "is", name: "is", kinds: SET },
  "is not": { sql: "!=", sign: "is not", name: "is not", kinds: SET },
  contains: { sql: "ILIKE", sign: "contains", name: "contains", kinds: WITHIN },
  lacks: { sql: "NOT ILIKE", sign: "lacks", name: "does not contain", kinds: WITHIN },
  from: { sql: ">=", sign: "≥", name: "at least", kinds: ["number", "text", null] },
  to: { sql: "<=", sign: "≤", name: "at most", kinds: ["number", "text", null] },
  above: { sql: ">", sign: ">", name: "more than", kinds: ["number", null] },
  below: { sql: "<", sign: "<", name: "less than", kinds: ["number", null] },
  between: { sql: "BETWEEN", sign: "from", name: "between", kinds: [] },
};

export function writeTest({ column, operator, values }: Test): string {
  const name = writeColumn(column);
  const { sql } = OPERATORS[operator];
  const [first = null, second = null] = values;
  if (operator === "is" || operator === "is not") return writeSet(name, operator === "is not", values);
  if (operator === "contains" || operator === "lacks") return `${name} ${sql} ${literal(`%${first}%`)}`;
  return `${name} ${sql} ${literal(first)}${operator === "between" ? ` AND ${literal(second)}` : ""}`;
}

function writeSet(name: string, isNot: boolean, values: readonly Scalar[]): string {
  const known = values.filter((value) => value !== null);
  const not = isNot ? "NOT " : "";
  if (known.length === 0) return `${name} IS ${not}NULL`;
  const written = known.map(literal).join(", ");
  const one = known.length > 1 ? `${name} ${not}IN (${written})` : `${name} ${isNot ? "!=" : "="} ${written}`;
  // SQL leaves out what has no value as soon as values are compared: only where that is excluded too, it may.
  const isWithoutNull = isNot === known.length < values.length;
  return isWithoutNull ? one : `(${one} OR ${name} IS NULL)`;
}

function literal(value: Scalar): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return String(value).toUpperCase();
}

const PLAIN_COLUMN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\])*$/;

/** Names of columns and paths are written as they are, but where SQL would read something else. */
function writeColumn(column: string): string {
  return PLAIN_COLUMN.test(column) || column.startsWith('"') || column.includes("[") || column.includes(".")
    ? column
    : `"${column.replaceAll('"', '""')}"`;
}

const TEXT = "'(?:[^']|'')*'";
const QUOTED = '"(?:[^"]|"")*"';
const COLUMN = String.raw`(?:[A-Za-z_]\w*|${QUOTED})(?:\.(?:\w+|${QUOTED})|\[(?:\d+|${TEXT}|${QUOTED})\])*(?!\w)`;
const VALUE = String.raw`(?:${TEXT}|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\b(?:TRUE|FALSE)\b)`;
const WORD = new RegExp(String.raw`${TEXT}|${QUOTED}|[\w.]+|[()]`, "g");

/** The words of a condition that stand in no parentheses. */
function outermost(sql: string): { word: string; start: number; stop: number }[] {
  let depth = 0;
  return [...sql.matchAll(WORD)].flatMap(({ 0: text, index: start }) => {
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    return depth === 0 ? [{ word: text.toUpperCase(), start, stop: start + text.length }] : [];
  });
}

function hasOr(sql: string): boolean {
  return outermost(sql).some(({ word }) => word === "OR");
}

/** Cut a condition at its outermost ANDs; one that is not made of ANDs stays whole. */
export function splitCondition(sql: string): string[] {
  if (hasOr(sql)) return [sql.trim()];
  const parts: string[] = [];
  let [from, isBetween] = [0, false];
  for (const { word, start, stop } of outermost(sql)) {
    if (word === "BETWEEN") isBetween = true;
    if (word !== "AND") continue;
    if (!isBetween) {
      parts.push(sql.slice(from, start).trim());
      from = stop;
    }
    isBetween = false;
  }
  return [...parts, sql.slice(from).trim()].filter((part) => part !== "");
}

/** All conditions as one. */
export function joinConditions(where: readonly string[]): string {
  const parts = where.length > 1 ? where.map((each) => (hasOr(each) ? `(${each})` : each)) : where;
  return parts.join(where.length > 2 ? "\nAND " : " AND ");
}

const OR_NULL = new RegExp(String.raw`^\s*\((.*)\sOR\s+(${COLUMN})\s+IS\s+NULL\s*\)\s*$`, "is");

/** Read a condition as a chip shows it; null if it says more than one. */
export function readTest(sql: string): Test | null {
  const [, inside, other = ""] = OR_NULL.exec(sql) ?? [];
  if (inside === undefined) return readOne(sql);
  const one = readOne(inside);
  if (one?.column !== readColumn(other)) return null;
  if (one.operator === "is") return { ...one, values: [...one.values, null] };
  return one.operator === "is not" ? { ...one, values: one.values.filter((value) => value !== null) } : null;
}

const TEST = new RegExp(
  String.raw`^\s*(${COLUMN})\s*(?:(IS(?:\s+NOT)?)\s+NULL|((?:NOT\s+)?IN)\s*\(\s*(${VALUE}(?:\s*,\s*${VALUE})*)\s*\)|` +
    String.raw`(BETWEEN)\s*(${VALUE}\s*AND\s*${VALUE})|((?:NOT\s+)?ILIKE|[!<>]=|<>|[=<>])\s*(${VALUE}))?\s*$`,
  "i",
);
const VALUES = new RegExp(VALUE, "gi");
const READ: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(Object.entries(OPERATORS).map(([operator, { sql }]) => [sql, operator as Operator])),
  "<>": "is not",
  "NOT IN": "is not",
  "IS NOT": "is not",
};

function readOne(sql: string): Test | null {
  const [, name, is, within, list, between, pair, sign, one] = TEST.exec(sql) ?? [];
  if (name === undefined) return null;
  const column = readColumn(name);
  const word = (is ?? within ?? between ?? sign)?.toUpperCase().replace(/\s+/, " ");
  if (word === undefined) return { column, operator: "is", values: [true] };
  const operator = READ[word] ?? "is";
  const written = list ?? pair ?? one ?? "";
  const values: Scalar[] = [...written.matchAll(VALUES)].map(([text]) => readValue(text));
  if (operator === "contains" || operator === "lacks") {
    const [, part] = /^%([^%_]*)%$/s.exec(String(values[0])) ?? [];
    return part === undefined ? null : { column, operator, values: [part] };
  }
  return { column, operator, values: operator === "is not" || word === "IS" ? [...values, null] : values };
}

function readValue(text: string): Scalar {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return /^[tf]/i.test(text) ? text.toUpperCase() === "TRUE" : Number(text);
}

function readColumn(text: string): string {
  const [, plain] = /^"(\w+)"$/.exec(text) ?? [];
  return plain ?? text;
}

const MOST_VALUES = 3;

/** A filter in words: `Model is a or b`. */
export function testWords({ column, operator, values }: Test): string {
  // `!= 'a'` leaves out also what has no value: that is what SQL means by it, and goes without saying.
  const shown = operator === "is not" && values.length > 1 ? values.filter((value) => value !== null) : values;
  const named = shown.map((value) => facetName(column, value));
  const more = named.length - MOST_VALUES;
  const listed = named.slice(0, MOST_VALUES).join(operator === "between" ? " to " : ", ");
  return `${fieldName(column)} ${OPERATORS[operator].sign} ${listed}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What a click on a facet makes of the filters: `is` and `is not` are its two ways to choose a value. */
export type Mode = "is" | "is not";

/** The filter that a facet has made of its column, and where it stands; undefined: none. */
export function facetTest(where: readonly string[], column: string): { at: number; test: Test } | undefined {
  for (const [at, sql] of where.entries()) {
    const test = readTest(sql);
    if (test?.column === column && ["is", "is not", "between"].includes(test.operator)) return { at, test };
  }
  return undefined;
}

/** The filters without the one of a facet: it counts what it would have without it. */
export function withoutFacet(where: readonly string[], column: string): string[] {
  const own = facetTest(where, column);
  return where.filter((_, at) => at !== own?.at);
}

/** Filter by a value or leave it out; what is chosen already is taken back. */
export function chosenValue(where: readonly string[], column: string, value: Scalar, mode: Mode): string[] {
  const test = facetTest(where, column)?.test;
  const before = test?.operator === mode ? test.values : [];
  const values = before.includes(value) ? before.filter((each) => each !== value) : [...before, value];
  return withFacet(where, { column, operator: mode, values });
}

/** The filters with the one of a facet in its place; without it where it has no values. */
export function withFacet(where: readonly string[], test: Test): string[] {
  const at = facetTest(where, test.column)?.at ?? where.length;
  return where.toSpliced(at, 1, ...(test.values.length === 0 ? [] : [writeTest(test)]));
}
