import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { read, readStream, sendTagged } from "./client.ts";
import { ConflictError, connection, GoneError, LockedError, ServerError, setConnection } from "./connection.ts";

const AT = { path: { scan_id: "a" } };

const fetched = vi.fn<typeof fetch>();

function asked(): [string, RequestInit] {
  return fetched.mock.lastCall as [string, RequestInit];
}

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  setConnection("open");
});
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
});

describe("the client", () => {
  test("fills in paths and queries", async () => {
    fetched.mockResolvedValue(Response.json({ name: "x" }));
    const query = { limit: 2, columns: ["a", "b"], where: "v = 'é&'" };
    const path = { scan_id: "a/b", scanner: "s" };
    expect(await read("/scans/{scan_id}/{scanner}/results", { path, query })).toEqual({ name: "x" });
    const [address] = asked();
    expect(address).toBe("./api/v3/scans/a%2Fb/s/results?limit=2&columns=a&columns=b&where=v+%3D+%27%C3%A9%26%27");
  });

  test("shows the etag of what is written over, and gives the new one", async () => {
    fetched.mockResolvedValue(Response.json({}, { headers: { etag: '"2"' } }));
    const body = { name: "x" };
    const written = await sendTagged("PUT", "/labels/{file}/name", {
      path: { file: "a" },
      body,
      etag: '"1"',
    });
    expect(written.etag).toBe('"2"');
    const [, { headers, method, body: sent }] = asked();
    expect(new Headers(headers).get("if-match")).toBe('"1"');
    expect([method, sent]).toEqual(["PUT", '{"name":"x"}']);
  });

  test.each([
    [412, ConflictError],
    [401, LockedError],
    [400, ServerError],
    [500, ServerError],
  ])("tells a refusal with status %i by its kind", async (status, kind) => {
    fetched.mockImplementation(async () => Response.json({ detail: "Because." }, { status }));
    await expect(read("/scans/{scan_id}", AT)).rejects.toBeInstanceOf(kind);
  });

  test("tells refusals in the words of the server", async () => {
    fetched.mockImplementation(async () => Response.json({ detail: "Because." }, { status: 400 }));
    await expect(read("/scans/{scan_id}", AT)).rejects.toThrow("Because.");
    fetched.mockImplementation(async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(read("/scans/{scan_id}", AT)).rejects.toThrow("502");
  });

  test("notes that the server is gone, and that it is back", async () => {
    fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    await expect(read("/scans/{scan_id}", AT)).rejects.toBeInstanceOf(GoneError);
    expect(connection()).toBe("gone");
    fetched.mockResolvedValueOnce(Response.json({}));
    await read("/scans/{scan_id}", AT);
    expect(connection()).toBe("open");
  });

  test("does not take an aborted request for a server that is gone", async () => {
    fetched.mockRejectedValueOnce(new DOMException("aborted", "AbortError"));
    await expect(read("/scans/{scan_id}", AT)).rejects.toThrow("aborted");
    expect(connection()).toBe("open");
  });

  test("reads a stream of events, and ends it at its source when the reader leaves", async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream({
      pull: (to) => to.enqueue(new TextEncoder().encode('event: hit\ndata: {"n": 1}\n\n')),
      cancel: cancelled,
    });
    fetched.mockResolvedValue(new Response(body));
    for await (const event of readStream<{ n: number }>("/events", {})) {
      expect(event).toEqual({ name: "hit", data: { n: 1 } });
      break;
    }
    expect(cancelled).toHaveBeenCalled();
  });

  test("tells the refusal of a stream", async () => {
    fetched.mockResolvedValue(Response.json({ detail: "Not RE2." }, { status: 400 }));
    const stream = readStream<object>("/events", {});
    await expect(stream.next()).rejects.toThrow("Not RE2.");
  });
});

function streamOf(pieces: readonly string[]): ReadableStream {
  return new ReadableStream({
    start(to) {
      for (const piece of pieces) to.enqueue(new TextEncoder().encode(piece));
      to.close();
    },
  });
}

describe("events of a stream are read", () => {
  const written = 'event: hit\ndata: {"a": 1}\n\n: still here\n\nevent: done\ndata: [1,\ndata: 2]\n\n';
  const read = [
    { name: "hit", data: { a: 1 } },
    { name: "done", data: [1, 2] },
  ];

  async function events(...pieces: string[]) {
    fetched.mockResolvedValue(new Response(streamOf(pieces)));
    const found: { name: string; data: unknown }[] = [];
    for await (const event of readStream("/events", {})) found.push(event);
    return found;
  }

  test.each(["\n", "\r\n"])("wherever they are cut, with lines that end with %j", async (end) => {
    const text = written.replaceAll("\n", end);
    expect(await events(text)).toEqual(read);
    expect(await events(...text)).toEqual(read);
    for (let cut = 1; cut < text.length; cut += 1) {
      expect(await events(text.slice(0, cut), text.slice(cut))).toEqual(read);
    }
  });

  test("but none that was cut off", async () => {
    expect(await events("event: hit\ndata: [half")).toEqual([]);
  });

  test("which are messages where they have no name, and may hold colons", async () => {
    expect(await events('data:"a: b"\n\n')).toEqual([{ name: "message", data: "a: b" }]);
  });
});
