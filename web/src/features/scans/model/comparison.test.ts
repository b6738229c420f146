import { expect, test } from "vitest";
import type { EvidenceItem, EvidencePassage, ScannerComparison } from "../../../api/generated/types.gen.ts";
import { bothCited, chanceWords, compareCommand, confusionOf, flipsOf } from "./comparison.ts";

const passage = (number: number, cited: boolean, marked: string[] = []): EvidencePassage => ({
  number,
  id: `m${number}`,
  role: "assistant",
  cited,
  text: "words",
  marked,
  characters_left_out: 0,
});
const evidence = (...messages: EvidencePassage[]) => [{ messages, events: [] } as unknown as EvidenceItem];

test("what both cite stands once, in the order of the transcript, with who cites it", () => {
  const both = bothCited(
    evidence(passage(3, true, ["a"]), passage(4, false)),
    evidence(passage(1, true), passage(3, true, ["b"])),
  );
  expect(both.map(({ number, by }) => [number, by.join()])).toEqual([
    [1, "B"],
    [3, "A,B"],
    [4, ""],
  ]);
  expect(both[1]?.marked).toEqual(["a", "b"]);
});

test("a matrix counts who gave which values, and says how many are left out", () => {
  const cells = Array.from({ length: 10 }, (_, at) => ({
    first: `v${at}`,
    second: `v${at}`,
    count: 10 - at,
  }));
  const { values, count, left } = confusionOf(cells);
  expect(values.slice(0, 2)).toEqual(["v0", "v1"]);
  expect([count("v0", "v0"), count("v0", "v1"), left]).toEqual([10, 0, 2]);
});

test("what the second one missed comes first", () => {
  const pair = (id: string) => ({ input_ids: [id] });
  const flips = flipsOf({
    lost: [pair("l")],
    gained: [pair("g")],
    changed: [pair("c")],
  } as unknown as ScannerComparison);
  expect(flips.map(({ key, kind }) => `${key} ${kind}`)).toEqual(["l lost", "g gained", "c changed"]);
});

test.each([
  [null, "-"],
  [0.0004, "p < 0.001"],
  [0.5, "p = 0.5"],
  [0.0432, "p = 0.043"],
])("a chance of %d is said as %s", (p, words) => {
  expect(chanceWords(p)).toBe(words);
});

test("a command compares the same", () => {
  expect(compareCommand({ a: "abcdefghij", b: "klmnopqrst", scanner: "x", scanner_b: "y" })).toBe(
    "scout scan diff abcdefgh klmnopqr --scanner x --scanner-b y",
  );
});
