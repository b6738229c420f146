import { describe, expect, test } from "vitest";
import { decodeUrl, encodeUrl } from "../../../api/case-key.ts";
import {
  type Case,
  caseFinder,
  casesCsv,
  type Fields,
  filterCases,
  isRaterName,
  isSameCase,
  keyOf,
  labelWords,
  merged,
  parseLabel,
  patched,
  raterFile,
} from "./cases.ts";

const cased = (fields: Fields): Case => ({ key: keyOf(fields), fields });

describe("labels", () => {
  test.each([
    ["y", true],
    [" No ", false],
    ["3", 3],
    ["-2.5", -2.5],
    ["null", null],
    ["done", "done"],
    ["1e3", "1e3"],
    ["constructor", "constructor"],
  ])("reads %j as the command line does", (typed, label) => {
    expect(parseLabel(typed)).toBe(label);
  });

  test("are written as files have them", () => {
    expect([true, null, 3, "done", { a: true, b: "x" }, undefined].map(labelWords)).toEqual([
      "true",
      "null",
      "3",
      "done",
      "a: true, b: x",
      "",
    ]);
  });
});

describe("cases", () => {
  test("have the keys that the server gives them", () => {
    expect(keyOf({ id: "XmZusLTeBGiVmDcDv7zsmf", target: true })).toBe("IlhtWnVzTFRlQkdpVm1EY0R2N3pzbWYi");
    expect(decodeUrl(keyOf({ task_id: "t", epoch: 2, target: 1 }))).toBe('{"task_id":"t","epoch":2}');
    expect(decodeUrl(encodeUrl("labels/fälle ✓.csv"))).toBe("labels/fälle ✓.csv");
  });

  test("are found by their ids in any order, or by their task", () => {
    const find = caseFinder(
      [
        { id: ["a", "b"], target: 1 },
        { task_id: "t", epoch: 1, target: 2 },
        { task_id: "u", target: 3 },
      ].map(cased),
    );
    expect(find({ id: ["b", "a"] })?.fields.target).toBe(1);
    expect(find({ id: "x", task_id: "t", epoch: 1 })?.fields.target).toBe(2);
    expect(find({ id: "x", task_id: "u", epoch: 5 })?.fields.target).toBe(3);
    expect(find({ id: "x", task_id: "t", epoch: 2 })).toBeUndefined();
  });

  test("say the same in whatever order their fields stand", () => {
    expect(isSameCase({ id: "a", target: true }, { target: true, id: "a" })).toBe(true);
    expect(isSameCase({ id: "a", target: true }, undefined)).toBe(false);
  });

  test("are put, taken out and merged by what they are about", () => {
    const [a, b] = [cased({ id: "a", target: 1 }), cased({ id: "b", target: 2 })];
    expect(patched([a], b.key, b.fields)).toEqual([a, b]);
    expect(patched([a, b], a.key, null)).toEqual([b]);
    expect(merged([a, b], [cased({ id: "a", target: 9 })])).toEqual([{ id: "a", target: 9 }, b.fields]);
  });

  test("are found by split and text", () => {
    const cases = [
      { id: "a", target: true, split: "dev" },
      { id: "b", target: false, comment: "Unclear" },
    ].map(cased);
    expect(filterCases(cases, "dev", "").map((each) => each.fields.id)).toEqual(["a"]);
    expect(filterCases(cases, "", "").map((each) => each.fields.id)).toEqual(["b"]);
    expect(filterCases(cases, undefined, " unclear").map((each) => each.fields.id)).toEqual(["b"]);
  });

  test("are written as CSV that reads back as the same", () => {
    const cases = [
      { id: "a", target: true, comment: 'says "no", twice' },
      { id: ["b", "c"], target: "3" },
      { id: "d", labels: { x: true, y: "no" } },
    ].map(cased);
    expect(casesCsv(cases)).toBe(
      [
        "id,target,comment,label_x,label_y",
        'a,true,"says ""no"", twice",,',
        '"[""b"",""c""]","""3""",,,',
        'd,,,true,"""no"""',
        "",
      ].join("\n"),
    );
  });

  test("of a second rater stand beside those of the first", () => {
    expect(raterFile("labels/cases.v2.yaml", "anna")).toBe("labels/cases.v2.anna.yaml");
    expect(["anna", "Ömer-2", "a/b", "a.b", ""].map(isRaterName)).toEqual([true, true, false, false, false]);
  });
});
