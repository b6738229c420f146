import { expect, test } from "vitest";
import { shownScanners, verdictsById } from "./verdicts.ts";

test("scanners of the chosen scans have colours of their own", () => {
  const scans = [
    { scan_id: "a", name: "A", scanner_names: ["x", "y"] },
    { scan_id: "b", name: "B", scanner_names: ["x"] },
  ];
  const shown = shownScanners(["b", "a", "gone"], scans);
  expect(shown.map(({ scan, scanner }) => `${scan} ${scanner}`)).toEqual(["b x", "a x", "a y"]);
  expect(new Set(shown.map(({ colour }) => colour)).size).toBe(3);
});

test("of several verdicts the one counts that matters most, errors first", () => {
  const found = verdictsById({
    items: [
      { transcript_id: "1", value: false, scan_error: null },
      { transcript_id: "1", value: true, scan_error: null },
      { transcript_id: "2", value: true, scan_error: null },
      { transcript_id: "2", value: null, scan_error: "KeyError: 'x'" },
      { transcript_id: "3", value: null, scan_error: null },
    ],
  });
  expect(found.get("1")).toEqual({ verdict: "positive", words: "true" });
  expect(found.get("2")?.verdict).toBe("error");
  expect(found.get("2")?.words).toContain("KeyError");
  expect(found.get("3")?.verdict).toBe("none");
  expect(found.has("4")).toBe(false);
});
