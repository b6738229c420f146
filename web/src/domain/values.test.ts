import { expect, it } from "vitest";
import { formatValue, valueWords, verdictOf } from "./values.ts";

it("writes values in a few characters", () => {
  expect([null, 3, true, "x".repeat(50), { a: 1 }].map((value) => formatValue(value, 7))).toEqual([
    "-",
    "3",
    "true",
    "xxxxxx…",
    '{"a":1}',
  ]);
});

it("tells what was found from what was not, what is nothing and what failed", () => {
  expect([true, 2, "yes", ["a"]].map((value) => verdictOf(value, null))).toEqual(Array(4).fill("positive"));
  expect([false, 0, "", "None", [], {}].map((value) => verdictOf(value, null))).toEqual(Array(6).fill("negative"));
  expect([verdictOf(null, null), verdictOf(null, "KeyError")]).toEqual(["none", "error"]);
});

it.each([
  [true, "yes"],
  [false, "no"],
  [null, "none"],
  [3, "3"],
  [3.0, "3"],
  [0.123456, "0.1235"],
  ["text", "text"],
  [{ a: 1, b: true }, "a 1, b yes"],
])("%j is said as %s", (value, words) => {
  expect(valueWords(value)).toBe(words);
});
