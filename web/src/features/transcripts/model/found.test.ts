import { expect, test } from "vitest";
import type { TranscriptHit } from "../../../api/generated/types.gen.ts";
import { excerptOf, NOTHING_FOUND, withEvents } from "./found.ts";

function hit(id: string, number: number, more: Partial<TranscriptHit> = {}): TranscriptHit {
  return {
    kind: "message",
    number,
    count: 1,
    spans: [[0, 3]],
    text: "abc",
    offset: 0,
    transcript_id: id,
    ...more,
  };
}

test("groups hits by transcript, in the order in which they come", () => {
  const one = withEvents(NOTHING_FOUND, [hit("b", 1), hit("b", 4), { searched: 1, items: 2, matches: 2 }]);
  const all = withEvents(one, [hit("a", 2), { searched: 2, items: 3, matches: 3, total: 2, done: true }]);
  expect(one.progress?.done).toBeUndefined();
  expect(all.ids).toEqual(["b", "a"]);
  expect(all.hits.get("b")?.map(({ number }) => number)).toEqual([1, 4]);
  expect(all.told).toBe(3);
  expect(all.progress).toMatchObject({ items: 3, done: true });
  expect(one.hits.has("a")).toBe(false);
});

test("an excerpt begins near the first hit, and marks all that are in it", () => {
  const text = `${"x".repeat(100)}needle and needle${"y".repeat(400)}`;
  const excerpt = excerptOf(
    hit("a", 1, {
      text,
      offset: 1000,
      spans: [
        [1100, 1106],
        [1111, 1117],
        [9000, 9006],
      ],
    }),
  );
  expect(excerpt.marks.map(({ start, stop }) => excerpt.text.slice(start, stop))).toEqual(["needle", "needle"]);
  expect(excerpt.marks[0]?.start).toBe(60);
  expect(excerpt.cut).toEqual({ before: true, after: true });
  expect(excerpt.text.length).toBe(300);
});

test("places count characters, not units", () => {
  const excerpt = excerptOf(hit("a", 1, { text: "😀😀 needle", spans: [[3, 9]] }));
  const [mark] = excerpt.marks;
  expect(excerpt.text.slice(mark?.start, mark?.stop)).toBe("needle");
});

test("lines become one", () => {
  expect(excerptOf(hit("a", 1, { text: "abc\n\tdef" })).text).toBe("abc  def");
});
