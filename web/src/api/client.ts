/** The one way to ask the server. Types come from its OpenAPI description, so a wrong path or parameter does not compile. */

import { setConnection } from "./connection.ts";
import { ConflictError, GoneError, LockedError, ServerError } from "./errors.ts";
import { readEvents } from "./event-stream.ts";
import { fileFromDisk } from "./from-disk.ts";
import { type Answer, type Method, type Request, type Streamed, transport } from "./transport.ts";

/** A request as the generated types describe it. */
interface Described {
  body?: unknown;
  headers?: unknown;
  path?: unknown;
  query?: unknown;
  url: string;
}

/** `etag`: the state that was read and is now written (`*`: whatever is there). */
type Parameters<Call extends Described> = Omit<Call, "url" | "headers"> & {
  etag?: string;
  signal?: AbortSignal;
};

/** What was read or written, and the etag that a later write must show. */
export interface Tagged<Content> {
  content: Content;
  etag: string | null;
}

const API = "/api/v3";

/** Ask for JSON: `read<ScansListScansData, ScansListScansResponse>("/scans", { query: { limit: 10 } })`. */
export function read<Call extends Described, Response>(
  url: Call["url"],
  parameters: Parameters<Call>,
): Promise<Response> {
  return send<Call, Response>("GET", url, parameters);
}

export async function send<Call extends Described, Response>(
  method: Method,
  url: Call["url"],
  parameters: Parameters<Call>,
): Promise<Response> {
  return (await sendTagged<Call, Response>(method, url, parameters)).content;
}

/** As `send`, with the etag of the answer. Throws ConflictError if somebody else has written meanwhile. */
export async function sendTagged<Call extends Described, Response>(
  method: Method,
  url: Call["url"],
  parameters: Parameters<Call>,
): Promise<Tagged<Response>> {
  const answer = await reach(() => transport.send(requestOf(method, url, parameters, "application/json")));
  if (answer.status >= 400) throw refusal(answer.status, answer.text);
  const content = answer.text === "" ? (undefined as Response) : JSON.parse(answer.text);
  return { content, etag: answer.headers.get("etag") };
}

/** Ask for a stream of events: each with its name and its data. Leaving the loop, or the signal, ends it at its source. */
export async function* readStream<Call extends Described, Item>(
  url: Call["url"],
  parameters: Parameters<Call>,
): AsyncGenerator<{ name: string; data: Item }> {
  const answer = await reach(() => transport.stream(requestOf("GET", url, parameters, "text/event-stream")));
  if (answer.status >= 400) throw refusal(answer.status, await whole(answer.pieces));
  for await (const { name, data } of readEvents(answer.pieces)) yield { name, data: JSON.parse(data) };
}

/** The address of what a browser loads itself: an image of a transcript, say. */
export function addressOf<Call extends Described>(
  url: Call["url"],
  { path, query }: Pick<Call, "path" | "query">,
): string {
  const address = `.${API}${filled(url, path)}${search(query)}`;
  return fileFromDisk(address) ?? address;
}

function requestOf(method: Method, url: string, asked: Parameters<Described>, accept: string): Request {
  const { path, query, body, etag, signal } = asked;
  const headers: Record<string, string> = { accept };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (etag !== undefined) headers["if-match"] = etag;
  return {
    method,
    path: API + filled(url, path) + search(query),
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  };
}

/** Note whether an answer came. An aborted request says nothing about that. */
async function reach<Came extends Answer | Streamed>(ask: () => Promise<Came>): Promise<Came> {
  let answer: Came;
  try {
    answer = await ask();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    setConnection("gone");
    throw new GoneError(error);
  }
  setConnection(answer.status === 401 ? "locked" : "open");
  return answer;
}

function refusal(status: number, text: string): ServerError {
  if (status === 401) return new LockedError();
  const detail = detailOf(text, status);
  return status === 412 ? new ConflictError(detail) : new ServerError(status, detail);
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

function filled(url: string, path: unknown): string {
  const values = (path ?? {}) as Readonly<Record<string, unknown>>;
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
}

function search(query: unknown): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) asked.append(name, String(each));
    }
  }
  return asked.size === 0 ? "" : `?${asked}`;
}

function detailOf(text: string, status: number): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === "string") return detail;
  } catch {
    // Not ours: a proxy's page, say.
  }
  return `The server answered ${status}.`;
}
