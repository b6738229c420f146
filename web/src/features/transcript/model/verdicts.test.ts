import { expect, it } from "vitest";
import type { TranscriptVerdict } from "../../../api/generated/types.gen.ts";
import { groupedVerdicts } from "./verdicts.ts";

const said = (scanner: string, value: unknown, more: Partial<TranscriptVerdict> = {}): TranscriptVerdict => ({
  scan: "s",
  scanner,
  result_id: `${scanner}${value}`,
  value,
  ...more,
});

it("shows errors first, then what was found, and what says the same once", () => {
  const groups = groupedVerdicts([
    said("a", false),
    said("a", false),
    said("b", true, { explanation: "x" }),
    said("b", true, { explanation: "y" }),
    said("c", null, { error: "KeyError" }),
  ]);
  expect(groups.map(({ verdict, count }) => [verdict.scanner, count])).toEqual([
    ["c", 1],
    ["b", 1],
    ["b", 1],
    ["a", 2],
  ]);
});
