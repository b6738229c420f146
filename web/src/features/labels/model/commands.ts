/** What does the same on the command line. */

import type { QueueAsked } from "../api/scans.ts";

/** A word as a shell takes it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function labelCommand(name: string, asked: QueueAsked): string {
  const words = ["scout", "label", asked.scan, "--scanner", asked.scanner, "--sample", String(asked.size)];
  words.push("--stratify", asked.by, "--seed", String(asked.seed), "--blind", "--cases", name);
  return words.map(shellWord).join(" ");
}

export function validateCommand(name: string, scan: string, scanner: string, by?: string): string {
  const words = ["scout", "validate", scan, "-V", `${scanner}:${name}`, ...(by === undefined ? [] : ["--by", by])];
  return words.map(shellWord).join(" ");
}
