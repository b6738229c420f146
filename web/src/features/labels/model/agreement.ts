/** How far a scanner agrees with labels: what is asked, and the rates as the page writes them. */

import { ask } from "../../../api/ask.ts";
import type { AgreementRow, ScannerAgreement } from "../../../api/generated/types.gen.ts";
import { formatInterval } from "../../../domain/format.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { labelWords } from "./cases.ts";
import type { ChosenScan } from "./queue.ts";

export type Group = "split" | "task" | "model";

export function agreementQuery(file: string, { scan, scanner }: ChosenScan, by?: Group) {
  return ask("/labels/{file}/agreement", { path: { file }, query: { scan, scanner, by } });
}

type RateName = "match_rate" | "precision" | "recall" | "specificity" | "kappa";

/** A rate with the ends of its interval; null where there is none. */
export function rateOf(row: AgreementRow, name: RateName): [number, number, number] | null {
  const [value, low, high] = [row[name], row[`${name}_low`], row[`${name}_high`]];
  return value === null || low === null || high === null ? null : [value, low, high];
}

/** Kappa is no share: `0.81 (0.60 to 1.00)`. */
export function kappaWords([value, low, high]: readonly [number, number, number]): string {
  return `${twoDigits(value)} (${twoDigits(low)} to ${twoDigits(high)})`;
}

export function twoDigits(value: number): string {
  const written = value.toFixed(2);
  return written === "-0.00" ? "0.00" : written;
}

export const RATE_COLUMNS = ["Cases", "n", "Match", "Precision", "Recall", "Specificity", "κ"];

/** What stands in these columns: `task · a`, `5`, `92 % (81 to 97)`. */
export function rateCells(row: AgreementRow): string[] {
  const group = [row.group, row.key, row.class].filter((part) => part !== null).join(" · ");
  const rates = (["match_rate", "precision", "recall", "specificity"] as const).map((name) => rateOf(row, name));
  const kappa = rateOf(row, "kappa");
  return [
    group,
    String(row.compared),
    ...rates.map((rate) => (rate === null ? "-" : formatInterval(...rate))),
    kappa === null ? "-" : kappaWords(kappa),
  ];
}

/** What was expected -> what was given -> cases. */
export type Counts = ScannerAgreement["confusion"];

/** The table of an agreement: of classes as the report has it, else of positive and negative; null for numbers. */
export function confusionOf(row: AgreementRow, classes: Counts): Counts | null {
  if (Object.keys(classes).length > 0) return classes;
  if (row.specificity === null && row.recall === null) return null;
  return {
    positive: { positive: row.tp, negative: row.fn },
    negative: { positive: row.fp, negative: row.tn },
  };
}

export function validateCommand(name: string, { scan, scanner }: ChosenScan, by: Group | undefined): string {
  const grouped = by === undefined ? [] : ["--by", by];
  return shellLine(["scout", "validate", scan, "-V", `${scanner}:${name}`, ...grouped]);
}

const LISTED = 10;

/** What is not in the rates. */
export function remarksOf(report: ScannerAgreement): string[] {
  const listed = (words: string, ids: readonly string[]) => {
    const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : "";
    return ids.length === 0 ? [] : [`${words}: ${ids.slice(0, LISTED).join(", ")}${more}`];
  };
  const unscanned = report.missing.filter((id) => !report.unmatched.includes(id));
  return [
    ...Object.entries(report.problems).map(([why, count]) => `${count} could not be compared: ${why}`),
    ...listed("Without a result, because the scanner failed", report.failed),
    ...listed("Not in this scan", report.unmatched),
    ...listed("Not scanned", unscanned),
    ...Object.entries(report.unlisted_labels).map(
      ([label, count]) => `The label ${label} was found ${count} times, which no case lists.`,
    ),
  ];
}

/** An agreement as Markdown, to be put into a report. */
export function agreementMarkdown(report: ScannerAgreement): string {
  const found = report.disagreements.map((each) =>
    line([each.id, labelWords(each.expected), labelWords(each.given), each.explanation ?? ""]),
  );
  const head = ["", line(["disagreement", "expected", "given", "explanation"]), "|---|---|---|---|"];
  return [
    `## ${report.scanner} against the labels`,
    "",
    line(["cases", "n", "match", "precision", "recall", "specificity", "kappa"]),
    "|---|---|---|---|---|---|---|",
    ...report.rows.map((row) => line(rateCells(row))),
    ...(found.length === 0 ? [] : [...head, ...found]),
    "",
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
}
