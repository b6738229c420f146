import { describe, expect, test } from "vitest";
import { readText, type Setting, textOfValue } from "./setting-values.ts";

function setting(kind: Setting["kind"], more: Partial<Setting> = {}): Setting {
  return { name: "x", kind, choices: [], help: "", ...more };
}

describe("what is typed", () => {
  test.each<[Setting, string, unknown]>([
    [setting("switch"), "true", true],
    [setting("switch"), "", undefined],
    [setting("integer"), " 12 ", 12],
    [setting("number"), "0.5", 0.5],
    [setting("text"), "007", "007"],
    [setting("text", { isOpen: true }), "7", 7],
    [setting("text", { isOpen: true }), "7d", "7d"],
    [setting("list"), "a b\n\n c ", ["a b", "c"]],
    [setting("list"), '["a,b", 2]', ["a,b", 2]],
    [setting("json"), '{"a": [1]}', { a: [1] }],
    [setting("choice", { choices: ["a"] }), "a", "a"],
  ])("%j reads %j as %j", (field, text, value) => {
    expect(readText(field, text)).toEqual({ value });
  });

  test.each<[Setting, string, string]>([
    [setting("integer"), "1.5", "whole"],
    [setting("number"), "1,5", "no commas"],
    [setting("integer", { min: 1 }), "0", "1 or more"],
    [setting("json"), "{a}", "not JSON"],
  ])("%j refuses %j: %s", (field, text, why) => {
    expect(readText(field, text)).toEqual({ mistake: expect.stringContaining(why) });
  });

  test.each<[Setting, unknown]>([
    [setting("switch"), false],
    [setting("integer"), 0],
    [setting("list"), ["a", "b c"]],
    [setting("text"), "x"],
    [setting("json"), { a: { b: null } }],
    [setting("json"), "text"],
    [setting("text", { isOpen: true }), true],
  ])("%j shows %j so that it is read again as it was", (field, value) => {
    expect(readText(field, textOfValue(field, value))).toEqual({ value });
  });
});
