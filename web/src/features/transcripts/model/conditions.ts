/**
 * Filters: the address and the server know them as SQL, a reader as chips. What chips write, chips can read again; any
 * other SQL is shown as it is.
 */

export type Scalar = string | number | boolean | null;

export type Operator = "is" | "is not" | "contains" | "lacks" | "from" | "to" | "above" | "below" | "between";

/** `is` and `is not` take any number of values, null being none at all; `between` takes two; all others one. */
export interface Test {
  column: string;
  operator: Operator;
  values: readonly Scalar[];
}

const COMPARED: Partial<Record<Operator, string>> = { from: ">=", to: "<=", above: ">", below: "<" };

export function writeTest({ column, operator, values }: Test): string {
  const name = writeColumn(column);
  const [first = null] = values;
  switch (operator) {
    case "is":
      return writeIs(name, values);
    case "is not":
      return writeIsNot(name, values);
    case "contains":
      return `${name} ILIKE ${literal(`%${first}%`)}`;
    case "lacks":
      return `${name} NOT ILIKE ${literal(`%${first}%`)}`;
    case "between":
      return `${name} BETWEEN ${literal(first)} AND ${literal(values[1] ?? null)}`;
    default:
      return `${name} ${COMPARED[operator]} ${literal(first)}`;
  }
}

function writeIs(name: string, values: readonly Scalar[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${name} IS NULL`;
  const one = known.length === 1 ? `${name} = ${literal(known[0] ?? null)}` : `${name} IN ${list(known)}`;
  return known.length === values.length ? one : `(${one} OR ${name} IS NULL)`;
}

/** SQL leaves out what has no value as soon as values are compared: only where that is excluded too, it may. */
function writeIsNot(name: string, values: readonly Scalar[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${name} IS NOT NULL`;
  const one = known.length === 1 ? `${name} != ${literal(known[0] ?? null)}` : `${name} NOT IN ${list(known)}`;
  return known.length === values.length ? `(${one} OR ${name} IS NULL)` : one;
}

function list(values: readonly Scalar[]): string {
  return `(${values.map(literal).join(", ")})`;
}

function literal(value: Scalar): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return value === null ? "NULL" : String(value).toUpperCase();
}

const PLAIN_COLUMN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\])*$/;

/** Names of columns and paths are written as they are, but where SQL would read something else. */
function writeColumn(column: string): string {
  return PLAIN_COLUMN.test(column) || column.startsWith('"') || column.includes("[") || column.includes(".")
    ? column
    : `"${column.replaceAll('"', '""')}"`;
}

const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<column>(?:[A-Za-z_]\w*|"(?:[^"]|"")*")(?:\.(?:\w+|"(?:[^"]|"")*")|\[(?:\d+|'(?:[^']|'')*'|"(?:[^"]|"")*")\])*)|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<mark><=|>=|<>|!=|[^\s]))/gy;

interface Token {
  text: string;
  kind: "text" | "column" | "number" | "mark";
  /** The word in capitals, if it may be one of SQL. */
  word: string;
  start: number;
  stop: number;
}

function tokenize(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)].map(({ 0: whole, index, groups = {} }) => {
    const kind = (["text", "column", "number", "mark"] as const).find((each) => groups[each] !== undefined) ?? "mark";
    const text = groups[kind] ?? "";
    const stop = index + whole.length;
    return { text, kind, word: kind === "column" ? text.toUpperCase() : "", start: stop - text.length, stop };
  });
}

/** The words of a condition that stand in no parentheses. */
function outermost(sql: string): Token[] {
  let depth = 0;
  return tokenize(sql).filter(({ text }) => {
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    return depth === 0;
  });
}

/** Cut a condition at its outermost ANDs; one that is not made of ANDs stays whole. */
export function splitCondition(sql: string): string[] {
  const words = outermost(sql);
  if (words.some(({ word }) => word === "OR")) return [sql.trim()];
  const parts: string[] = [];
  let [from, isBetween] = [0, false];
  for (const { word, start, stop } of words) {
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
  const hasOr = (sql: string) => outermost(sql).some(({ word }) => word === "OR");
  const parts = where.length > 1 ? where.map((each) => (hasOr(each) ? `(${each})` : each)) : where;
  return parts.join(where.length > 2 ? "\nAND " : " AND ");
}

/** Read a condition as a chip shows it; null if it says more than one. */
export function readTest(sql: string): Test | null {
  const tokens = tokenize(sql);
  const inside = tokens[0]?.text === "(" && tokens.at(-1)?.text === ")" ? readOrNull(tokens.slice(1, -1)) : null;
  return inside ?? new TestReader(tokens).whole();
}

/** Read `(a = 1 OR a IS NULL)`. */
function readOrNull(tokens: readonly Token[]): Test | null {
  const or = tokens.findIndex(({ word }) => word === "OR");
  const one = new TestReader(tokens.slice(0, or)).whole();
  const other = new TestReader(tokens.slice(or + 1)).whole();
  if (one === null || other?.operator !== "is" || other.column !== one.column) return null;
  if (other.values.length !== 1 || other.values[0] !== null) return null;
  if (one.operator === "is") return { ...one, values: [...one.values, null] };
  return one.operator === "is not" ? { ...one, values: one.values.filter((value) => value !== null) } : null;
}

class TestReader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Test | null {
    const column = this.tokens[this.at++];
    if (column?.kind !== "column") return null;
    const found = this.test(readColumn(column.text));
    return found !== null && this.at === this.tokens.length ? found : null;
  }

  private test(column: string): Test | null {
    const next = this.tokens[this.at++];
    if (next === undefined) return { column, operator: "is", values: [true] };
    if (next.word === "IS") {
      const operator = this.accept("NOT") ? "is not" : "is";
      return this.accept("NULL") ? { column, operator, values: [null] } : null;
    }
    const isNot = next.word === "NOT";
    const word = isNot ? this.tokens[this.at++]?.word : next.word;
    if (word === "IN") return this.values(column, isNot);
    if (word === "ILIKE") return this.pattern(column, isNot);
    if (isNot) return null;
    return word === "BETWEEN" ? this.range(column) : this.comparison(column, next.text);
  }

  private comparison(column: string, mark: string): Test | null {
    const value = this.value();
    if (value === undefined || value === null) return null;
    if (mark === "=") return { column, operator: "is", values: [value] };
    if (mark === "!=" || mark === "<>") return { column, operator: "is not", values: [value, null] };
    const operator = (Object.keys(COMPARED) as Operator[]).find((each) => COMPARED[each] === mark);
    return operator === undefined ? null : { column, operator, values: [value] };
  }

  private values(column: string, isNot: boolean): Test | null {
    const values: Scalar[] = [];
    if (this.tokens[this.at++]?.text !== "(") return null;
    do {
      const value = this.value();
      if (value === undefined || value === null) return null;
      values.push(value);
    } while (this.tokens[this.at++]?.text === ",");
    if (this.tokens[this.at - 1]?.text !== ")") return null;
    return isNot ? { column, operator: "is not", values: [...values, null] } : { column, operator: "is", values };
  }

  private pattern(column: string, isNot: boolean): Test | null {
    const value = this.value();
    const [, within] = /^%([^%_]*)%$/s.exec(typeof value === "string" ? value : "") ?? [];
    return within === undefined ? null : { column, operator: isNot ? "lacks" : "contains", values: [within] };
  }

  private range(column: string): Test | null {
    const low = this.value();
    if (!this.accept("AND")) return null;
    const high = this.value();
    const isRange = low !== undefined && low !== null && high !== undefined && high !== null;
    return isRange ? { column, operator: "between", values: [low, high] } : null;
  }

  /** Read a value; undefined if it is none. */
  private value(): Scalar | undefined {
    const token = this.tokens[this.at++];
    if (token?.kind === "text") return token.text.slice(1, -1).replaceAll("''", "'");
    if (token?.kind === "number") return Number(token.text);
    return token === undefined ? undefined : ({ TRUE: true, FALSE: false, NULL: null } as const)[token.word];
  }

  private accept(word: string): boolean {
    if (this.tokens[this.at]?.word !== word) return false;
    this.at += 1;
    return true;
  }
}

function readColumn(text: string): string {
  const [, plain] = /^"(\w+)"$/.exec(text) ?? [];
  return plain ?? text;
}
