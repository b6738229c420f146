import { expect, test } from "vitest";
import { intervalWidth, labelsFor } from "./interval.ts";

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
