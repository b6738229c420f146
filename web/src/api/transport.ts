/** How requests reach the server: over HTTP, or through the editor that shows the page. */

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
}

export const httpTransport: Transport = {
  async send({ method, path, headers, body, signal }) {
    const answer = await fetch(`.${path}`, { method, headers, body, signal });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  },
};
