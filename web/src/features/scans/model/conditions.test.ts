import { expect, test } from "vitest";
import { equals, joinConditions, splitConditions, withCondition, withoutCondition } from "./conditions.ts";

test.each([
  ["", []],
  ["value = true", ["value = true"]],
  ["value = true AND model LIKE 'openai/%'", ["value = true", "model LIKE 'openai/%'"]],
  ["a = 1 and b = 2", ["a = 1", "b = 2"]],
  ["task = 'salt AND pepper' AND b = 2", ["task = 'salt AND pepper'", "b = 2"]],
  ["task = 'it''s AND' AND b = 2", ["task = 'it''s AND'", "b = 2"]],
  ["(a = 1 AND b = 2) AND c = 3", ["(a = 1 AND b = 2)", "c = 3"]],
  ["score BETWEEN 1 AND 3 AND c = 3", ["score BETWEEN 1 AND 3", "c = 3"]],
  ["a = 1 OR b = 2 AND c = 3", ["a = 1 OR b = 2 AND c = 3"]],
  ["(a = 1 OR b = 2) AND brand = 3", ["(a = 1 OR b = 2)", "brand = 3"]],
  ["value = true AND", ["value = true"]],
])("%s is cut where all parts must hold", (sql, parts) => {
  expect(splitConditions(sql)).toEqual(parts);
});

test("a part is added once, and taken away again", () => {
  const both = withCondition("a = 1", "b = 2");
  expect(both).toBe("a = 1 AND b = 2");
  expect(withCondition(both, "b = 2")).toBe(both);
  expect(withoutCondition(both, "a = 1")).toBe("b = 2");
  expect(withoutCondition("b = 2", "b = 2")).toBeUndefined();
});

test("what is one of several is put in brackets beside others", () => {
  expect(joinConditions(["a = 1 OR b = 2", "c = 3"])).toBe("(a = 1 OR b = 2) AND c = 3");
});

test.each([
  ["value", true, "value = true"],
  ["value", 3, "value = 3"],
  ["score", null, "score IS NULL"],
  ["model", "it's", "model = 'it''s'"],
  ["transcript_metadata.a", "x", "transcript_metadata.a = 'x'"],
  ['odd "name"', 1, '"odd ""name""" = 1'],
])("%s with %j is %s", (column, value, sql) => {
  expect(equals(column, value)).toBe(sql);
});
