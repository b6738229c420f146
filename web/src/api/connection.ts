/** Whether the server answers: told once for the whole page, however many requests fail. */

export type Connection = "open" | "gone" | "locked";

let state: Connection = "open";
const listeners = new Set<() => void>();

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
