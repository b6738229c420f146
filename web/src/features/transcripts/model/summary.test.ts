import { expect, test } from "vitest";
import type { TranscriptFacet } from "../../../api/generated/types.gen.ts";
import { summaryOf, wilson } from "./summary.ts";

function facet(by: string, values: [unknown, number][], more: Partial<TranscriptFacet> = {}): TranscriptFacet {
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  return {
    by,
    total,
    distinct: values.length,
    others: 0,
    values: values.map(([value, count]) => ({ value, count })),
    ...more,
  };
}

test("sums up a list by its facets", () => {
  const summary = summaryOf([
    facet("task_set", [
      ["a", 5],
      ["b", 3],
    ]),
    facet("model", [
      ["m", 7],
      [null, 1],
    ]),
    facet("success", [
      [true, 3],
      [false, 1],
      [null, 4],
    ]),
    facet("total_tokens", [[1000, 8]], { sum: 8000 }),
    facet("message_count", [[3, 8]], { histogram: [{ start: 3, stop: 90, count: 8 }] }),
  ]);
  expect(summary).toMatchObject({ tasks: 2, models: 1, tokens: 8000, longest: 90 });
  expect(summary.success).toMatchObject({ count: 3, of: 4, share: 0.75 });
});

test("nothing is known of nothing", () => {
  expect(summaryOf([])).toEqual({ tasks: 0, models: 0, success: null, tokens: null, longest: 0 });
});

test("intervals are Wilson's, and hold the share", () => {
  const half = wilson(5, 10);
  expect(half?.low).toBeCloseTo(0.2366, 4);
  expect(half?.high).toBeCloseTo(0.7634, 4);
  expect(wilson(0, 3)?.low).toBe(0);
  expect(wilson(3, 3)?.high).toBe(1);
});
