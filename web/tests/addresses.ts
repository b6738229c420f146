/** Where one can be on the page, by name: what tests of the page as a whole, and pictures of it, walk through. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

/** What a project holds, as its server lists it. */
export interface Held {
  /** Of the newest scan first. */
  scans: readonly { scan_id: string; scanner_names: readonly string[] }[];
  transcripts: readonly { transcript_id: string }[];
  /** Files of labelled cases, as their addresses have them. */
  labels: readonly string[];
}

type Address = (held: Held) => string | undefined;

/** A place, and the states of it that look different; nothing where the project has nothing for it. */
export const ADDRESSES: Readonly<Record<string, Address>> = {
  transcripts: () => "/transcripts",
  "transcripts found": () => "/transcripts?q=test",
  transcript: ({ transcripts: [first] }) => transcriptAt(first),
  "transcript events": ({ transcripts: [first] }) => transcriptAt(first, "view=events"),
  "transcript find": ({ transcripts: [first] }) => transcriptAt(first, "find=test"),
  "transcript info": ({ transcripts: [first] }) => transcriptAt(first, "rail=info"),
  "transcript label": ({ transcripts: [first] }) => transcriptAt(first, "rail=label"),
  scans: () => "/scans",
  scan: ({ scans: [first] }) => first && `/scans/${first.scan_id}`,
  compare: ({ scans: [a, b] }) => a && b && `/compare?a=${a.scan_id}&b=${b.scan_id}`,
  labels: () => "/labels",
  "labelled cases": ({ labels: [first] }) => first && `/labels/${encodeURIComponent(first)}`,
  run: () => "/run",
  project: () => "/project",
};

function transcriptAt(held: Held["transcripts"][number] | undefined, more = ""): string | undefined {
  if (held === undefined) return;
  return `/transcripts/${encodeURIComponent(held.transcript_id)}?${more}`;
}

const ROUTES = readFileSync(join(import.meta.dirname, "../src/app/route-tree.gen.ts"), "utf8");

/** Whether the page has the place; a place lands with its route. */
export function isBuilt(name: string): boolean {
  const route: Record<string, string> = {
    transcript: "/transcripts/$id",
    scan: "/scans/$scanId",
    "labelled cases": "/labels/$file",
  };
  const [first = ""] = name.split(" ");
  const path = route[name] ?? route[first] ?? `/${first}`;
  return ROUTES.includes(`'${path}'`) || ROUTES.includes(`'${path}/'`);
}

export async function heldBy(url: string): Promise<Held> {
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}/api/v3${path}`)).json();
  const [scans, transcripts, labels] = await Promise.all([
    read("/scans?limit=100") as Promise<{ items: Held["scans"] }>,
    read("/transcripts?limit=100") as Promise<{ items: Held["transcripts"] }>,
    read("/labels") as Promise<{ items: { file: string }[] }>,
  ]);
  return {
    scans: scans.items,
    transcripts: transcripts.items,
    labels: labels.items.map((each) => each.file),
  };
}

const QUIET_MS = 300;
const PATIENCE_MS = 15_000;

/** Wait until the place is there and nothing on it has moved for a while. */
export async function settle(page: Page): Promise<void> {
  await expect(page.getByRole("main").locator("*").first()).toBeAttached({ timeout: PATIENCE_MS });
  await page.evaluate(
    ([quiet, patience]) =>
      new Promise<void>((done) => {
        const began = performance.now();
        let moved = began;
        const watch = new MutationObserver(() => {
          moved = performance.now();
        });
        watch.observe(document.body, { childList: true, subtree: true, characterData: true });
        const look = () => {
          const now = performance.now();
          const isBusy = document.querySelector('main [aria-busy="true"]') !== null;
          if ((now - moved < quiet || isBusy) && now - began < patience) return void setTimeout(look, 50);
          watch.disconnect();
          done();
        };
        look();
      }),
    [QUIET_MS, PATIENCE_MS] as const,
  );
}

/** Go to an address of the page, as a new visit. */
export async function open(page: Page, url: string, address: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${url}/#${address}`);
  await settle(page);
}
