/**
 * The editor that shows the page in a webview: requests go to it by JSON-RPC over `postMessage`, and it says which place
 * to show. There is no HEAD there, and no stream: what comes bit by bit elsewhere comes at once.
 */

import type { Transport } from "./connection.ts";

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
    const told = (event as MessageEvent<Partial<RpcAnswer> | null>).data;
    if (told?.jsonrpc !== "2.0" || told.id === undefined) return;
    const asked = waiting.get(told.id);
    waiting.delete(told.id);
    if (told.result !== undefined) asked?.resolve(told.result);
    else asked?.reject(new TypeError(told.error?.message ?? "The editor could not reach the server."));
  });
  return async (path, { method, headers, body, signal }) => {
    signal?.throwIfAborted();
    last += 1;
    const id = last;
    const asked = Promise.withResolvers<EditorAnswer>();
    waiting.set(id, asked);
    signal?.addEventListener("abort", () => {
      waiting.delete(id);
      asked.reject(signal.reason);
    });
    const params = { method, path, headers, ...(body !== null && { body }) };
    api.postMessage({ jsonrpc: "2.0", id, method: "http_request", params });
    const answer = await asked.promise;
    const isBinary = answer.bodyEncoding === "base64";
    const text = answer.body || null;
    return new Response(text && isBinary ? Uint8Array.from(atob(text), (each) => each.charCodeAt(0)) : text, {
      status: answer.status,
      headers: new Headers(answer.headers),
    });
  };
}

/** What the editor says: the place to show, as an address of today or an old one. */
interface Told {
  type?: unknown;
  route?: unknown;
  url?: unknown;
  scanner?: unknown;
  extensionProtocolVersion?: unknown;
}

/** Read what the editor has put into the page, or sends later: the place to show (an old address, or one of today). */
export function addressFromEditor(message: unknown): string | null {
  const told = message as Told | null;
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
  const state = told as Told | null;
  return state?.type === "updateRoute" && Number(state.extensionProtocolVersion ?? 1) < PROTOCOL;
}

/** The address that was open when the editor hid the page. */
export function keptAddress(): string | null {
  return (editor?.getState() as { address?: string } | undefined)?.address ?? null;
}

export function keepAddress(address: string): void {
  editor?.setState({ address });
}
