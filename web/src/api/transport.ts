/** How requests reach the server: over HTTP, through the editor that shows the page, or not at all, from an export. */

import { editorTransport } from "./editor.ts";
import { diskTransport } from "./from-disk.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Request {
  method: Method;
  /** Below the server's address, with its query: `/api/v3/scans?limit=10`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  signal: AbortSignal | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Transport {
  send(request: Request): Promise<Answer>;
  /** Ask for an answer that comes bit by bit; what comes at once where there is no other way. */
  stream(request: Request): Promise<Streamed>;
}

export interface Streamed {
  status: number;
  headers: Headers;
  pieces: AsyncIterable<string>;
}

const httpTransport: Transport = {
  async send(request) {
    const answer = await fetched(request);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  },

  async stream(request) {
    const answer = await fetched(request);
    return { status: answer.status, headers: answer.headers, pieces: decoded(answer.body) };
  },
};

/** The transport of this page. */
export const transport: Transport = diskTransport() ?? editorTransport() ?? httpTransport;

function fetched({ method, path, headers, body, signal }: Request): Promise<Response> {
  return fetch(`.${path}`, { method, headers, body, signal });
}

async function* decoded(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    // Who reads no further is not interested in the rest.
    await reader.cancel();
  }
}
