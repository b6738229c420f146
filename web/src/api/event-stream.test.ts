import { describe, expect, test } from "vitest";
import { readEvents, type StreamEvent } from "./event-stream.ts";

async function events(...pieces: string[]): Promise<StreamEvent[]> {
  const found: StreamEvent[] = [];
  for await (const event of readEvents(each(pieces))) found.push(event);
  return found;
}

async function* each(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

describe("a stream of events", () => {
  const written = 'event: hit\ndata: {"a": 1}\n\n: still here\n\nevent: done\ndata: x\ndata: y\n\n';
  const read = [
    { name: "hit", data: '{"a": 1}' },
    { name: "done", data: "x\ny" },
  ];

  test("is read whole", async () => {
    expect(await events(written)).toEqual(read);
  });

  test.each(["\n", "\r\n"])("is read wherever it is cut, with lines that end with %j", async (end) => {
    const text = written.replaceAll("\n", end);
    expect(await events(...text)).toEqual(read);
    for (let cut = 1; cut < text.length; cut += 1) {
      expect(await events(text.slice(0, cut), text.slice(cut))).toEqual(read);
    }
  });

  test("has no event that was cut off", async () => {
    expect(await events("event: hit\ndata: half")).toEqual([]);
  });

  test("names what has no name a message, and keeps colons", async () => {
    expect(await events("data:a: b\n\n")).toEqual([{ name: "message", data: "a: b" }]);
  });
});
