import { expect, test } from "vitest";
import type { RunningScanItem, ScanItem } from "../../../api/generated/types.gen.ts";
import { allRows } from "../../../ui/data-table/rows.ts";
import {
  askedOf,
  filterValues,
  groupedLines,
  isScan,
  keyOfLine,
  linesOf,
  listCommand,
  liveScan,
  progressWords,
  scansIn,
  withGroups,
} from "./scan-list.ts";

function scan(id: string, more: Partial<ScanItem> = {}): ScanItem {
  return {
    scan_id: id,
    name: id,
    location: `/scans/scan_id=${id}`,
    timestamp: "2026-11-30T20:00:00Z",
    state: "complete",
    complete: true,
    transcripts: 1,
    results: 0,
    error_count: 0,
    unread: 0,
    scanner_names: ["tampering"],
    done: 1,
    total: 1,
    model: null,
    tags: [],
    cost: null,
    ...more,
  };
}

const running = (of: ScanItem, state: ScanItem["state"]) =>
  ({ [of.location]: { ...of, state, done: 7, rate: 2 } as RunningScanItem }) as const;

test("a scan that runs is as the server tells it now; one that has ended is as the list says", () => {
  const one = scan("a", { state: "running" });
  expect(liveScan(one, running(one, "running")).done).toBe(7);
  expect(liveScan(one, running(one, "complete")).done).toBe(1);
  expect(liveScan(one, {})).toBe(one);
});

test("lines stay the same objects while nothing of their scans changes", () => {
  const rows = linesOf(allRows([scan("a"), scan("b")]), [], {}, undefined);
  expect(rows.at(0)).toBe(rows.at(0));
  expect(rows.at(2)).toBeUndefined();
});

test("scans are grouped by tag, one with two tags in both groups", () => {
  const lines = groupedLines([scan("a", { tags: ["x", "y"] }), scan("b", { tags: ["x"] }), scan("c")], "tag");
  const told = lines.map((line) => (isScan(line) ? line.name : `${line.group} ${line.count}`));
  expect(told).toEqual(["x 2", "a", "b", "y 1", "a", "without a tag 1", "c"]);
});

test("a group takes its scans with it when it is selected, and when it is not any more", () => {
  const rows = allRows(groupedLines([scan("a"), scan("b")], "scanners"));
  const group = keyOfLine(rows.at(0) ?? scan("none"));
  const chosen = withGroups(rows, new Set(), new Set([group]));
  expect(scansIn(rows, chosen).map(({ name }) => name)).toEqual(["a", "b"]);
  const without = new Set(chosen);
  without.delete(group);
  expect(scansIn(rows, withGroups(rows, chosen, without))).toEqual([]);
});

test("only states that there are are asked for", () => {
  expect(askedOf({ state: ["errors", "odd"], q: "x" })).toEqual({ limit: 100, text: "x", state: ["errors"] });
});

test("a command lists the same", () => {
  expect(listCommand({ state: ["errors"], model: ["openai/*"] })).toBe(
    "scout scan list --state errors --model 'openai/*'",
  );
});

test("what can be filtered by are the values of the scans", () => {
  const scans = [scan("a", { model: "m" }), scan("b", { tags: ["t"] })];
  expect(filterValues(scans, "model")).toEqual(["m"]);
  expect(filterValues(scans, "tag")).toEqual(["t"]);
  expect(filterValues(scans, "state")).toEqual(["complete"]);
});

test.each([
  [{ total: 0 }, "…"],
  [{ done: 64, total: 100, rate: 12.4, left_seconds: 40 }, "64 % · 12/s · 40 s left"],
  [{ done: 1, total: 2, rate: 1.25 }, "50 % · 1.3/s"],
  [{ done: 1, total: 2, rate: 0.5 }, "50 % · 30/min"],
  [{ done: 1, total: 2, rate: 0 }, "50 %"],
])("how far a scan is with %j is said as %s", (of, words) => {
  expect(progressWords({ ...scan("a"), ...of })).toBe(words);
});
