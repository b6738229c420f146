import { expect, test } from "vitest";
import {
  chosenValue,
  joinConditions,
  readTest,
  splitCondition,
  type Test,
  withFacet,
  withoutFacet,
  writeTest,
} from "./conditions.ts";

const TESTS: readonly [string, Test][] = [
  ["model = 'a/b'", { column: "model", operator: "is", values: ["a/b"] }],
  ["score IN ('C', 1, TRUE)", { column: "score", operator: "is", values: ["C", 1, true] }],
  ["(score = 'C' OR score IS NULL)", { column: "score", operator: "is", values: ["C", null] }],
  ["score IS NULL", { column: "score", operator: "is", values: [null] }],
  ["score IS NOT NULL", { column: "score", operator: "is not", values: [null] }],
  ["(score != 'C' OR score IS NULL)", { column: "score", operator: "is not", values: ["C"] }],
  ["score NOT IN ('C', 'I')", { column: "score", operator: "is not", values: ["C", "I", null] }],
  ["error ILIKE '%it''s%'", { column: "error", operator: "contains", values: ["it's"] }],
  ["error NOT ILIKE '%x%'", { column: "error", operator: "lacks", values: ["x"] }],
  ["total_time BETWEEN -1.5 AND 20", { column: "total_time", operator: "between", values: [-1.5, 20] }],
  ["sample_metadata.level >= 3", { column: "sample_metadata.level", operator: "from", values: [3] }],
  ['a["odd key"] < 3', { column: 'a["odd key"]', operator: "below", values: [3] }],
];

test.each(TESTS)("writes %s and reads it again", (sql, asked) => {
  expect(writeTest(asked)).toBe(sql);
  expect(readTest(sql)).toEqual(asked);
});

test.each([
  "a = 1 AND b = 2",
  "a = 1 OR b IS NULL",
  "(a = 1 OR b IS NULL)",
  "NOT a = 1",
  "a LIKE 'x%'",
  "a ILIKE 'x%'",
  "a IN ()",
  "a = ",
  "a = b",
  "",
])("leaves %s to the server", (sql) => {
  expect(readTest(sql)).toBeNull();
});

test("quotes names that SQL would read otherwise", () => {
  expect(writeTest({ column: "score/x", operator: "is", values: [1] })).toBe('"score/x" = 1');
  expect(readTest('"limit" IS NULL')?.column).toBe("limit");
});

test("cuts conditions at their outermost ANDs only", () => {
  expect(splitCondition("a = 1 AND (b = 2 AND c = 3) and d = 'x AND y' AND e BETWEEN 1 AND 2")).toEqual([
    "a = 1",
    "(b = 2 AND c = 3)",
    "d = 'x AND y'",
    "e BETWEEN 1 AND 2",
  ]);
  expect(splitCondition("a = 1 AND b = 2 OR c = 3")).toEqual(["a = 1 AND b = 2 OR c = 3"]);
  expect(splitCondition("  ")).toEqual([]);
});

test("joins conditions without changing what they say", () => {
  expect(joinConditions(["a = 1 OR b = 2", "c = 3"])).toBe("(a = 1 OR b = 2) AND c = 3");
});

test("a facet adds values, takes them back, and leaves out", () => {
  const others = ["model = 'm'"];
  const one = chosenValue(others, "score", "C", "is");
  expect(one).toEqual(["model = 'm'", "score = 'C'"]);
  const two = chosenValue(one, "score", null, "is");
  expect(two).toEqual(["model = 'm'", "(score = 'C' OR score IS NULL)"]);
  expect(chosenValue(chosenValue(two, "score", null, "is"), "score", "C", "is")).toEqual(others);
  expect(chosenValue(two, "score", "I", "is not")).toEqual(["model = 'm'", "(score != 'I' OR score IS NULL)"]);
  expect(withoutFacet(two, "score")).toEqual(others);
});

test("a facet of numbers filters by a range", () => {
  const range = (where: string[], values: number[]) =>
    withFacet(where, { column: "total_time", operator: "between", values });
  const chosen = range([], [1, 2]);
  expect(chosen).toEqual(["total_time BETWEEN 1 AND 2"]);
  expect(range(chosen, [2, 3])).toEqual(["total_time BETWEEN 2 AND 3"]);
  expect(range(chosen, [])).toEqual([]);
});
