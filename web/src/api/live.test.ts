import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connection, setConnection } from "./connection.ts";
import { followServer, runningScansQuery } from "./live.ts";

class FakeSource extends EventTarget {
  static opened: FakeSource[] = [];
  static readonly CONNECTING = 0;
  static readonly CLOSED = 2;
  readyState = 1;
  isClosed = false;

  constructor() {
    super();
    FakeSource.opened.push(this);
  }

  close() {
    this.isClosed = true;
  }

  tell(name: string, data?: object) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  fail(readyState: number) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

function newest(): FakeSource {
  return FakeSource.opened.at(-1) as FakeSource;
}

function see(state: "visible" | "hidden") {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("what the server tells", () => {
  let queries: QueryClient;
  let end: () => void;
  const fetched = vi.fn<typeof fetch>();

  const isStale = (key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", FakeSource);
    vi.stubGlobal("fetch", fetched);
    FakeSource.opened = [];
    setConnection("open");
    queries = new QueryClient();
    queries.setQueryData(["scans", "list"], "scans");
    queries.setQueryData(["transcripts", 1], "transcripts");
    end = followServer(queries);
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    fetched.mockReset();
  });

  test("makes stale what a topic is about, and nothing else", () => {
    newest().tell("open");
    newest().tell("changed", { topic: "scans", time: "" });
    expect([isStale(["scans", "list"]), isStale(["transcripts", 1])]).toEqual([true, false]);
  });

  test("asks again for what was asked for the first time while it changed", async () => {
    newest().tell("open");
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const queryFn = vi.fn(() => (answers[queryFn.mock.calls.length - 1] as PromiseWithResolvers<string>).promise);
    const seen = new QueryObserver(queries, { queryKey: ["labels", "cases"], queryFn });
    const leave = seen.subscribe(() => undefined);
    newest().tell("changed", { topic: "labels", time: "" });
    answers[0]?.resolve("before");
    answers[1]?.resolve("after");
    await vi.waitFor(() => expect(seen.getCurrentResult().data).toBe("after"));
    expect(queryFn).toHaveBeenCalledTimes(2);
    leave();
  });

  test("keeps how the scans stand that run", () => {
    newest().tell("state", { location: "/a", done: 1 });
    newest().tell("state", { location: "/b", done: 2 });
    newest().tell("state", { location: "/a", done: 3 });
    expect(queries.getQueryData(runningScansQuery.queryKey)).toEqual({
      "/a": { location: "/a", done: 3 },
      "/b": { location: "/b", done: 2 },
    });
  });

  test("is not listened to while the page is hidden, and what was missed is asked again", () => {
    newest().tell("open");
    expect(isStale(["transcripts", 1])).toBe(false);
    see("hidden");
    expect(FakeSource.opened.map((source) => source.isClosed)).toEqual([true]);
    see("visible");
    newest().tell("open");
    expect([FakeSource.opened.length, isStale(["transcripts", 1])]).toEqual([2, true]);
  });

  test("stops when the server is gone, which is looked for until it is back", async () => {
    newest().tell("open");
    newest().fail(FakeSource.CONNECTING);
    expect(connection()).toBe("gone");
    fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(connection()).toBe("gone");
    fetched.mockImplementation(async () => Response.json({ items: [], running: [] }));
    await vi.advanceTimersByTimeAsync(2000);
    expect([connection(), isStale(["transcripts", 1])]).toEqual(["open", true]);
    fetched.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetched).not.toHaveBeenCalled();
  });

  test("is asked for again when it was refused", async () => {
    newest().fail(FakeSource.CLOSED);
    expect(connection()).toBe("open");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.opened).toHaveLength(2);
  });
});
