/** Values of results and scores in a few characters. */

export function formatValue(value: unknown, most = 40): string {
  if (value === null || value === undefined) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** What a result says in a few words: yes and no, numbers with the digits that say something, dictionaries by what they hold. */
export function valueWords(value: unknown, most = 60): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null || value === undefined) return "none";
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  if (typeof value === "object" && !Array.isArray(value)) {
    const inner = Object.entries(value).map(([key, each]) => `${key} ${valueWords(each, most)}`);
    return formatValue(inner.join(", "), most);
  }
  return formatValue(value, most);
}

export type Verdict = "positive" | "negative" | "none" | "error";

/** What a result says in short; whether it found something is told as the counts of a scan tell it. */
export function verdictOf(value: unknown, error: string | null | undefined): Verdict {
  if (error) return "error";
  if (value === null || value === undefined) return "none";
  if (typeof value === "string") return /^(?:none)?$/i.test(value) ? "negative" : "positive";
  const isEmpty = typeof value === "object" && Object.keys(value).length === 0;
  return value && !isEmpty ? "positive" : "negative";
}
