/** An agreement as Markdown, to be put into a report. */

import type { ScannerAgreement } from "../../../api/generated/types.gen.ts";
import { labelWords } from "./cases.ts";
import { kappaWords, rateOf, rateWords } from "./rates.ts";

export function agreementMarkdown(report: ScannerAgreement): string {
  const rows = report.rows.map((row) => {
    const kappa = rateOf(row, "kappa");
    const group = [row.group, row.key, row.class].filter((part) => part !== null).join(" · ");
    const rates = (["match_rate", "precision", "recall", "specificity"] as const).map(
      (name) => rateWords(row, name) ?? "-",
    );
    return line([group, String(row.compared), ...rates, kappa === null ? "-" : kappaWords(kappa)]);
  });
  const found = report.disagreements.map((each) =>
    line([each.id, labelWords(each.expected), labelWords(each.given), each.explanation ?? ""]),
  );
  return [
    `## ${report.scanner} against the labels`,
    "",
    line(["cases", "n", "match", "precision", "recall", "specificity", "kappa"]),
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...(found.length === 0
      ? []
      : ["", line(["disagreement", "expected", "given", "explanation"]), "|---|---|---|---|", ...found]),
    "",
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
}
