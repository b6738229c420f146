/** What strangers wrote is shown, and neither runs, loads anything, nor makes the page slow: on every place. */

import { rmSync } from "node:fs";
import { type Page, test as plain } from "@playwright/test";
import { ADDRESSES, type Held, heldBy, isBuilt, open, settle } from "./addresses.ts";
import { expect, projectCopy, refuseOthers, type Served, serve } from "./scout.ts";

const MOST_NODES = 3000;
/** Milliseconds from a key to the next picture. */
const MOST_WAIT = 1000;
const SAMPLES = [
  "script",
  "ansi",
  "bidi",
  "nested",
  "line",
  "right-to-left",
  "markdown",
  "many",
  "json",
  "names",
  "error",
];

interface Watched {
  violations: string[];
}

declare global {
  interface Window {
    hostile?: unknown;
    watched?: Watched;
  }
}

const test = plain.extend<{ inert: undefined }, { attacked: Served & { held: Held } }>({
  attacked: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const folder = projectCopy("SCOUT_TEST_HOSTILE");
      const server = await serve(folder);
      await use({ ...server, held: await heldBy(server.url) });
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  inert: [
    async ({ page, attacked }, use) => {
      const others = refuseOthers(page, attacked.url);
      const said: string[] = [];
      page.on("dialog", (dialog) => {
        said.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("popup", (popup) => said.push(`popup: ${popup.url()}`));
      page.on("download", (download) => said.push(`download: ${download.url()}`));
      page.on("pageerror", (error) => said.push(`error: ${error}`));
      page.on("framenavigated", (frame) => {
        if (!/^about:blank$/.test(frame.url()) && !frame.url().startsWith(attacked.url))
          said.push(`left for ${frame.url()}`);
      });
      await page.addInitScript(() => {
        window.watched = { violations: [] };
        addEventListener("securitypolicyviolation", (event) =>
          window.watched?.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
        );
      });
      await use(undefined);
      expect(said).toEqual([]);
      expect(others).toEqual([]);
    },
    { auto: true },
  ],
});

async function expectInert(page: Page): Promise<void> {
  const state = await page.evaluate(() => {
    const turnedTexts = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: string[] = [];
      // A field holds the text as it is, to be changed.
      while (walker.nextNode() !== null)
        if (walker.currentNode.parentElement?.closest("textarea, option") === null)
          texts.push(walker.currentNode.nodeValue ?? "");
      return texts;
    };
    return {
      ran: "hostile" in window,
      violations: window.watched?.violations,
      foreign: [
        ...document.querySelectorAll(
          "script[src], img[src], iframe, object, embed, link[href], video[src], audio[src], base",
        ),
      ]
        .filter(
          (each) =>
            !/^(data:|blob:|\.\/|\/|http:\/\/127\.0\.0\.1)/.test(
              each.getAttribute("src") ?? each.getAttribute("href") ?? "",
            ),
        )
        .map((each) => each.outerHTML.slice(0, 200)),
      links: [...document.querySelectorAll("a[href]")]
        .map((each) => each.getAttribute("href") ?? "")
        .filter((href) => !/^(\/?#|https?:)/.test(href)),
      // What turns the direction of a text hides what it says.
      turned: [document.title, ...turnedTexts()]
        .filter((text) => /[\u202a-\u202e\u2066-\u2069]/.test(text))
        .map((text) => text.slice(0, 80)),
      nodes: document.getElementsByTagName("*").length,
    };
  });
  const { nodes, ...rest } = state;
  expect(rest).toEqual({ ran: false, violations: [], foreign: [], links: [], turned: [] });
  expect(nodes).toBeLessThanOrEqual(MOST_NODES);
}

/** How long the page takes to draw after a key; the better of two, as others use the machine as well. */
async function answer(page: Page, key: string): Promise<number> {
  const taken: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const began = performance.now();
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    taken.push(performance.now() - began);
    if (performance.now() - began <= MOST_WAIT) break;
  }
  return Math.min(...taken);
}

/** Open all that is folded and on the screen, some of what that brings included. */
async function unfold(page: Page): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    const folded = page
      .getByRole("main")
      .locator('[aria-expanded="false"]:not([aria-haspopup]), summary, button:has-text("more")');
    for (const each of (await folded.all()).slice(0, 6)) {
      await each.click({ timeout: 1000, noWaitAfter: true }).catch(() => undefined);
    }
    await settle(page);
  }
}

for (const name of SAMPLES) {
  test(`the transcript "${name}" is inert`, async ({ page, attacked }) => {
    test.skip(!isBuilt("transcript"), "There is no such place yet.");
    for (const more of ["", "?view=events", "?rail=info"]) {
      await open(page, attacked.url, `/transcripts/hostile-${name}${more}`);
      await expectInert(page);
      for (const key of ["j", "j", "o", "G", "g", "g", "n"])
        expect(await answer(page, key), `${more} ${key}`).toBeLessThan(MOST_WAIT);
      await settle(page);
      await expectInert(page);
    }
    await open(page, attacked.url, `/transcripts/hostile-${name}`);
    await unfold(page);
    await expectInert(page);
    expect(await answer(page, "j")).toBeLessThan(MOST_WAIT);
    await open(page, attacked.url, `/transcripts/hostile-${name}?find=e`);
    await expectInert(page);
  });
}

for (const [name, address] of Object.entries(ADDRESSES)) {
  test(`"${name}" is inert where all names and verdicts are hostile`, async ({ page, attacked }) => {
    test.skip(!isBuilt(name), "There is no such place yet.");
    const path = address(attacked.held);
    test.skip(path === undefined, "The project has none.");
    await open(page, attacked.url, path ?? "");
    await expectInert(page);
    for (const key of ["ArrowDown", "Enter", "ArrowDown"]) expect(await answer(page, key), key).toBeLessThan(MOST_WAIT);
    await settle(page);
    await expectInert(page);
    await unfold(page);
    await expectInert(page);
  });
}

test("the palette and the help list hostile names as text", async ({ page, attacked }) => {
  await open(page, attacked.url, "/");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("img");
  await settle(page);
  await expectInert(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await settle(page);
  await expectInert(page);
});

test("errors repeat hostile addresses as text", async ({ page, attacked }) => {
  const attack = encodeURIComponent("<img src=x onerror=window.hostile=1>");
  for (const path of [
    `/scans/${attack}`,
    `/transcripts/${attack}?location=${attack}&where=${attack}`,
    `/labels/${attack}`,
    `/${attack}`,
  ]) {
    await open(page, attacked.url, path);
    await expectInert(page);
  }
});
