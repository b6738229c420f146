/** Which pages of messages are needed for what is seen. */

/** Pages (from 0) of the messages from one number to another, with a margin on both sides. */
export function pagesFor(first: number, last: number, total: number, size: number, margin: number): number[] {
  const from = Math.max(0, Math.floor((Math.max(1, first) - 1 - margin) / size));
  const end = Math.max(1, Math.min(total, last + margin));
  const to = Math.max(from, Math.floor((end - 1) / size));
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
