import type { ScanComparison } from "../../../api/generated/types.gen.ts";
import { formatInterval } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { chanceWords, flipsOf } from "./flips.ts";

/** The comparison for a note: numbers, what differed, and each flip with both explanations. */
export function comparisonMarkdown({ first, second, differences, scanners }: ScanComparison): string {
  const lines = [`# ${nameOf(first)} and ${nameOf(second)}`, ""];
  for (const { name, first: a, second: b } of differences) {
    lines.push(`- ${name}: ${formatValue(a, 200)} / ${formatValue(b, 200)}`);
  }
  for (const found of scanners) {
    const { agreement, agreement_low, agreement_high } = found;
    const agree = agreement === null ? "-" : formatInterval(agreement, agreement_low ?? 0, agreement_high ?? 1);
    lines.push("", `## ${found.scanner}`, "", `${found.n} inputs, agree ${agree}, ${chanceWords(found.mcnemar_p)}`);
    for (const flip of flipsOf(found)) {
      lines.push(
        "",
        `### ${flip.task_id ?? flip.transcript_id}: ${formatValue(flip.first.value)} / ${formatValue(flip.second.value)}`,
        "",
        `A: ${flip.first.explanation ?? "-"}`,
        "",
        `B: ${flip.second.explanation ?? "-"}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function nameOf(location: string): string {
  return location.split("/").at(-1) ?? location;
}
