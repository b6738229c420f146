import { expect, test } from "vitest";
import { type Fields, keyOf } from "./cases.ts";
import {
  type Asked,
  askedOfCases,
  choicesOf,
  entriesOf,
  intervalWidth,
  labelCommand,
  labelsFor,
  nextOpen,
} from "./queue.ts";

const cased = (fields: Fields) => ({ key: keyOf(fields), fields });
const asked = (id: string): Asked => ({ key: keyOf({ id }), about: { id }, transcript_id: id, uuid: null });

test("goes on at the next case without a label, then at those that were skipped", () => {
  const entries = entriesOf(["a", "b", "c"].map(asked), [cased({ id: "b", target: false })]);
  expect(entries.map((entry) => entry.isLabelled)).toEqual([false, true, false]);
  expect([nextOpen(entries, -1), nextOpen(entries, 0), nextOpen(entries, 2)]).toEqual([0, 2, 0]);
});

test("ends with the last label", () => {
  const entries = entriesOf(["a", "b"].map(asked), [cased({ id: "b", target: null })]);
  // The case that is shown is being labelled.
  expect(nextOpen(entries, 0)).toBe(-1);
});

test("shows a second rater the cases in an order of the seed, without labels", () => {
  const cases = ["a", "b", "c", "d", "e", "f"].map((id) => cased({ id, target: true, split: "dev", comment: "so" }));
  const [first, again, other] = [0, 0, 1].map((seed) => askedOfCases(cases, seed).map((each) => each.about.id));
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
  expect([...(first ?? [])].sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(askedOfCases(cases, 0).every((each) => Object.keys(each.about).join() === "id")).toBe(true);
});

test("offers what the scanner can say, else the texts that cases expect", () => {
  const cases = [
    cased({ id: "a", target: "done" }),
    cased({ id: "b", target: true }),
    cased({ id: "c", target: "done" }),
  ];
  expect(choicesOf([], cases)).toEqual(["done"]);
  expect(choicesOf(["x", "y"], cases)).toEqual(["x", "y"]);
  expect(choicesOf("abcdefghijkl".split(""), [])).toHaveLength(9);
});

test("writes what does the same, so that a shell takes each word as one", () => {
  const [scan, sample] = [{ scan: "JeSTic", scanner: "edits tests" }, { size: 10, by: "value", seed: 3 } as const];
  expect(labelCommand("it's.csv", scan, sample)).toBe(
    `scout label JeSTic --scanner 'edits tests' --sample 10 --stratify value --seed 3 --blind --cases 'it'"'"'s.csv'`,
  );
});

test("is as wide as Wilson's interval of the reports", () => {
  // 5 cases, 4 as labelled: 38 to 96 percent.
  expect(intervalWidth(5, 0.8)).toBeCloseTo(0.964 - 0.376, 2);
  expect(intervalWidth(0, 0.5)).toBe(1);
});

test.each([
  [0.2, 0.5],
  [0.1, 0.9],
  [0.05, 1],
])("counts the labels for a width of %d at a rate of %d", (width, share) => {
  const n = labelsFor(width, share);
  expect(intervalWidth(n, share)).toBeLessThanOrEqual(width);
  expect(intervalWidth(n - 1, share)).toBeGreaterThan(width);
});
