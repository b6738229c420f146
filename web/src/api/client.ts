/** The one way to ask the server. Types come from its OpenAPI description, so a wrong path or parameter does not compile. */

import {
  ConflictError,
  GoneError,
  LockedError,
  type Method,
  type Request,
  ServerError,
  setConnection,
  type Transport,
} from "./connection.ts";
import { editorTransport } from "./editor.ts";
import { diskTransport, fileFromDisk } from "./from-disk.ts";
import type { Routes } from "./generated/routes.gen.ts";

/** The shape of what the generated types say of a request. */
interface Described {
  path?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  etag?: string;
  signal?: AbortSignal;
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

/** Over HTTP, through the editor that shows the page, or not at all, from an export. */
const transport: Transport = diskTransport() ?? editorTransport() ?? ((path, request) => fetch(`.${path}`, request));

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
  const answer = await reach(method, url, parameters, "application/json");
  const text = await answer.text().catch(gone);
  return { content: text === "" ? undefined : JSON.parse(text), etag: answer.headers.get("etag") };
}

/** Ask for a stream of events: each with its name and its data. Leaving the loop, or the signal, ends it at its source. */
export async function* readStream<Item>(
  url: keyof Get,
  parameters: Asked<Get[keyof Get]>,
): AsyncGenerator<{ name: string; data: Item }> {
  const { body } = await reach("GET", url, parameters, "text/event-stream");
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      const blocks = (rest + part.value).split(/\r?\n\r?\n/);
      // What does not end with an empty line is not an event yet.
      rest = blocks.pop() ?? "";
      for (const { name, data } of blocks.map(eventOf)) if (data !== "") yield { name, data: JSON.parse(data) };
    }
  } finally {
    // Who reads no further is not interested in the rest.
    await reader?.cancel();
  }
}

/** The address of what a browser loads itself: an image of a transcript, say. */
export function addressOf<Url extends keyof Get & string>(url: Url, asked: Asked<Get[Url]> & Described): string {
  const address = `.${addressed(url, asked)}`;
  return fileFromDisk(address) ?? address;
}

/** What is at such an address, for a page whose browser cannot load it itself. */
export async function readFile(address: string, signal: AbortSignal | null = null): Promise<Blob> {
  const request = { method: "GET" as const, headers: { accept: "*/*" }, body: null, signal };
  return await (await reachAt(address.replace(/^\./, ""), request)).blob();
}

/** Ask, and note whether an answer came. */
function reach(method: Method, url: string, asked: Described = {}, accept: string): Promise<Response> {
  const { body, etag, signal = null } = asked;
  const headers: Record<string, string> = { accept };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (etag !== undefined) headers["if-match"] = etag;
  const request = { method, headers, body: body === undefined ? null : JSON.stringify(body), signal };
  return reachAt(addressed(url, asked), request);
}

async function reachAt(path: string, request: Request): Promise<Response> {
  const answer = await transport(path, request).catch(gone);
  setConnection(answer.status === 401 ? "locked" : "open");
  if (answer.status < 400) return answer;
  throw answer.status === 401 ? new LockedError() : refusal(answer.status, await answer.text().catch(gone));
}

/** No answer came, or not all of it. An aborted request says nothing about the server. */
function gone(error: unknown): never {
  if (!(error instanceof TypeError)) throw error;
  setConnection("gone");
  throw new GoneError(error);
}

function refusal(status: number, text: string): ServerError {
  let detail: unknown;
  try {
    ({ detail } = JSON.parse(text) as { detail?: unknown });
  } catch {
    // Not ours: a proxy's page, say.
  }
  const words = typeof detail === "string" ? detail : `The server answered ${status}.`;
  return status === 412 ? new ConflictError(words) : new ServerError(status, words);
}

function addressed(url: string, { path = {}, query = {} }: Described): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined && each !== null) asked.append(name, String(each));
  }
  const filled = url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  return `${API}${filled}${asked.size === 0 ? "" : "?"}${asked}`;
}

function eventOf(block: string): { name: string; data: string } {
  const lines = block.split(/\r?\n/).map((line) => /^(\w+):? ?(.*)$/s.exec(line) ?? []);
  const values = (field: string) => lines.flatMap(([, name, value = ""]) => (name === field ? [value] : []));
  return { name: values("event").at(-1) ?? "message", data: values("data").join("\n") };
}
