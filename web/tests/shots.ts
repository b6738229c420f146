/** Pictures of every place, to be looked at: `make shots`. Tests hold what can be held; whether it looks right, a person says. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, type Page } from "@playwright/test";
import { ADDRESSES, type Held, heldBy, isBuilt, open, settle } from "./addresses.ts";
import { projectCopy, type Served, serve } from "./scout.ts";

const FOLDER = process.env.SCOUT_SHOTS ?? "";
/** A folder of real transcripts; they stay where they are. */
const DATA = process.env.SCOUT_SHOTS_DATA;
const THEMES = ["light", "dark"] as const;
const SIZES = [
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
] as const;
const USUAL = [SIZES[1]];
/** When a skeleton has long been there. */
const LOADING_MS = 1500;

type Shown = Served & { held: Held };
type Projects = "examples" | "hostile" | "empty" | "single" | "data";

/** A server over a project of its own kind for each worker, started when its first picture is taken. */
const test = base.extend<object, { project: (kind: Projects) => Promise<Shown> }>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const started = new Map<Projects, Promise<Shown & { stop(): Promise<void> }>>();
      await use((kind) => {
        const known = started.get(kind) ?? start(kind);
        started.set(kind, known);
        return known;
      });
      for (const each of started.values()) {
        const { stop, folder } = await each;
        await stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

async function start(kind: Projects) {
  const server = await serve(folderOf[kind]());
  return { ...server, held: await heldBy(server.url) };
}

const folderOf: Readonly<Record<Projects, () => string>> = {
  examples: projectCopy,
  hostile: () => projectCopy("SCOUT_TEST_HOSTILE"),
  empty: () => mkdtempSync(join(tmpdir(), "scout-empty-")),
  single: () => {
    const folder = projectCopy();
    const keepOne = (place: string) => {
      for (const name of readdirSync(join(folder, place)).sort().slice(1))
        rmSync(join(folder, place, name), { recursive: true });
    };
    for (const place of ["scans", "logs"]) keepOne(place);
    return folder;
  },
  data: () => {
    const folder = mkdtempSync(join(tmpdir(), "scout-data-"));
    writeFileSync(join(folder, "scout.yaml"), JSON.stringify({ transcripts: DATA, scans: "./scans" }));
    mkdirSync(join(folder, "scans"));
    const scans = join(DATA ?? "", "scans");
    try {
      cpSync(scans, join(folder, "scans"), { recursive: true });
    } catch {
      // There need not be any.
    }
    return folder;
  },
};

interface Picture {
  /** The heading under which it stands. */
  group: string;
  name: string;
  project: Projects;
  address: (held: Held) => string | undefined;
  sizes?: readonly { width: number; height: number }[];
  /** What is done to the page before it opens. */
  before?: (page: Page) => Promise<void>;
  /** What is done on it before the picture is taken. */
  after?: (page: Page) => Promise<void>;
}

const at = (address: string) => () => address;
const PLACES = Object.entries(ADDRESSES).filter(([name]) => isBuilt(name));
const LISTS = PLACES.filter(([name]) => !name.includes(" "));

async function fail(page: Page): Promise<void> {
  const body = { detail: "'scans' could not be read: Input/output error. Look at the disk, then try again." };
  await page.route("**/api/v3/**", (route) => route.fulfill({ status: 500, json: body }));
}

async function hang(page: Page): Promise<void> {
  await page.route("**/api/v3/**", () => undefined);
}

const SHOWN_SCANNER = "edits_tests";

const scanOfManual = ({ scans }: Held) =>
  scans
    .filter(({ scanner_names }) => scanner_names.includes(SHOWN_SCANNER))
    .map(({ scan_id }) => `/scans/${scan_id}`)[0];

async function openResult(page: Page): Promise<void> {
  await page
    .getByText(/writes test_pages\.py/)
    .first()
    .click();
  await page.getByText("adjust the expected value in the test").first().waitFor();
}

/** Of the example logs: the agent changes the test that it is judged by. */
const TRANSCRIPT = "NQ7dDdcKAUnFgyYfCwecd8";

const transcriptOfManual = ({ scans: [judged, ...others] }: Held) => {
  const [shown] = others.filter(({ scanner_names }) => scanner_names.includes(SHOWN_SCANNER));
  return judged && shown && `/transcripts/${TRANSCRIPT}?message=9&scan=${judged.scan_id}&scan=${shown.scan_id}`;
};

const PICTURES: readonly Picture[] = [
  // Those in light are `docs/images`.
  { group: "manual", name: "scan", project: "examples", address: scanOfManual, after: openResult },
  { group: "manual", name: "transcript", project: "examples", address: transcriptOfManual },
  { group: "manual", name: "compare", project: "examples", address: ADDRESSES.compare ?? at("/compare") },
  ...PLACES.map(([name, address]): Picture => ({ group: "places", name, project: "examples", address, sizes: SIZES })),
  ...LISTS.map(
    ([name, address]): Picture => ({ group: "long names", name, project: "hostile", address, sizes: SIZES }),
  ),
  ...LISTS.map(([name, address]): Picture => ({ group: "nothing there", name, project: "empty", address })),
  ...LISTS.map(([name, address]): Picture => ({ group: "one of each", name, project: "single", address })),
  ...LISTS.map(([name, address]): Picture => ({ group: "errors", name, project: "examples", address, before: fail })),
  ...LISTS.map(([name, address]): Picture => ({ group: "loading", name, project: "examples", address, before: hang })),
  ...(DATA === undefined ? [] : LISTS).map(
    ([name, address]): Picture => ({ group: "real data", name, project: "data", address, sizes: SIZES }),
  ),
  ...["script", "ansi", "bidi", "right-to-left", "markdown", "names", "json"].map(
    (name): Picture => ({
      group: "hostile",
      name,
      project: "hostile",
      address: at(`/transcripts/hostile-${name}`),
    }),
  ),
  {
    group: "hostile",
    name: "2 MB message",
    project: "examples",
    address: at("/transcripts/media?message=6"),
  },
  { group: "hostile", name: "media", project: "examples", address: at("/transcripts/media") },
  {
    group: "hostile",
    name: "3 000 messages",
    project: "examples",
    address: at("/transcripts/long?message=2469"),
  },
  { group: "hostile", name: "no messages", project: "examples", address: at("/transcripts/empty") },
  { group: "hostile", name: "not there", project: "examples", address: at("/transcripts/nowhere") },
];

for (const { group, name, project: kind, address, sizes = USUAL, before, after } of PICTURES) {
  for (const theme of THEMES) {
    test(`${group}: ${name}, ${theme}`, async ({ page, project }) => {
      const { url, held } = await project(kind);
      const path = address(held);
      test.skip(path === undefined, "The project has none.");
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize(sizes[0] ?? SIZES[0]);
      await before?.(page);
      if (before === hang) {
        await page.goto(`${url}/#${path}`);
        await page.waitForTimeout(LOADING_MS);
      } else await open(page, url, path ?? "");
      await after?.(page);
      for (const size of sizes) {
        await page.setViewportSize(size);
        if (before !== hang) await settle(page);
        await page.screenshot({ path: join(FOLDER, group, `${name}-${size.width}-${theme}.png`) });
      }
    });
  }
}
