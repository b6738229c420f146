import { expect, it } from "vitest";
import { diffLines, hunksOf } from "./diff-lines.ts";
import { highlight, languageOf } from "./highlighter.ts";
import { jsonOf } from "./text.ts";

const lines = (count: number, changed: readonly number[]) =>
  Array.from({ length: count }, (_, at) => (changed.includes(at) ? `new ${at}` : `line ${at}`)).join("\n");

it("tells what changed, with a little around it", () => {
  const before = { text: lines(40, []), start: 10 };
  const after = { text: lines(40, [5, 30]), start: 2000 };
  const found = diffLines(before, after);
  for (const line of found) {
    const side = line.kind === "del" ? before : after;
    expect(side.text.slice(line.start - side.start).startsWith(line.text)).toBe(true);
  }
  const hunks = hunksOf(found);
  for (const hunk of hunks) {
    expect(hunk.map((line) => line.kind)).toEqual(["same", "same", "del", "add", "same", "same"]);
  }
  expect(hunks).toHaveLength(2);
});

it("keeps changes that stand together in one hunk, each line once", () => {
  const found = diffLines({ text: lines(20, []), start: 0 }, { text: lines(20, [5, 8, 9]), start: 0 });
  const hunks = hunksOf(found);
  expect(hunks).toHaveLength(1);
  expect(hunks[0]?.filter((line) => line.kind !== "same")).toHaveLength(6);
  expect(new Set(hunks[0]).size).toBe(hunks[0]?.length);
});

it("colours code without changing it", () => {
  const code = "def f(x):\n    return 'é' + str(1)  # <b>\n";
  const runs = highlight(code, languageOf("a.py"));
  expect(runs?.map((run) => run.text).join("")).toBe(code);
  expect(runs?.find((run) => run.text === "def")?.look).toBe("keyword");
  expect(highlight(code, "no-such-language")).toBeUndefined();
});

it("takes only objects and lists for JSON", () => {
  expect(jsonOf(' {"a": [1]}')).toEqual({ a: [1] });
  for (const text of ["3", '"a"', "{not json}", `[${"[".repeat(60_000)}`]) expect(jsonOf(text)).toBeUndefined();
});
