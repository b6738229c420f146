/** A condition in SQL as its parts that must all hold: each is a chip, and the whole is what the box shows. */

const TOKEN = /'[^']*'|"[^"]*"|[A-Za-z_][\w.]*|[\s\S]/g;

/** Cut at each AND that stands in no quotes, no brackets and no BETWEEN. */
export function splitConditions(sql = ""): string[] {
  const parts = [""];
  let [depth, isBetween] = [0, false];
  for (const [token] of sql.matchAll(TOKEN)) {
    const word = depth === 0 ? token.toUpperCase() : "";
    // A part that is one of several is no part on its own.
    if (word === "OR") return [sql.trim()];
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (word === "AND" && !isBetween) parts.push("");
    else parts.push(`${parts.pop()}${token}`);
    if (word === "AND" || word === "BETWEEN") isBetween = word === "BETWEEN";
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

export function joinConditions(parts: readonly string[]): string | undefined {
  if (parts.length <= 1) return parts[0];
  const isOneOfSeveral = (part: string) => splitConditions(`${part} AND TRUE`).length === 1;
  return parts.map((part) => (isOneOfSeveral(part) ? `(${part})` : part)).join(" AND ");
}

export function withCondition(sql: string | undefined, part: string): string | undefined {
  return joinConditions([...new Set([...splitConditions(sql), part])]);
}

export function withoutCondition(sql: string | undefined, part: string): string | undefined {
  return joinConditions(splitConditions(sql).filter((each) => each !== part));
}

/** What holds where a column has a value. */
export function equals(column: string, value: unknown): string {
  const name = /^[A-Za-z_][\w.]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
  if (value === null || value === undefined) return `${name} IS NULL`;
  if (typeof value === "boolean" || typeof value === "number") return `${name} = ${value}`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `${name} = '${text.replaceAll("'", "''")}'`;
}
