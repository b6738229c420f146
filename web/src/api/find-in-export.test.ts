import { describe, expect, test } from "vitest";
import { findInMessages } from "./find-in-export.ts";

const LONG = `${"a".repeat(20_000)}needle`;
const TEXTS = ["Nothing here.", "A needle, and Needles. 🪡 needle", LONG, "1.5 or 1x5"];

/** Long texts are folded, and read in parts. */
async function read(path: string): Promise<string | null> {
  const asked = new URLSearchParams(path.split("?")[1]);
  const [start, offset] = [Number(asked.get("start")), Number(asked.get("offset") ?? 0)];
  const most = Number(asked.get("characters") ?? 4000);
  const items = TEXTS.map((text, at) => ({
    number: at + 1,
    text: text.slice(offset, offset + most),
    folded: Math.max(0, text.length - offset - most),
  })).slice(start - 1, Number(asked.get("stop")) - 1);
  return JSON.stringify({ items, total: TEXTS.length });
}

async function find(query: string) {
  const told = await findInMessages("/transcripts/x", new URLSearchParams(query), read).text();
  const events = told.split("\n\n").map((block) => /^event: (\w+)\ndata: (.*)$/s.exec(block));
  const all = events.flatMap((each) => (each ? [{ name: each[1], data: JSON.parse(each[2] ?? "") }] : []));
  return { hits: all.flatMap(({ name, data }) => (name === "hit" ? [data] : [])), last: all.at(-1) };
}

const places = async (query: string) =>
  (await find(query)).hits.map(({ number, spans }: { number: number; spans: unknown }) => [number, spans]);

describe("finding in an export", () => {
  test("counts characters as the server does, also behind what takes two units, and in what is folded", async () => {
    const { hits, last } = await find("q=needle");
    expect(hits.map(({ spans }) => spans)).toEqual([
      [
        [2, 8],
        [14, 20],
        [25, 31],
      ],
      [[20_000, 20_006]],
    ]);
    expect(hits[1]).toMatchObject({ number: 3, count: 1, offset: 19_920, text: LONG.slice(19_920) });
    expect(last).toMatchObject({ name: "done", data: { searched: 4, items: 2, matches: 4, done: true } });
  });

  test.each([
    ["q=Needle&case=true", [[2, [[14, 20]]]]],
    ["q=needles&word=true", [[2, [[14, 21]]]]],
    ["q=1.5", [[4, [[0, 3]]]]],
    [
      "q=1.5&regex=true",
      [
        [
          4,
          [
            [0, 3],
            [7, 10],
          ],
        ],
      ],
    ],
    ["q=z*&regex=true", []],
  ])("%s", async (query, found) => expect(await places(query)).toEqual(found));

  test("what is not a pattern is an error", () => {
    expect(() => findInMessages("/", new URLSearchParams("q=(&regex=true"), read)).toThrow(SyntaxError);
  });
});
