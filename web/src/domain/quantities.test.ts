import { expect, it } from "vitest";
import { countOf, shortBytes, shortDuration, shortNumber, shortValue } from "./quantities.ts";

it("writes numbers as people read them", () => {
  expect([950, 3100, 41_234, 999_600, 12_000_000].map(shortNumber)).toEqual([
    "950",
    "3.1 k",
    "41 k",
    "1.0 M",
    "12 M",
  ]);
  expect([0, 0.84, 12, 161, 3900, 7200].map(shortDuration)).toEqual([
    "0 s",
    "0.8 s",
    "12 s",
    "2 m 41 s",
    "1 h 5 m",
    "2 h",
  ]);
  expect([12, 40_585, 264_000_000].map(shortBytes)).toEqual(["12 B", "41 kB", "264 MB"]);
  expect([countOf(1, "message"), countOf(1200, "message")]).toEqual(["1 message", "1,200 messages"]);
  expect([null, 3, "x".repeat(50)].map((value) => shortValue(value, 5))).toEqual(["-", "3", "xxxx…"]);
});
