import { expect, it } from "vitest";
import type { MinimapBucket } from "../../../api/generated/types.gen.ts";
import { stripOf } from "./minimap-layout.ts";

const bucket = (start: number, stop: number, more: Partial<MinimapBucket> = {}): MinimapBucket => ({
  start,
  stop,
  sizes: { assistant: 500 * start },
  calls: 0,
  errors: 0,
  ...more,
});

it("gives every message a place, and finds it there again", () => {
  const strip = stripOf([bucket(1, 4), bucket(4, 5), bucket(5, 105), bucket(105, 140)], 1000);
  let before = -1;
  for (let number = 1; number < 140; number += 1) {
    const x = strip.xOf(number);
    expect(x).toBeGreaterThan(before);
    expect(strip.numberAt(x + 0.01)).toBe(number);
    before = x;
  }
  expect(strip.xOf(140)).toBe(1000);
  expect(strip.parts.reduce((sum, part) => sum + part.width, 0)).toBeCloseTo(1000);
});

it("shows errors before calls, and nothing of an empty transcript", () => {
  const { parts } = stripOf([bucket(1, 2, { calls: 2, errors: 1 }), bucket(2, 3, { calls: 1 })], 10);
  expect(parts.map((part) => part.kind)).toEqual(["error", "call"]);
  const empty = stripOf([], 10);
  expect([empty.xOf(1), empty.numberAt(5), empty.parts.length]).toEqual([0, 1, 0]);
});
