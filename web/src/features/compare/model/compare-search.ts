/** What the address of a comparison says. */

export interface CompareSearch {
  scans?: string | undefined;
  a?: string | undefined;
  b?: string | undefined;
  scanner?: string | undefined;
  /** The scanner of `b` that `scanner` is compared with, where they are two. */
  scanner_b?: string | undefined;
  flip?: string | undefined;
}

export function compareCommand({ a = "", b = "", scanner, scanner_b }: CompareSearch): string {
  const chosen = [
    ...(scanner === undefined ? [] : [`--scanner ${scanner}`]),
    ...(scanner_b === undefined ? [] : [`--scanner-b ${scanner_b}`]),
  ];
  return ["scout scan diff", a.slice(0, 8), b.slice(0, 8), ...chosen].join(" ");
}
