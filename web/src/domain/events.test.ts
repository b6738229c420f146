import { describe, expect, it } from "vitest";
import type { EventItem } from "../api/generated/types.gen.ts";
import { beginsAgent, controlRun, controlStart, errorTextOf, modelPartsOf, toolTextOf } from "./events.ts";

const kinds = ["sample_init", "span_begin", "state", "model", "span_end", "span_begin", "tool", "span_begin"];
const events = kinds.map(
  (kind, at): EventItem => ({
    number: at + 1,
    id: null,
    kind,
    size: 1,
    text: at === 7 ? "type: agent" : "",
    folded: 0,
  }),
);
const lookup = (number: number) => events[number - 1];

describe("control events", () => {
  it("are folded where they stand together", () => {
    expect(events.map((event) => controlStart(event, lookup))).toEqual([1, 1, 1, null, 5, 5, null, null]);
    const run = controlRun(events[0] as EventItem, lookup, 8);
    expect([run.count, run.isOpenEnded, [...run.kinds.keys()]]).toEqual([
      3,
      false,
      ["sample_init", "span_begin", "state"],
    ]);
  });

  it("may go on where nothing is loaded", () => {
    const some = (number: number) => (number < 3 ? lookup(number) : undefined);
    expect(controlRun(events[0] as EventItem, some, 8)).toMatchObject({ count: 2, isOpenEnded: true });
  });

  it("are not the beginnings of sub-agents", () => {
    expect(events.filter(beginsAgent)).toEqual([events[7]]);
  });
});

it("takes what a tool was called with and gave back apart, also where the result says Result", () => {
  const text = "Tool Call: bash\nArguments:\ncmd: ls\nResult:\na.txt\nResult:\nb";
  const found = toolTextOf(text);
  expect(found.arguments.map((one) => [one.name, one.text])).toEqual([["cmd", "ls"]]);
  expect(found.result).toBe("a.txt\nResult:\nb");
  expect(text.slice(found.resultStart)).toBe(found.result);
  expect(toolTextOf("Tool Call: f\nArguments:").result).toBe("");
});

it("takes what a model thinks, says and calls apart, each with its place", () => {
  const text = "\n<thinking>Hm.</thinking>\nI look.\n\nTool Call: a\nArguments:\nx: 1\n\nTool Call: b\nArguments:";
  const parts = modelPartsOf(text);
  expect(parts.map((part) => [part.kind, part.text])).toEqual([
    ["thought", "Hm."],
    ["said", "I look."],
    ["call", "Tool Call: a\nArguments:\nx: 1"],
    ["call", "Tool Call: b\nArguments:"],
  ]);
  for (const part of parts) expect(text.slice(part.start).startsWith(part.text)).toBe(true);
});

it("shows of an error where it happened, else what it says", () => {
  expect(errorTextOf('error: {"message":"m","traceback":"at a.py","traceback_ansi":""}')).toBe("at a.py");
  expect(errorTextOf('error: {"message":"m"}')).toBe("m");
  expect(errorTextOf('error: {"message":"m')).toBeNull();
  expect(errorTextOf("message: m")).toBeNull();
});
