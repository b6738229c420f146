import { describe, expect, test, vi } from "vitest";
import { rowsOfPages } from "./rows.ts";

function pages(sizes: readonly number[], total: number | null, more: object = {}) {
  let number = 0;
  const data = {
    pages: sizes.map((size) => ({ items: Array.from({ length: size }, () => number++), total, next: "x" })),
  };
  const query = {
    data,
    hasNextPage: true,
    isFetchingNextPage: false,
    isError: false,
    fetchNextPage: vi.fn(),
    ...more,
  };
  return { rows: rowsOfPages(query), fetchNextPage: query.fetchNextPage };
}

describe("rows of pages", () => {
  test("have their place across pages of any size", () => {
    const { rows } = pages([3, 0, 2], 100);
    expect([0, 2, 3, 4, 5, 99].map(rows.at)).toEqual([0, 2, 3, 4, undefined, undefined]);
    expect(rows.count).toBe(100);
  });

  test("are as many as are here when none are missing, or the total is not known", () => {
    expect(pages([3, 2], 100, { hasNextPage: false }).rows.count).toBe(5);
    expect(pages([3, 2], null).rows.count).toBe(5);
    expect(rowsOfPages({ ...pages([], 0), data: undefined } as never).count).toBe(0);
  });

  test("are asked for when what is seen comes near the end of what is here, once at a time", () => {
    const { rows, fetchNextPage } = pages([1000], 5000);
    rows.need?.(0, 40);
    expect(fetchNextPage).not.toHaveBeenCalled();
    rows.need?.(850, 950);
    expect(fetchNextPage).toHaveBeenCalledTimes(1);
    for (const more of [{ isFetchingNextPage: true }, { hasNextPage: false }, { isError: true }]) {
      const other = pages([1000], 5000, more);
      other.rows.need?.(4000, 4040);
      expect(other.fetchNextPage).not.toHaveBeenCalled();
    }
  });
});
