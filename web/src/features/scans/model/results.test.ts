import { expect, test } from "vitest";
import type { FindingsItem, LabelFileItem } from "../../../api/generated/types.gen.ts";
import { type Evidence, transcriptLocation } from "./evidence.ts";
import { agreementOf, barsOfDistribution, labelFileOf, targetsOf } from "./findings.ts";
import { resultCommands } from "./result-row.ts";

const found = (kinds: unknown[]) =>
  ({ kinds_by: "value", kinds: kinds.map((value) => ({ value, count: 1 })) }) as unknown as FindingsItem;

test("y confirms, n says the contrary of yes or no, and numbers choose among other values", () => {
  expect(targetsOf(true, found([true, false])).map(({ key, value }) => [key, value])).toEqual([
    ["y", true],
    ["n", false],
  ]);
  expect(targetsOf("b", found(["a", "b"])).map(({ key, value }) => [key, value])).toEqual([
    ["y", "b"],
    ["1", "a"],
    ["2", "b"],
  ]);
  expect(targetsOf(null, found([])).length).toBe(0);
});

test("labels go to the file that the project names", () => {
  const files = [{ file: "x", name: "labels/a.csv", cases: 1, problem: null }] as LabelFileItem[];
  expect(labelFileOf({ validation: { s: "./labels/a.csv" } }, "s", files)?.file).toBe("x");
  expect(labelFileOf({ validation: { s: "./labels/b.csv" } }, "s", files)).toBeUndefined();
  expect(labelFileOf({}, "s", files)).toBeUndefined();
});

test("agreement has an interval, also where all agree", () => {
  const groups = [{ value: true, found: 6 }] as never;
  const { rate, low, high, n } = agreementOf(groups) ?? { rate: 0, low: 0, high: 0, n: 0 };
  expect([n, rate, Math.round(low * 100), Math.round(high * 100)]).toEqual([6, 1, 61, 100]);
  expect(agreementOf([{ value: "half", found: 2 }] as never)).toBeNull();
});

test("bars of a distribution say what holds for their results", () => {
  const part = { value: null, low: 1, high: 2, count: 1, rate: 1, rate_low: 0, rate_high: 1 };
  const bars = barsOfDistribution({
    column: "value",
    by: ["model"],
    ranges: true,
    groups: [{ group: { model: "m" }, n: 1, nulls: 0, parts: [part], left_out: 0 }],
    left_out: 0,
  });
  expect(bars[0]).toMatchObject({
    group: "m",
    name: "1 to 2",
    condition: "model = 'm' AND value >= 1 AND value < 2",
  });
});

test("commands show the same results", () => {
  const commands = resultCommands({ scan_id: "abcdefghij" }, "s", {
    where: "value = 'x'",
    result: "uuid-12345",
  });
  expect(commands.map(({ command }) => command)).toContain("scout show abcdefgh uuid-123 --scanner s");
  expect(commands[0]?.command).toBe(`scout scan results abcdefgh --scanner s --where 'value = '"'"'x'"'"'' --all`);
});

test("a transcript of the project is opened in its list, one from elsewhere where it is", () => {
  const project = { path: "/p/scout.yaml", config: { transcripts: "./logs" } };
  const at = (source_uri: string, isInPlace = true) =>
    ({ items: [{ transcript: { source_uri } }], isInPlace }) as unknown as Evidence;
  expect(transcriptLocation(at("/p/logs/a.eval"), project)).toBeUndefined();
  expect(transcriptLocation(at("/q/logs/a.eval"), project)).toBe("/q/logs/a.eval");
  expect(transcriptLocation(at("/q/logs/a.eval", false), project)).toBeUndefined();
});
