import { describe, expect, test, vi } from "vitest";
import type { Request } from "./connection.ts";
import { addressFromEditor, createEditorTransport, isEditorTooOld } from "./editor.ts";

const PATH = "/api/v3/scans?limit=1";
const REQUEST: Request = {
  method: "GET",
  headers: { accept: "application/json" },
  body: null,
  signal: null,
};

function connected() {
  const page = new EventTarget();
  const postMessage = vi.fn<(message: { id: number }) => void>();
  const transport = createEditorTransport({ postMessage: postMessage as (message: unknown) => void }, page);
  const answer = (data: unknown) => page.dispatchEvent(new MessageEvent("message", { data }));
  return { transport, postMessage, answer };
}

describe("the transport of the editor", () => {
  test("asks by JSON-RPC, and takes answers in any order", async () => {
    const { transport, postMessage, answer } = connected();
    const first = transport(PATH, REQUEST);
    const second = transport(PATH, { ...REQUEST, method: "PUT", body: "{}" });
    const { method, headers } = REQUEST;
    expect(postMessage.mock.calls).toEqual([
      [{ jsonrpc: "2.0", id: 1, method: "http_request", params: { method, path: PATH, headers } }],
      [
        {
          jsonrpc: "2.0",
          id: 2,
          method: "http_request",
          params: { method: "PUT", path: PATH, headers, body: "{}" },
        },
      ],
    ]);
    answer({ jsonrpc: "2.0", id: 2, result: { status: 204, body: null, bodyEncoding: "utf8" } });
    const body = btoa(String.fromCharCode(...new TextEncoder().encode("é")));
    answer({
      jsonrpc: "2.0",
      id: 1,
      result: { status: 200, headers: { ETag: '"1"' }, body, bodyEncoding: "base64" },
    });
    const [read, written] = [await first, await second];
    expect([read.status, await read.text(), read.headers.get("etag")]).toEqual([200, "é", '"1"']);
    expect([written.status, await written.text()]).toEqual([204, ""]);
  });

  test("fails as a request does when the editor cannot reach the server", async () => {
    const { transport, answer } = connected();
    const asked = transport(PATH, REQUEST);
    answer({ jsonrpc: "2.0", id: 1, error: { code: -32000, message: "connect ECONNREFUSED" } });
    await expect(asked).rejects.toThrow(TypeError);
  });

  test("can be aborted, and ignores what comes later and what is not for it", async () => {
    const { transport, answer } = connected();
    const abort = new AbortController();
    const asked = transport(PATH, { ...REQUEST, signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toThrow("aborted");
    answer({ jsonrpc: "2.0", id: 1, result: { status: 200, body: "", bodyEncoding: "utf8" } });
    answer(null);
    answer({ type: "updateRoute", route: "/scans" });
  });
});

describe("messages of the editor", () => {
  test("say where to go", () => {
    expect(addressFromEditor({ type: "updateRoute", route: "/scans", mode: "full" })).toBe("/scans");
    const legacy = addressFromEditor({ type: "updateState", url: "/scans/scan_id=ü", scanner: "a b" });
    expect(legacy).toBe(`/scan/${encodeURIComponent(btoa("/scans/scan_id=\u00c3\u00bc"))}?scanner=a+b`);
  });

  test.each([null, undefined, 1, "x", {}, { type: "updateRoute" }, { type: "other", route: "/x" }])(
    "that are not for the page are left alone: %j",
    (message) => expect(addressFromEditor(message)).toBeNull(),
  );
});

describe("an editor is too old", () => {
  test.each([
    [{ type: "updateRoute", route: "/scans" }, true],
    [{ type: "updateRoute", route: "/scans", extensionProtocolVersion: 1 }, true],
    [{ type: "updateRoute", route: "/scans", extensionProtocolVersion: 2 }, false],
    [{ type: "updateRoute", route: "/scans", extensionProtocolVersion: 3 }, false],
    [{ type: "updateState", url: "/scans" }, false],
    [null, false],
  ])("%j: %s", (state, isOld) => expect(isEditorTooOld(state)).toBe(isOld));
});
