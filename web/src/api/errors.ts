/** What can go wrong between the page and the server. */

/** What the server refused, in its words. */
export class ServerError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = "ServerError";
    this.status = status;
  }
}

/** Somebody else has changed what was to be written: read it again, or write with `etag: "*"`. */
export class ConflictError extends ServerError {
  constructor(detail: string) {
    super(412, detail);
    this.name = "ConflictError";
  }
}

/** The server does not know this browser. */
export class LockedError extends ServerError {
  constructor() {
    super(
      401,
      "The server asks for a token. Open the link that scout view prints below its address: it works once, for ten minutes; scout view prints a new one when it starts.",
    );
    this.name = "LockedError";
  }
}

/** No answer came: the server has ended, or cannot be reached. */
export class GoneError extends Error {
  constructor(cause: unknown) {
    super("The server does not answer. Start it again with: scout view", { cause });
    this.name = "GoneError";
  }
}
