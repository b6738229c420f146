import { describe, expect, test } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatCost,
  formatCount,
  formatCounted,
  formatDuration,
  formatInterval,
  formatRough,
  formatShare,
  formatTime,
} from "./format.ts";

type Case = readonly [number, string];

describe("numbers", () => {
  test.each<Case>([
    [0, "0"],
    [812, "812"],
    [999, "999"],
    [999.6, "1 k"],
    [3100, "3.1 k"],
    [9960, "10 k"],
    [41_234, "41 k"],
    [999_600, "1 M"],
    [1_230_000, "1.2 M"],
    [-4100, "-4.1 k"],
  ])("%d is roughly %s", (count, written) => expect(formatRough(count)).toBe(written));

  test.each<Case>([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1500, "1.5 kB"],
    [264_000_000, "264 MB"],
  ])("%d bytes are %s", (bytes, written) => expect(formatBytes(bytes)).toBe(written));

  test("are grouped and counted", () => {
    expect(formatCount(100_000)).toBe("100,000");
    expect([0, 1, 2].map((count) => formatCounted(count, "case"))).toEqual(["0 cases", "1 case", "2 cases"]);
    expect(formatCounted(2, "retry", "retries")).toBe("2 retries");
  });

  test.each<Case>([
    [0, "$0"],
    [0.00001, "< $0.0001"],
    [0.00123, "$0.0012"],
    [0.05, "$0.05"],
    [0.0949, "$0.095"],
    [0.124, "$0.12"],
    [1.785, "$1.78"],
    [999.99, "$999.99"],
    [999.996, "$1,000"],
    [1234.5, "$1,235"],
  ])("%d dollars are %s", (dollars, written) => expect(formatCost(dollars)).toBe(written));

  test.each<Case>([
    [0, "0 %"],
    [0.0001, "< 0.1 %"],
    [0.004, "0.4 %"],
    [0.3375, "34 %"],
    [0.996, "99.6 %"],
    [0.9999, "> 99.9 %"],
    [1, "100 %"],
  ])("a share of %d is %s", (share, written) => expect(formatShare(share)).toBe(written));

  test("have their interval beside them", () => {
    expect(formatInterval(0.34, 0.24, 0.451)).toBe("34 % (24 to 45)");
  });
});

describe("times", () => {
  test.each<Case>([
    [0, "0 s"],
    [0.004, "< 0.1 s"],
    [0.84, "0.8 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 m"],
    [161, "2 m 41 s"],
    [3599.7, "1 h"],
    [11_520, "3 h 12 m"],
    [86_399, "1 d"],
    [183_600, "2 d 3 h"],
  ])("%d seconds are %s", (seconds, written) => expect(formatDuration(seconds)).toBe(written));

  test("are local, to the minute", () => {
    expect(formatTime("2026-01-02T03:04:59")).toBe("2026-01-02 03:04");
    expect(formatTime("yesterday")).toBe("");
  });

  test.each([
    ["2026-01-10T12:00:30", "now"],
    ["2026-01-10T11:59:30", "now"],
    ["2026-01-10T11:55:00", "5 min ago"],
    ["2026-01-10T09:00:00", "3 h ago"],
    ["2026-01-08T09:00:00", "2 d ago"],
    ["2026-01-01T09:00:00", "2026-01-01"],
    ["2027-01-01T09:00:00", "2027-01-01"],
    ["soon", ""],
  ])("%s is %s", (iso, written) => {
    expect(formatAgo(iso, new Date("2026-01-10T12:00:00").getTime())).toBe(written);
  });
});
