/** The one way to ask the server. Types come from its OpenAPI description, so a wrong path or parameter does not compile. */

import { httpTransport, type Method } from "./transport.ts";

/** What the server refused, in its words. */
export class ServerError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = "ServerError";
    this.status = status;
  }
}

/** A request as the generated types describe it. */
interface Described {
  body?: unknown;
  path?: unknown;
  query?: unknown;
  url: string;
}

type Parameters<Call extends Described> = Omit<Call, "url"> & { etag?: string; signal?: AbortSignal };

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
  { path, query, body, etag, signal }: Parameters<Call>,
): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (etag !== undefined) headers["if-match"] = etag;
  const answer = await httpTransport.send({
    method,
    path: API + filled(url, path) + search(query),
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (answer.status >= 400) throw new ServerError(answer.status, detailOf(answer.text, answer.status));
  return answer.text === "" ? (undefined as Response) : JSON.parse(answer.text);
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
