/** Between the page and the server: how requests go, whether answers come, and what can go wrong. */

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Request {
  method: Method;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  signal: AbortSignal | null;
}

/** As `fetch`, with a path below the server's address: `/api/v3/scans?limit=10`. Without an answer, a TypeError. */
export type Transport = (path: string, request: Request) => Promise<Response>;

type Connection = "open" | "gone" | "locked";

let state: Connection = "open";
const listeners = new Set<() => void>();

/** Whether the server answers: told once for the whole page, however many requests fail. */
export function connection(): Connection {
  return state;
}

export function setConnection(now: Connection): void {
  if (now === state) return;
  state = now;
  for (const told of listeners) told();
}

export function onConnection(told: () => void): () => void {
  listeners.add(told);
  return () => listeners.delete(told);
}

/** What the server refused, in its words. */
export class ServerError extends Error {
  override name = "ServerError";
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Somebody else has changed what was to be written: read it again, or write with `etag: "*"`. */
export class ConflictError extends ServerError {
  override name = "ConflictError";

  constructor(detail: string) {
    super(412, detail);
  }
}

/** The server does not know this browser. */
export class LockedError extends ServerError {
  override name = "LockedError";

  constructor() {
    super(
      401,
      "The server asks for a token. Open the link that scout view prints below its address: it works once, for ten minutes; scout view prints a new one when it starts.",
    );
  }
}

/** No answer came: the server has ended, or cannot be reached. */
export class GoneError extends Error {
  override name = "GoneError";

  constructor(cause: unknown) {
    super("The server does not answer. Start it again with: scout view", { cause });
  }
}
