/** What does the same as the list in a terminal and in Python. */

import { idsCondition, type ListAddress } from "./links.ts";
import { serverOrder } from "./order.ts";

interface Command {
  name: string;
  command: string;
}

/** Transcripts that are meant: those that were selected, else all of the list. */
export type Meant = readonly string[] | "all";

export function listCommands(list: ListAddress, locations: readonly string[], meant: Meant = "all"): Command[] {
  const places = list.location === undefined ? locations : [list.location];
  const where = meant === "all" ? list.where : [idsCondition(meant)];
  const chosen = [...places.map((place) => `-T ${shell(place)}`), ...where.map((sql) => `-F ${shell(sql)}`)];
  const words = (first: string) => [first, ...chosen].join(chosen.length > 2 ? " \\\n  " : " ");
  return [
    { name: "Count these", command: words("scout transcripts") },
    { name: "Scan these", command: words("scout scan scanners.py") },
    { name: "Python", command: python(places, where, serverOrder(list.order_by)) },
  ];
}

function python(places: readonly string[], where: readonly string[], order: readonly string[]): string {
  const source = places.length === 1 ? pythonText(places[0] ?? "") : `[${places.map(pythonText).join(", ")}]`;
  const steps = [
    ...where.map((sql) => `.where(${pythonText(sql)})`),
    ...order.map((column) =>
      column.startsWith("-") ? `.order_by(${pythonText(column.slice(1))}, "DESC")` : `.order_by(${pythonText(column)})`,
    ),
  ];
  const chosen =
    steps.length === 0
      ? `transcripts_from(${source})`
      : `(\n    transcripts_from(${source})\n${steps.map((step) => `    ${step}\n`).join("")})`;
  return `from inspect_scout import transcripts_from\n\nchosen = ${chosen}`;
}

function shell(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON is how Python writes a text, too, but for what is beyond its first plane. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
