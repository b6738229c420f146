import { describe, expect, it } from "vitest";
import { type Mark, splitByMarks } from "./marks.ts";

const mark = (start: number, stop: number, kind: Mark["kind"] = "hit"): Mark => ({ start, stop, kind });

describe("splitByMarks", () => {
  it("keeps the whole text, whatever is marked", () => {
    const text = "0123456789";
    for (let round = 0; round < 300; round += 1) {
      const marks = [0, 1, 2].map((each) => {
        const start = (round * (each + 3)) % 30;
        return mark(start, start + ((round * 5 + each) % 9));
      });
      const pieces = splitByMarks(text, 10, marks);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
      for (const piece of pieces) {
        expect(text.slice(piece.start - 10, piece.start - 10 + piece.text.length)).toBe(piece.text);
        for (const one of piece.marks) expect(one.start <= piece.start && one.stop > piece.start).toBe(true);
      }
    }
  });

  it("puts the hit that one stands at before what is cited", () => {
    const [, both] = splitByMarks("abcdef", 0, [mark(1, 5, "cite"), mark(1, 5, "hit"), mark(1, 5, "current")]);
    expect(both?.marks.map((one) => one.kind)).toEqual(["current", "hit", "cite"]);
  });

  it("gives one piece where nothing is marked, and none for no text", () => {
    expect(splitByMarks("abc", 5, [mark(0, 5)])).toHaveLength(1);
    expect(splitByMarks("", 5, [mark(0, 9)])).toEqual([]);
  });
});
