import { expect, test } from "vitest";
import { labelCommand, validateCommand } from "./commands.ts";

test("writes what does the same, so that a shell takes each word as one", () => {
  const asked = { scan: "JeSTic", scanner: "edits tests", size: 10, by: "value", seed: 3 } as const;
  expect(labelCommand("it's.csv", asked)).toBe(
    "scout label JeSTic --scanner 'edits tests' --sample 10 --stratify value --seed 3 --blind --cases 'it'\\''s.csv'",
  );
  expect(validateCommand("labels/cases.csv", "JeSTic", "refusals", "task")).toBe(
    "scout validate JeSTic -V refusals:labels/cases.csv --by task",
  );
});
