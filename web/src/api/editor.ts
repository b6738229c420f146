/**
 * The editor that shows the page in a webview: requests go to it by JSON-RPC over `postMessage`, and it says which place
 * to show. There is no HEAD there, and no stream: what comes bit by bit elsewhere comes at once.
 */

import type { Answer, Request, Transport } from "./transport.ts";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** What the editor answers to `http_request`. */
interface EditorAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string | null;
  bodyEncoding: "utf8" | "base64";
}

interface RpcAnswer {
  jsonrpc: "2.0";
  id: number;
  result?: EditorAnswer;
  error?: { message?: string };
}

declare global {
  function acquireVsCodeApi(): EditorApi;
}

/** The editor; undefined in a browser. It may be asked for once only, hence here. */
const editor: EditorApi | undefined =
  typeof globalThis.acquireVsCodeApi === "function" ? acquireVsCodeApi() : undefined;

export const isInEditor: boolean = editor !== undefined;

export function editorTransport(): Transport | undefined {
  return editor && createEditorTransport(editor, window);
}

export function createEditorTransport(api: Pick<EditorApi, "postMessage">, page: EventTarget): Transport {
  const waiting = new Map<number, PromiseWithResolvers<EditorAnswer>>();
  let last = 0;
  page.addEventListener("message", (event) => {
    const told: unknown = (event as MessageEvent).data;
    if (!isRpcAnswer(told)) return;
    const asked = waiting.get(told.id);
    waiting.delete(told.id);
    if (told.result !== undefined) asked?.resolve(told.result);
    else asked?.reject(new TypeError(told.error?.message ?? "The editor could not reach the server."));
  });
  const send = async ({ method, path, headers, body, signal }: Request): Promise<Answer> => {
    signal?.throwIfAborted();
    last += 1;
    const id = last;
    const asked = Promise.withResolvers<EditorAnswer>();
    waiting.set(id, asked);
    signal?.addEventListener("abort", () => {
      waiting.delete(id);
      asked.reject(signal.reason);
    });
    const params = { method, path, headers, ...(body === null ? {} : { body }) };
    api.postMessage({ jsonrpc: "2.0", id, method: "http_request", params });
    const answer = await asked.promise;
    return { status: answer.status, headers: new Headers(answer.headers), text: textOf(answer) };
  };
  return {
    send,
    async stream(request) {
      const { status, headers, text } = await send(request);
      return { status, headers, pieces: once(text) };
    },
  };
}

/** Read what the editor has put into the page, or sends later: the place to show (an old address, or one of today). */
export function addressFromEditor(message: unknown): string | null {
  const told = message as { type?: unknown; route?: unknown; url?: unknown; scanner?: unknown } | null;
  if (told?.type === "updateRoute" && typeof told.route === "string") return told.route;
  if (told?.type !== "updateState" || typeof told.url !== "string") return null;
  const scanner = typeof told.scanner === "string" ? `?${new URLSearchParams({ scanner: told.scanner })}` : "";
  const bytes = new TextEncoder().encode(told.url);
  return `/scan/${encodeURIComponent(btoa(String.fromCharCode(...bytes)))}${scanner}`;
}

/** What the page was made with: `<script id="scanview-state" type="application/json">`. */
export function stateFromEditor(page: Document): unknown {
  try {
    return JSON.parse(page.getElementById("scanview-state")?.textContent ?? "null");
  } catch {
    return null;
  }
}

/** Editors speak this version of the protocol, or a later one. */
const PROTOCOL = 2;

/** Whether the editor that made the page cannot ask for what the page needs. */
export function isEditorTooOld(told: unknown): boolean {
  const state = told as { type?: unknown; extensionProtocolVersion?: unknown } | null;
  return state?.type === "updateRoute" && Number(state.extensionProtocolVersion ?? 1) < PROTOCOL;
}

interface KeptState {
  address?: string;
}

/** The address that was open when the editor hid the page. */
export function keptAddress(): string | null {
  return (editor?.getState() as KeptState | undefined)?.address ?? null;
}

export function keepAddress(address: string): void {
  editor?.setState({ address } satisfies KeptState);
}

function isRpcAnswer(message: unknown): message is RpcAnswer {
  const told = message as Partial<RpcAnswer> | null;
  return told?.jsonrpc === "2.0" && typeof told.id === "number" && ("result" in told || "error" in told);
}

function textOf({ body, bodyEncoding }: EditorAnswer): string {
  if (bodyEncoding !== "base64") return body ?? "";
  return new TextDecoder().decode(Uint8Array.from(atob(body ?? ""), (each) => each.charCodeAt(0)));
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
