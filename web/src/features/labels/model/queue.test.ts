import { expect, test } from "vitest";
import { type Fields, keyOf } from "./cases.ts";
import { type Asked, askedOfCases, choicesOf, entriesOf, nextOpen } from "./queue.ts";

const cased = (fields: Fields) => ({ key: keyOf(fields), fields });
const asked = (id: string): Asked => ({ key: keyOf({ id }), about: { id }, transcript: id, result: null });

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
