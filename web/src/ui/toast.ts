/** What is said in passing. */
export interface Toast {
  id: number;
  words: string;
  tone?: "error";
  /** What can be done about it: undo, say. */
  action?: { label: string; run: () => void };
}

const MOST = 4;

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Say in passing what has happened. Errors stay until they are closed. */
export function toast(words: string, more: Pick<Toast, "tone" | "action"> = {}): void {
  last += 1;
  show([...toasts, { id: last, words, ...more }].slice(-MOST));
}

export function dismiss(id: number): void {
  show(toasts.filter((each) => each.id !== id));
}

function show(now: readonly Toast[]): void {
  toasts = now;
  for (const told of listeners) told();
}

export function onToasts(told: () => void): () => void {
  listeners.add(told);
  return () => listeners.delete(told);
}

export function shownToasts(): readonly Toast[] {
  return toasts;
}
