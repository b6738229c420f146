import { QueryClient, QueryClientProvider, queryOptions } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, test, vi } from "vitest";
import { useRowWindows, windowsOf } from "./rows.ts";

const TOTAL = 100_000;

function windowed(fetchRows: (offset: number, limit: number) => Promise<number[]>) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const query = (order: string) => (offset: number, limit: number) =>
    queryOptions({
      queryKey: ["rows", order, offset] as const,
      queryFn: async () => ({ items: await fetchRows(offset, limit), total: offset === 0 ? TOTAL : null }),
    });
  return renderHook(({ order }) => useRowWindows(query(order)), { wrapper, initialProps: { order: "up" } });
}

const rows = async (offset: number, limit: number) => Array.from({ length: limit }, (_, at) => offset + at);

describe("rows by windows", () => {
  test("are fetched where they are seen, and only there", async () => {
    const fetchRows = vi.fn(rows);
    const { result } = windowed(fetchRows);
    expect(result.current.isLoading).toBe(true);
    await waitFor(() => expect(result.current.at(0)).toBe(0));
    expect([result.current.count, result.current.at(70_000)]).toEqual([TOTAL, undefined]);
    act(() => result.current.need?.(70_000, 70_030));
    await waitFor(() => expect(result.current.at(70_010)).toBe(70_010));
    expect(fetchRows.mock.calls.map(([offset]) => offset).toSorted((one, other) => one - other)).toEqual([
      0, 69_800, 70_000,
    ]);
    expect(result.current.at(TOTAL)).toBeUndefined();
  });

  test("are as many as before while another order is fetched", async () => {
    const { result, rerender } = windowed(rows);
    await waitFor(() => expect(result.current.at(0)).toBe(0));
    rerender({ order: "down" });
    expect([result.current.count, result.current.at(0)]).toEqual([TOTAL, undefined]);
    await waitFor(() => expect(result.current.at(0)).toBe(0));
  });

  test("say why they are not here, and can be asked for again", async () => {
    const fetchRows = vi.fn(rows).mockRejectedValueOnce(new Error("Unknown column: 'x'"));
    const { result } = windowed(fetchRows);
    await waitFor(() => expect(result.current.error?.message).toBe("Unknown column: 'x'"));
    act(() => result.current.retry());
    await waitFor(() => expect(result.current.at(3)).toBe(3));
    expect(result.current.error).toBeNull();
  });

  test("always have the first window, which knows how many there are", () => {
    expect(windowsOf(0, 40)).toEqual([0]);
    expect(windowsOf(120, 160)).toEqual([0, 1]);
    expect(windowsOf(1000, 1040)).toEqual([0, 4, 5]);
  });
});
