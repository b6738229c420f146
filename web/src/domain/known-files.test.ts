import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/generated/types.gen.ts";
import { contentBefore } from "./known-files.ts";

/** Calls with their results, one message each: numbers 1 and 2, 3 and 4, ... */
function conversation(...calls: [string, Record<string, unknown>, string, boolean?][]) {
  const messages = calls.flatMap(([name, given, said, failed = false], at): MessageItem[] => {
    const written = Object.entries(given).map(([key, value]) => `${key}: ${value}`);
    const text = `\nTool Call: ${name}\nArguments:\n${written.join("\n")}`;
    const number = 2 * at + 1;
    const common = { id: `${number}`, size: 1, folded: 0 };
    return [
      {
        ...common,
        number,
        role: "assistant",
        who: "assistant",
        text,
        parts: [{ kind: "call", start: 0, stop: text.length, position: 0 }],
        calls: [{ id: "c", function: name, result: number + 1, arguments: given }],
      },
      {
        ...common,
        number: number + 1,
        role: "tool",
        who: `tool ${name}`,
        text: said,
        caller: number,
        error: failed,
      },
    ];
  });
  const last = messages.at(-2) as MessageItem;
  return contentBefore(last, (number) => messages[number - 1]);
}

const write = (path: string, content: string): [string, Record<string, unknown>, string] => [
  "write_file",
  { path, content },
  "Wrote it.",
];

describe("contentBefore", () => {
  it("is what was read of the file, or written to it, last", () => {
    const read: [string, Record<string, unknown>, string] = ["read_file", { path: "a.py" }, "x = 1"];
    expect(conversation(read, write("b.py", "other"), write("a.py", "x = 2"))).toBe("x = 1");
    expect(conversation(read, write("a.py", "x = 2"), write("a.py", "x = 3"))).toBe("x = 2");
  });

  it("is not known behind a change that is not followed, and where reading failed", () => {
    const replaced: [string, Record<string, unknown>, string] = [
      "str_replace",
      { path: "a.py", old_str: "1", new_str: "2" },
      "ok",
    ];
    expect(conversation(["read_file", { path: "a.py" }, "x = 1"], replaced, write("a.py", "y"))).toBeUndefined();
    expect(conversation(["read_file", { path: "a.py" }, "not there", true], write("a.py", "y"))).toBeUndefined();
    expect(conversation(["bash", { cmd: "ls" }, "a.py"])).toBeUndefined();
  });
});
