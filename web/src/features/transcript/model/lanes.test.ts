import { expect, it } from "vitest";
import type { AgentItem } from "../../../api/generated/types.gen.ts";
import { lanesOf } from "./lanes.ts";

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
