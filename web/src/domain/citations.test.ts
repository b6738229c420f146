import { describe, expect, it } from "vitest";
import type { ResolvedCitation, TranscriptVerdict } from "../api/generated/types.gen.ts";
import {
  citationMarks,
  citationsByNumber,
  coloursOf,
  explanationParts,
  groupedVerdicts,
  scannerKey,
  stepTo,
} from "./citations.ts";
import { unitsOf } from "./offsets.ts";

function cited(fields: Partial<ResolvedCitation>): ResolvedCitation {
  return {
    scan: "s",
    scanner: "a",
    result_id: "r",
    value: true,
    cite: "[M3]",
    kind: "message",
    number: 3,
    ...fields,
  };
}

describe("citations", () => {
  it("are found by the number of the message; those that do not resolve are left out", () => {
    const found = citationsByNumber([cited({}), cited({ scanner: "b" }), cited({ number: null })], "message");
    expect([...found.keys()]).toEqual([3]);
    expect(found.get(3)).toHaveLength(2);
    expect(citationsByNumber([cited({})], "event").size).toBe(0);
  });

  it("mark the words that are quoted in the colour of their scanner", () => {
    const colours = coloursOf([scannerKey("s", "b"), scannerKey("s", "a")]);
    const marks = citationMarks([cited({ ranges: [{ start: 1, stop: 3 }] })], colours, unitsOf("\u{1f600}ab"));
    expect(marks).toEqual([{ start: 2, stop: 4, kind: "cite", colour: 2, label: "a" }]);
  });
});

it("steps through numbers, and begins again at the ends", () => {
  expect(stepTo([9, 2, 5], 2, 1)).toBe(5);
  expect(stepTo([9, 2, 5], 9, 1)).toBe(2);
  expect(stepTo([9, 2, 5], 2, -1)).toBe(9);
  expect(stepTo([], 2, 1)).toBeUndefined();
});

it("cuts explanations at their citations and keeps every character", () => {
  const said = "[M9] sets it, although [M2] forbids [X].";
  const parts = explanationParts(said);
  expect(parts.map((part) => part.text).join("")).toBe(said);
  expect(parts.map((part) => part.cite)).toEqual(["[M9]", null, "[M2]", null]);
});

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
