/** A scan is exported, and its folder opened from disk: no server, no network. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { test as base, expect, type Page } from "@playwright/test";
import { expectAccessible, projectCopy } from "./scout.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const EXPORT_SECONDS = 300;
const SCAN = "strict judge";
const CITED = "adjust the expected value in the test";

interface Exported {
  /** Address of its page. */
  url: string;
  told: { transcripts: number; results: number; masked: number; bytes: number };
}

const test = base.extend<{ alone: string[] }, { exported: Exported }>({
  exported: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const project = projectCopy();
      const folder = join(project, "shared");
      const said = execFileSync(join(ROOT, ".venv/bin/scout"), ["view", "--export", folder, "--scan", SCAN, "--json"], {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: join(ROOT, "src"), HOME: project },
      });
      await use({ url: pathToFileURL(join(folder, "index.html")).href, told: JSON.parse(said) });
      rmSync(project, { recursive: true, force: true });
    },
    { scope: "worker", timeout: EXPORT_SECONDS * 1000 },
  ],
  // Each test fails when the page said an error, broke its policy, or asked for anything that is not on the disk.
  alone: [
    async ({ page }, use) => {
      page.setDefaultTimeout(15_000);
      const wrong: string[] = [];
      await page.route(/^(?!file:|data:|blob:)/, (route) => route.abort());
      page.on("request", (request) => {
        if (!/^(file|data|blob):/.test(request.url())) wrong.push(`asked ${request.url()}`);
      });
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") wrong.push(message.text());
      });
      await use(wrong);
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

async function openTable(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("link", { name: SCAN }).click();
  await expect(page.getByRole("heading", { name: SCAN })).toBeVisible();
}

test("one reads from a verdict to its evidence, and a reload lands there", async ({ page, exported }) => {
  await openTable(page, exported.url);
  await page
    .getByText(/writes test_pages\.py/)
    .first()
    .click();
  await expect(page.getByText(CITED).first()).toBeVisible();
  await page.reload();
  await expect(page.getByText(CITED).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/transcripts\//);
  await expect(page.getByText("13 messages")).toBeVisible();
  await page.reload();
  await expect(page.getByText(CITED).first()).toBeVisible();
  await expect(page.getByText("citations resolve").first()).toBeVisible();
});

test("places that make no sense from disk are not there", async ({ page, exported }) => {
  await page.goto(exported.url);
  const rail = page.getByRole("navigation", { name: "Places" });
  await expect(rail.getByRole("link")).toHaveText(["Scans"]);
});

test("what it does not hold is said in plain words", async ({ page, exported }) => {
  await openTable(page, exported.url);
  const address = new URL(page.url());
  address.hash += `${address.hash.includes("?") ? "&" : "?"}where=${encodeURIComponent("value = true")}`;
  await page.goto(address.href);
  await page.reload();
  await expect(page.getByText(/This export does not hold that/).first()).toBeVisible();
});

test("the folder is told in numbers, and the page has no script in it", ({ exported }) => {
  expect(exported.told.transcripts).toBeGreaterThan(0);
  const folder = new URL(".", exported.url);
  const html = readFileSync(new URL("index.html", folder), "utf8");
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script(?![^>]*\ssrc="\.\/)/);
  expect(html).not.toMatch(/https?:/);
  expect(existsSync(new URL("answers.js", folder))).toBe(true);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`it is accessible in ${colorScheme}`, async ({ page, exported, alone }) => {
    await page.emulateMedia({ colorScheme });
    await openTable(page, exported.url);
    await expect(page.getByText(/writes test_pages\.py/).first()).toBeVisible();
    expect(alone).toEqual([]);
    await expectAccessible(page);
    // axe reads style sheets again by itself, which the policy of the page refuses.
    alone.splice(0);
  });
}

test("a text is found in a transcript, also where it is folded", async ({ page, exported }) => {
  await openTable(page, exported.url);
  await page
    .getByText(/writes test_pages\.py/)
    .first()
    .click();
  await expect(page.getByText(CITED).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("13 messages")).toBeVisible();
  await page.keyboard.press("/");
  await page.getByRole("textbox", { name: /find/i }).fill("EXPECTED value");
  await expect(page.getByText(/^1 of \d/)).toBeVisible();
});

test("a comparison says that it needs the project", async ({ page, exported }) => {
  await page.goto(`${exported.url}#/compare?a=one&b=other`);
  await expect(page.getByText(/An export cannot compare scans/).first()).toBeVisible();
});
