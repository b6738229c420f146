import { describe, expect, test } from "vitest";
import { createDiskTransport, type ExportIndex, type RecordedList } from "./from-disk.ts";

const numbers = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, at) => ({
    number: from + at,
    kind: (from + at) % 2 ? "model" : "tool",
  }));
const list = (more: Partial<RecordedList>): RecordedList => ({
  kind: "numbers",
  size: 50,
  total: 120,
  field: "items",
  filters: {},
  ...more,
});

const LISTS: Record<string, RecordedList> = {
  "/transcripts/a/b/messages": list({}),
  "/transcripts/a/b/events": list({ filters: { types: "kind" } }),
  "/transcripts/a/b/outline": list({ kind: "sparse", size: 2, total: 4, field: "turns", starts: [1, 9] }),
  "/scans/s/judge/results": list({ kind: "places", size: 2, total: 3 }),
};
const ANSWERS: Record<string, unknown> = {
  "/runs": { items: [] },
  "/transcripts/a/b": { transcript_id: "a/b" },
  "/transcripts/a/b/messages?characters=20000&offset=20000&start=7&stop=8": {
    items: [{ number: 7, text: "rest" }],
  },
  "/transcripts/a/b/messages#0": { items: numbers(1, 51), total: 120, start: 1, stop: 51 },
  "/transcripts/a/b/messages#1": { items: numbers(51, 101), total: 120 },
  "/transcripts/a/b/messages#2": { items: numbers(101, 121), total: 120 },
  "/transcripts/a/b/events#0": { items: numbers(1, 51) },
  "/transcripts/a/b/events#1": { items: numbers(51, 101) },
  "/transcripts/a/b/events#2": { items: numbers(101, 121) },
  "/transcripts/a/b/outline#0": { turns: [{ number: 1 }, { number: 4 }], spans: [] },
  "/transcripts/a/b/outline#1": { turns: [{ number: 9 }, { number: 12 }], spans: [] },
  "/transcripts/a/b/citations?scan=one": { items: [1], results: 2 },
  "/transcripts/a/b/citations?scan=two": { items: [2], results: 1 },
  "/scans/s/judge/results#0": {
    items: [
      { id: "x", n: 2 },
      { id: "y", n: null },
    ],
    total: 3,
    next: "c",
  },
  "/scans/s/judge/results#1": { items: [{ id: "z", n: 10 }], total: 3, next: null },
};
const names = Object.keys(ANSWERS);
const index: ExportIndex = {
  version: 1,
  answers: Object.fromEntries(names.map((name, script) => [name, script])),
  lists: LISTS,
  media: {},
};
const loaded: number[] = [];
const transport = createDiskTransport(index, (number) => {
  loaded.push(number);
  const name = names[number] ?? "";
  return Promise.resolve(new Map([[name, JSON.stringify(ANSWERS[name])]]));
});

async function ask(path: string, method: "GET" | "PUT" = "GET") {
  const answered = await transport(`/api/v3${path}`, { method, headers: {}, body: null, signal: null });
  return { status: answered.status, answer: await answered.json() };
}

const numbersOf = (answer: { items: { number: number }[] }) => answer.items.map(({ number }) => number);

describe("an export answers", () => {
  test("wherever things were, and however ids are written", async () => {
    expect((await ask("/transcripts/a%2Fb?location=%2Felsewhere")).answer).toEqual({ transcript_id: "a/b" });
    expect((await ask("/runs")).status).toBe(200);
  });

  test("any range of a list, and reads no more than it needs", async () => {
    loaded.length = 0;
    const { answer } = await ask("/transcripts/a%2Fb/messages?start=49&stop=53&timed=true&location=x");
    expect(numbersOf(answer)).toEqual([49, 50, 51, 52]);
    expect(answer).toMatchObject({ start: 49, stop: 53, total: 120 });
    expect(loaded).toHaveLength(2);
  });

  test("ranges at the end and behind it", async () => {
    expect(numbersOf((await ask("/transcripts/a%2Fb/messages?start=119&stop=169")).answer)).toEqual([119, 120]);
    expect((await ask("/transcripts/a%2Fb/messages?start=500&stop=550")).answer).toMatchObject({
      items: [],
      total: 120,
    });
  });

  test("a part of a long text by the very question", async () => {
    const part = "characters=20000&start=7&stop=8&offset=";
    expect((await ask(`/transcripts/a%2Fb/messages?${part}20000`)).answer.items[0].text).toBe("rest");
    expect((await ask(`/transcripts/a%2Fb/messages?${part}40000`)).status).toBe(404);
  });

  test("events of a kind", async () => {
    const { answer } = await ask("/transcripts/a%2Fb/events?types=tool&start=1&stop=4&characters=300");
    expect(numbersOf(answer)).toEqual([2, 4, 6]);
    expect(answer.total).toBe(60);
  });

  test("turns from any message on, with the number of the next", async () => {
    const outline = async (query: string) => (await ask(`/transcripts/a%2Fb/outline?${query}`)).answer;
    expect(await outline("start=2&limit=2")).toMatchObject({
      turns: [{ number: 4 }, { number: 9 }],
      next: 12,
    });
    expect(await outline("start=10&limit=200")).toMatchObject({ turns: [{ number: 12 }], next: null });
  });

  test("about several scans by what was recorded of each", async () => {
    const scans = "scan=one&scan=%2Fhome%2Fme%2Fscans%2Fscan_id%3Dtwo";
    expect((await ask(`/transcripts/a%2Fb/citations?${scans}`)).answer).toEqual({
      items: [1, 2],
      results: 3,
    });
  });

  test("pages by cursor and by place, in any order of their columns", async () => {
    const results = async (query: string) => (await ask(`/scans/s/judge/results?${query}`)).answer;
    const ids = async (query: string) => (await results(query)).items.map(({ id }: { id: string }) => id);
    const first = await results("limit=2");
    expect(first.next).toBe("2");
    expect(await ids(`limit=2&cursor=${first.next}`)).toEqual(["z"]);
    expect(await ids("offset=1&limit=2")).toEqual(["y", "z"]);
    expect(await ids("order_by=-n&limit=10")).toEqual(["z", "x", "y"]);
    expect(await ids("order_by=n&limit=10")).toEqual(["x", "z", "y"]);
  });
});

describe("an export says in plain words that it does not hold", () => {
  test.each([
    ["/scans/s/judge/results?where=n%3E1", "does not hold that"],
    ["/scans/s/judge/results?columns=id&columns=other", "does not hold that"],
    ["/scans/s/judge/results?order_by=other", "does not hold that"],
    ["/transcripts/other", "does not hold that"],
    ["/transcripts/a%2Fb/find?q=x&kinds=event", "in the messages of one transcript only"],
    ["/scans/s/judge/find?q=x", "in the messages of one transcript only"],
    ["/compare?first=a&second=b", "cannot compare scans"],
    ["/labels", "no labels"],
  ])("%s", async (path, said) => {
    const { status, answer } = await ask(path);
    expect(status).toBe(404);
    expect(answer.detail).toContain(said);
    expect(answer.detail).toContain("scout view");
  });

  test("changes", async () => {
    expect((await ask("/labels/a/cases/b", "PUT")).answer.detail).toContain("read, not changed");
  });
});
