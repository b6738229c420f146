import { expect, test } from "vitest";
import type { AgreementRow, ScannerAgreement } from "../../../api/generated/types.gen.ts";
import { agreementMarkdown, validateCommand } from "./agreement.ts";

const row = {
  group: "all",
  key: null,
  class: null,
  compared: 5,
  match_rate: 0.8,
  match_rate_low: 0.38,
  match_rate_high: 0.96,
  precision: null,
  recall: null,
  specificity: null,
  kappa: 0,
  kappa_low: -0.001,
  kappa_high: 0.4,
} as unknown as AgreementRow;

test("writes rates with their intervals, and what differs, in cells that stay cells", () => {
  const report = {
    scanner: "refusals",
    rows: [row],
    disagreements: [{ id: "a", expected: true, given: false, explanation: "one | two\nthree" }],
  } as unknown as ScannerAgreement;
  expect(
    agreementMarkdown(report)
      .split("\n")
      .filter((line) => /^\| (all|a) /.test(line)),
  ).toEqual([
    "| all | 5 | 80 % (38 to 96) | - | - | - | 0.00 (0.00 to 0.40) |",
    "| a | true | false | one \\| two three |",
  ]);
});

test("writes what compares the same on the command line", () => {
  expect(validateCommand("labels/cases.csv", { scan: "JeSTic", scanner: "refusals" }, "task")).toBe(
    "scout validate JeSTic -V refusals:labels/cases.csv --by task",
  );
});
