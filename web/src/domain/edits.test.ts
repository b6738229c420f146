import { describe, expect, it } from "vitest";
import { argumentsOf, headlineOf, placedArguments } from "./arguments.ts";
import { editOf, patchLines } from "./edits.ts";

const called = (tool: string, given: string) => argumentsOf(`\nTool Call: ${tool}\nArguments:\n${given}`, 100);

describe("argumentsOf", () => {
  it("keeps lines that look like names in the value that they belong to", () => {
    const found = called("bash", "cmd: cat <<E\nkey: value\nE\ntimeout: 5");
    expect(found.map((one) => [one.name, one.text])).toEqual([
      ["cmd", "cat <<E\nkey: value\nE"],
      ["timeout", "5"],
    ]);
  });

  it("says where values stand in the text of the message", () => {
    const text = "\nTool Call: f\nArguments:\npath: a.py\ncontent: x = 1";
    for (const one of argumentsOf(text, 7)) expect(text.slice(one.start - 7)).toMatch(new RegExp(`^${one.text}`));
    const given = placedArguments({ path: "a.py", content: "x = 1" }, text, 7);
    for (const one of given) expect(text.slice(one.start - 7)).toMatch(new RegExp(`^${one.text}`));
  });

  it("tells what a call does in one line", () => {
    expect(headlineOf(called("bash", "cmd: ls -l\ncd x"))?.text).toBe("ls -l");
    expect(headlineOf(called("f", ""))).toBeNull();
  });
});

describe("editOf", () => {
  it("knows replacements, new files and patches of common tools", () => {
    const replaced = editOf("str_replace", called("str_replace", "path: a.py\nold_str: x\nnew_str: y"));
    expect(replaced).toMatchObject({
      kind: "replace",
      path: "a.py",
      before: { text: "x" },
      after: { text: "y" },
    });
    expect(editOf("write_file", called("write_file", "path: a.py\ncontent: x\ny"))).toMatchObject({
      kind: "write",
      after: { text: "x\ny" },
    });
    const patch = "*** Begin Patch\n*** Update File: a.py\n-x\n+y\n*** End Patch";
    expect(editOf("apply_patch", called("apply_patch", `input: ${patch}`))).toMatchObject({
      kind: "patch",
      path: "a.py",
    });
  });

  it("leaves other calls alone", () => {
    expect(editOf("bash", called("bash", "cmd: ls"))).toBeNull();
    expect(editOf("read_file", called("read_file", "path: a.py"))).toBeNull();
    expect(editOf("search", called("search", "input: --- of what"))).toBeNull();
  });
});

describe("patchLines", () => {
  it("says where each line stands", () => {
    const text = "@@ -1 +1 @@\n-old\n+new\n same";
    const lines = patchLines({ text, start: 50 });
    expect(lines.map((line) => line.kind)).toEqual(["head", "del", "add", "same"]);
    for (const line of lines) expect(text.slice(line.start - 50).startsWith(line.text)).toBe(true);
  });
});
