import { expect, it } from "vitest";
import { pagesFor } from "./questions.ts";

it("asks for the pages of what is seen, and of what will be", () => {
  expect(pagesFor(1, 10, 100_000, 50, 10)).toEqual([0]);
  expect(pagesFor(45, 55, 100_000, 50, 10)).toEqual([0, 1]);
  expect(pagesFor(99_995, 100_000, 100_000, 50, 10)).toEqual([1999]);
  expect(pagesFor(1, 1, 0, 50, 10)).toEqual([0]);
});

it("never leaves out a page of what is seen", () => {
  for (let first = 1; first < 300; first += 7) {
    const pages = pagesFor(first, first + 30, 330, 50, 5);
    for (let number = first; number <= first + 30; number += 1) {
      expect(pages).toContain(Math.floor((number - 1) / 50));
    }
  }
});
