/** The one way to ask the server. Types come from its OpenAPI description, so a wrong path or parameter does not compile. */

import { setConnection } from "./connection.ts";
import { ConflictError, GoneError, LockedError, ServerError } from "./errors.ts";
import { readEvents } from "./event-stream.ts";
import { fileFromDisk } from "./from-disk.ts";
import type { Routes } from "./generated/routes.gen.ts";
import { type Answer, type Method, type Request, type Streamed, transport } from "./transport.ts";

/** The shape of what the generated types say of a request. */
interface Described {
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

/** What is left out may as well be undefined or null, and nothing that is given is changed. */
type Loose<Fields> = {
  [Name in keyof Fields]:
    | (Fields[Name] extends readonly (infer Item)[] | null | undefined ? readonly Item[] : Fields[Name])
    | (Record<string, never> extends Pick<Fields, Name> ? null | undefined : never);
};

type Get = Routes["GET"];

/** Of a request: `etag` is the state that was read and is now written (`*`: whatever is there). */
export type Asked<Route> = Route extends { asks: infer Asks }
  ? {
      [Part in keyof Asks as Part extends "path" | "query" | "body" ? Part : never]: Part extends "path"
        ? Asks[Part]
        : Loose<Asks[Part]>;
    } & { etag?: string; signal?: AbortSignal }
  : never;

export type Answers<Route> = Route extends { answers: infer Answered } ? Answered : never;

/** Parameters can be left out where none of them must be given. */
export type Parameters<Route> = Record<string, never> extends Asked<Route> ? [Asked<Route>?] : [Asked<Route>];

/** What was read or written, and the etag that a later write must show. */
export interface Tagged<Content> {
  content: Content;
  etag: string | null;
}

const API = "/api/v3";

/** Ask for JSON: `read("/scans", { query: { limit: 10 } })`. What is shown is asked with `ask`, which remembers the answer. */
export function read<Url extends keyof Get & string>(
  url: Url,
  ...[parameters]: Parameters<Get[Url]>
): Promise<Answers<Get[Url]>> {
  return send("GET", url, ...([parameters] as Parameters<Get[Url]>));
}

export async function send<In extends Method, Url extends keyof Routes[In] & string>(
  method: In,
  url: Url,
  ...parameters: Parameters<Routes[In][Url]>
): Promise<Answers<Routes[In][Url]>> {
  return (await sendTagged(method, url, ...parameters)).content;
}

/** As `send`, with the etag of the answer. Throws ConflictError if somebody else has written meanwhile. */
export async function sendTagged<In extends Method, Url extends keyof Routes[In] & string>(
  method: In,
  url: Url,
  ...[parameters]: Parameters<Routes[In][Url]>
): Promise<Tagged<Answers<Routes[In][Url]>>> {
  const answer = await reach(() => transport.send(requestOf(method, url, parameters, "application/json")));
  if (answer.status >= 400) throw refusal(answer.status, answer.text);
  const content = answer.text === "" ? undefined : JSON.parse(answer.text);
  return { content, etag: answer.headers.get("etag") };
}

/** Ask for a stream of events: each with its name and its data. Leaving the loop, or the signal, ends it at its source. */
export async function* readStream<Item>(
  url: keyof Get,
  parameters: Asked<Get[keyof Get]>,
): AsyncGenerator<{ name: string; data: Item }> {
  const answer = await reach(() => transport.stream(requestOf("GET", url, parameters, "text/event-stream")));
  if (answer.status >= 400) throw refusal(answer.status, await whole(answer.pieces));
  for await (const { name, data } of readEvents(answer.pieces)) yield { name, data: JSON.parse(data) };
}

/** The address of what a browser loads itself: an image of a transcript, say. */
export function addressOf<Url extends keyof Get & string>(
  url: Url,
  { path, query }: Asked<Get[Url]> & Described,
): string {
  const address = `.${API}${filled(url, path)}${search(query)}`;
  return fileFromDisk(address) ?? address;
}

function requestOf(method: Method, url: string, asked: unknown, accept: string): Request {
  const { path, query, body, etag, signal } = (asked ?? {}) as Described & {
    etag?: string;
    signal?: AbortSignal;
  };
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
