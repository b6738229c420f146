import { expect, it } from "vitest";
import type { AgentItem, MinimapBucket } from "../../../api/generated/types.gen.ts";
import { lanesOf, stripOf } from "./layout.ts";

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

const agent = (first: number, last: number | null, more: Partial<AgentItem> = {}): AgentItem => ({
  id: `${first}`,
  name: "a",
  parent_id: null,
  asked: null,
  asked_folded: 0,
  answered: null,
  answered_folded: 0,
  turns: 1,
  tokens: 100,
  seconds: 10,
  first_event: first,
  last_event: last,
  first_message: null,
  last_message: null,
  call_id: null,
  ...more,
});

it("shows where in the run agents were, those within others further in", () => {
  const lanes = lanesOf([agent(1, 100), agent(11, 20), agent(91, null)], "order", 100);
  expect(lanes.map((lane) => lane.depth)).toEqual([0, 1, 1]);
  expect(lanes.map((lane) => lane.from)).toEqual([0, 0.1, 0.9]);
  expect(lanes[1]?.width).toBeCloseTo(0.1);
  for (const lane of lanes) expect(lane.from + lane.width).toBeLessThanOrEqual(1.0001);
});

it("compares what they took with the one that took most", () => {
  const lanes = lanesOf([agent(1, 9), agent(2, 3, { tokens: 25, seconds: null })], "tokens", 10);
  expect(lanes.map((lane) => lane.width)).toEqual([1, 0.25]);
  expect(lanesOf([agent(1, 2, { seconds: null })], "time", 2)[0]?.width).toBe(0);
});
