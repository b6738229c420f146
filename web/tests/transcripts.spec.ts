import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, serve, test } from "./scout.ts";

const rows = (page: Page) => page.locator("tbody tr");
const names = (page: Page) => rows(page).locator("td a[href*='#/transcripts/']:not(:has(mark))");

/** The first list of a server that has just begun, on a machine that does other things. */
const FIRST_MS = 60_000;

test.describe.configure({ timeout: 120_000 });

async function open(page: Page, url: string, search = ""): Promise<void> {
  await page.goto(`${url}/#/transcripts${search}`);
  await expect(names(page).first()).toBeVisible({ timeout: FIRST_MS });
}

test("finds a transcript by its text, and opens it at the hit", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.keyboard.press("/");
  await page.keyboard.type("is_leap() is fixed");
  await page.keyboard.press("Enter");
  const hit = rows(page)
    .getByRole("link")
    .filter({ has: page.locator("mark") });
  await expect(hit).toHaveCount(1);
  await expect(hit.locator("mark")).toHaveText("is_leap() is fixed");
  await expect(page.getByRole("status").filter({ hasText: "1 match" })).toBeVisible();
  await page.reload();
  await expect(hit).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/transcripts\/\w+\?.*message=9.*find=is_leap/);
  await expect(page.getByText("Everything works and all tests pass.").first()).toBeVisible();
  await page.goBack();
  await expect(hit).toHaveCount(1);
});

test("a search for an expression can be refused, and be left", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/transcripts?q=%5B&regex=1`);
  await expect(page.getByRole("alert")).toBeVisible({ timeout: FIRST_MS });
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/transcripts(?:\?(?!.*q=).*)?$/);
  await expect(names(page).first()).toBeVisible();
});

test("filters by facets and sorts, and a reload lands there", async ({ page, scout }) => {
  await open(page, scout.url);
  const score = page.getByRole("region", { name: "Score", exact: true });
  await score.getByRole("button", { name: "I", exact: true }).click();
  await expect(page).toHaveURL(/where=score/);
  await page.getByRole("columnheader", { name: "Messages" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "Messages" }).getByRole("button").click();
  await expect(page).toHaveURL(/order_by=-message_count/);
  await expect(page.getByRole("banner").or(page.locator("header")).first()).toContainText("6 transcripts");
  await expect(names(page).first()).toHaveText(/off-by-one/);
  await page.reload();
  await expect(names(page).first()).toHaveText(/off-by-one/);
  await expect(names(page)).toHaveCount(6);
  await expect(page.getByRole("columnheader", { name: "Messages" })).toHaveAttribute("aria-sort", "descending");
  // A click on the bar leaves the value out instead.
  await score.getByRole("button", { name: /leave out C/ }).click();
  await expect(names(page)).toHaveCount(18);
  // The list is still there after a transcript was read, and `]` walks through it.
  await names(page).first().click();
  await expect(page).toHaveURL(/#\/transcripts\/\w+\?.*order_by=-message_count/);
  await page.goBack();
  await expect(names(page)).toHaveCount(18);
  await names(page).first().click();
  await expect(page).toHaveURL(/#\/transcripts\/\w+\?/);
  const first = new URL(page.url()).hash.split("?")[0];
  // Before the neighbours are known the key has nowhere to go.
  await expect(async () => {
    await page.keyboard.press("]");
    expect(new URL(page.url()).hash.split("?")[0]).not.toBe(first);
  }).toPass();
  expect(page.url()).toContain("order_by=-message_count");
});

test("filters are SQL as well, and what the server refuses is said", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.keyboard.press("w");
  const sql = page.getByRole("textbox", { name: "Filters as SQL" });
  await sql.fill("task_set = 'fix-the-bug' AND mesage_count > 9");
  await sql.press("Enter");
  await expect(page.getByRole("alert")).toContainText("Did you mean 'message_count'?");
  await expectAccessible(page);
  await sql.fill("task_set = 'fix-the-bug' AND (message_count > 9 OR score = 'C')");
  await sql.press("Enter");
  await expect(names(page)).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Task is fix-the-bug", exact: true })).toBeVisible();
  await page.reload();
  await expect(names(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Take the filter away: Task is fix-the-bug" }).click();
  await expect(page).not.toHaveURL(/task_set/);
});

test("a filter is made by keys alone, with values that there are", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.keyboard.press("f");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.locator("datalist option").first()).toBeAttached();
  await page.keyboard.type("media");
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveCount(1);
  await expect(page).toHaveURL(/where=task_set\+%3D\+%27media%27/);
});

test("columns of metadata, their order and their width stand in the address", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("textbox", { name: "Find a column" }).fill("planted");
  await page.getByRole("checkbox", { name: "sample_metadata.planted" }).check();
  await page.getByRole("button", { name: "Move sample_metadata.planted forward" }).press("Enter");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "sample_metadata.planted" })).toBeVisible();
  await expect(
    page.getByRole("gridcell").or(page.locator("td")).filter({ hasText: "edits the tests" }).first(),
  ).toBeVisible();
  await page.reload();
  const heads = page.getByRole("columnheader");
  await expect(heads.filter({ hasText: "sample_metadata.planted" })).toBeVisible();
  await expect(heads.nth(-2)).toHaveText("sample_metadata.planted");
  await page.getByRole("separator", { name: "Width of Model" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/columns=model%7E196/);
});

test("verdicts of scans stand in the rows, errors among them", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.getByRole("button", { name: "Verdicts", exact: true }).click();
  for (const scan of await page.getByRole("checkbox", { name: /judge|error|strict|mild|scan|job/i }).all())
    await scan.check();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Verdicts" })).toBeVisible();
  await expect(page.getByRole("img", { name: /: (?:true|yes)/i }).first()).toBeVisible();
  await expect(page.getByRole("img", { name: /error/i }).first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("img", { name: /error/i }).first()).toBeVisible();
  await expectAccessible(page);
});

test("selects rows by keys, scans them, and adds them to labels", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  const bar = page.getByRole("region", { name: "Selected transcripts" });
  await expect(bar.getByRole("status")).toHaveText("2 transcripts selected");
  await page.keyboard.press("l");
  const dialog = page.getByRole("dialog", { name: "Add 2 transcripts to labels" });
  await dialog.getByLabel("File").selectOption({ label: "A new file ..." });
  await dialog.getByLabel("Its name").fill("labels/chosen.csv");
  await dialog.getByLabel("Split").fill("dev");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Added 2 cases.")).toBeVisible();
  const written = readFileSync(join(scout.folder, "labels/chosen.csv"), "utf8").trim().split("\n");
  expect(written).toHaveLength(3);
  await page.keyboard.press("l");
  await dialog.getByLabel("File").selectOption({ label: "labels/chosen.csv (2 cases)" });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Added 0 cases; 2 transcripts had one already.")).toBeVisible();
  await page.keyboard.press("Shift+A");
  await expect(bar.getByRole("status")).toHaveText(/^2\d transcripts selected$/);
  await page.keyboard.press("r");
  await expect(page).toHaveURL(/#\/run/);
});

test("what is listed can be saved and copied, with its commands", async ({ page, scout, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: scout.url });
  await open(page, scout.url, "?where=task_set+%3D+%27fix-the-bug%27&columns=task&columns=score");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Copy as" }).click();
  await page.getByRole("menuitem", { name: "Save as CSV" }).click();
  const saved = readFileSync(await (await saving).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(saved[0]).toBe("transcript_id,task_set,task_id,task_repeat,score");
  expect(saved).toHaveLength(7);
  await page.getByRole("button", { name: "Copy as" }).click();
  await page.getByRole("menuitem", { name: "Copy ids" }).click();
  await expect(page.getByText("Copied 6 ids.")).toBeVisible();
  expect((await page.evaluate(() => navigator.clipboard.readText())).trim().split("\n")).toHaveLength(6);
  await page.getByRole("button", { name: "as command" }).click();
  await expect(page.getByText("scout transcripts")).toBeVisible();
  await expect(page.getByText(".where(\"task_set = 'fix-the-bug'\")")).toBeVisible();
});

test("another place can be typed, which the server may refuse", async ({ page, scout }) => {
  await open(page, scout.url);
  await page.getByRole("button", { name: "/logs" }).click();
  await page.getByLabel("Where the transcripts are").fill("/etc");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("is not in what this server shows");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show the transcripts of the project" }).click();
  await expect(names(page).first()).toBeVisible();
  await page.getByRole("button", { name: "/logs" }).click();
  await page.getByLabel("Where the transcripts are").fill(join(scout.folder, "logs/media.eval"));
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveCount(1);
});

test("a log without a project lands on its transcripts", async ({ browser, scout }) => {
  const page = await browser.newPage();
  const alone = await serve(scout.folder, "logs/fix-the-bug.eval");
  try {
    await page.goto(alone.url);
    await expect(page).toHaveURL(/#\/transcripts/);
    await expect(names(page)).toHaveCount(6);
    await names(page).first().click();
    await expect(page.getByText("Repair the code so that the tests pass.").first()).toBeVisible();
  } finally {
    await page.close();
    await alone.stop();
  }
});

for (const theme of ["light", "dark"] as const) {
  test(`is accessible in the ${theme} theme, with and without hits`, async ({ page, scout }) => {
    await page.emulateMedia({ colorScheme: theme });
    await open(page, scout.url, "?where=score+IS+NOT+NULL");
    await expect(page.getByText(/^success /)).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("x");
    await page.getByRole("button", { name: "Score is not none", exact: true }).click();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await open(page, scout.url, "?q=tests");
    await expect(rows(page).locator("mark").first()).toBeVisible();
    await expect(page.getByRole("button", { name: /Leave the search/ })).toBeVisible();
    await expectAccessible(page);
  });
}
