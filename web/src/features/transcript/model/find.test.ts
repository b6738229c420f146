import { expect, it } from "vitest";
import type { TranscriptHit } from "../../../api/generated/types.gen.ts";
import { firstHit, hitNumber, stepHit } from "./find.ts";

const hit = (number: number, count: number): TranscriptHit => ({
  kind: "message",
  number,
  count,
  spans: Array.from({ length: count }, (_, at) => [at, at + 1]),
  text: "",
  offset: 0,
});
const hits = [hit(3, 2), hit(8, 1), hit(20, 3)];

it("begins where one reads, and waits until a hit there is known", () => {
  expect(firstHit({ hits, done: false }, 4)).toEqual({ item: 1, place: 0 });
  expect(firstHit({ hits, done: false }, 99)).toBeNull();
  expect(firstHit({ hits, done: true }, 99)).toEqual({ item: 0, place: 0 });
  expect(firstHit({ hits: [], done: true }, 1)).toBeNull();
});

it("walks through all hits in both directions, and begins again", () => {
  let at = { item: 0, place: 0 };
  const seen: number[] = [];
  for (let step = 0; step < 7; step += 1) {
    seen.push(hitNumber(hits, at));
    at = stepHit(hits, at, 1);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 1]);
  expect(hitNumber(hits, stepHit(hits, { item: 0, place: 0 }, -1))).toBe(6);
});
