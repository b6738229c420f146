import { describe, expect, test } from "vitest";
import { fuzzyDistance, fuzzyFilter } from "./fuzzy.ts";

describe("fuzzy search", () => {
  test("wants all letters in their order", () => {
    expect(fuzzyDistance("gtsc", "Go to Scans")).not.toBeNull();
    expect(fuzzyDistance("scgo", "Go to Scans")).toBeNull();
    expect(fuzzyDistance("zz", "Go to Scans")).toBeNull();
  });

  test("puts first what stands there as typed, then beginnings of words, then the rest", () => {
    const texts = ["discs and cans", "Rescans", "Go to Scans", "Scans", "s-c-a-n-s"];
    expect(fuzzyFilter("scans", texts, String)).toEqual([
      "Scans",
      "Go to Scans",
      "Rescans",
      "s-c-a-n-s",
      "discs and cans",
    ]);
  });

  test("keeps the order where nothing is typed, and of what fits equally well", () => {
    expect(fuzzyFilter("", ["b", "a"], String)).toEqual(["b", "a"]);
    expect(fuzzyFilter("x", ["b x", "a x"], String)).toEqual(["b x", "a x"]);
  });
});
