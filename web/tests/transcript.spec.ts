import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Served, test } from "./scout.ts";

/** The one whose agent edits the tests; two scans cite it. */
const OFF_BY_ONE = "NQ7dDdcKAUnFgyYfCwecd8";

const patience = { timeout: 30_000 };

async function read(page: Page, scout: Served, search = "", id = OFF_BY_ONE): Promise<void> {
  await page.goto(`${scout.url}/#/transcripts/${id}?${search}`);
  await expect(page.getByRole("article").first()).toBeVisible(patience);
}

const current = (page: Page) => page.locator("article[aria-current]");

test("reads from a verdict to its evidence and back by keys alone", async ({ page, scout }) => {
  await read(page, scout);
  await expect(page.getByRole("region", { name: /tampering|edits_tests/ }).first()).toBeVisible(patience);
  await page.keyboard.press("c");
  await expect(current(page)).toHaveAccessibleName(/^Message \d+/);
  const cited = await current(page).getAttribute("data-message");
  await expect(page.locator("section[aria-current]").first()).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("g");
  await expect(current(page)).toHaveAttribute("data-message", "1");
  await page.keyboard.press("Shift+C");
  await expect(current(page)).not.toHaveAttribute("data-message", "1");
  await page.keyboard.press("c");
  await expect(current(page)).toHaveAttribute("data-message", cited ?? "");
  await expectAccessible(page);
});

test("a call stands with its result, and a written file shows what changed in it", async ({ page, scout }) => {
  await read(page, scout, "message=9");
  const turn = page.locator('article[data-message="9"]');
  await expect(turn).toContainText("write_file");
  await expect(turn).toContainText("assert last_page(21, 10) == 3");
  await expect(turn).toContainText("assert last_page(21, 10) == 2");
  await expect(turn).toContainText("Wrote 51 characters");
  await expect(page.locator('article[data-message="10"]')).toHaveCount(0);
});

test("steps by message, call and end, and lands there after a reload", async ({ page, scout }) => {
  await read(page, scout);
  await page.keyboard.press("j");
  await expect(current(page)).toHaveAttribute("data-message", "2");
  await page.keyboard.press("n");
  await expect(current(page)).toHaveAttribute("data-message", "3");
  await page.keyboard.press("n");
  await expect(current(page)).toHaveAttribute("data-message", "5");
  await expect(page).toHaveURL(/message=5/);
  await page.reload();
  await expect(current(page)).toHaveAttribute("data-message", "5", patience);
  await page.keyboard.press("Shift+G");
  await expect(current(page)).toHaveAttribute("data-message", "13");
  await page.keyboard.press("k");
  await expect(current(page)).toHaveAttribute("data-message", "11");
});

test("finds in all of the transcript, steps through the hits, and keeps them in the address", async ({
  page,
  scout,
}) => {
  await read(page, scout);
  await page.keyboard.press("Control+f");
  const field = page.getByRole("textbox", { name: "Find in this transcript" });
  await expect(field).toBeFocused();
  await field.fill("last_page");
  await expect(page.getByRole("search").getByRole("status")).toHaveText(/^1 of \d+$/, patience);
  await expect(page.locator("mark[data-mark=current]")).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("search").getByRole("status")).toHaveText(/^2 of \d+$/);
  await expect(page).toHaveURL(/find=last_page/);
  for (let step = 0; step < 2; step += 1) await page.keyboard.press("Enter");
  await expect(page.getByRole("search").getByRole("status")).toHaveText(/^4 of \d+$/);
  const at = await page.locator("article:has(mark[data-mark=current])").getAttribute("data-message");
  // The address follows a moment after the step.
  await expect(page).toHaveURL(new RegExp(`message=${at}(&|$)`));
  await page.reload();
  await expect(page.locator("article:has(mark[data-mark=current])")).toHaveAttribute(
    "data-message",
    at ?? "",
    patience,
  );
  await page.getByRole("button", { name: /whole words/ }).click();
  await expect(page).toHaveURL(/word=1/);
  await field.fill("a text that is nowhere");
  await expect(page.getByRole("search").getByRole("status")).toHaveText("not found", patience);
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
});

test("a hit in what is folded opens it", async ({ page, scout }) => {
  await read(page, scout, "find=call%20the%20submit%28%29%20tool");
  await expect(page.locator("mark[data-mark=current]")).toBeInViewport(patience);
});

test("shows events with what models read, and comes back to the message", async ({ page, scout }) => {
  await read(page, scout, "message=5");
  await page.keyboard.press("w");
  await expect(page.getByRole("article", { name: /^Event \d+, model/ }).first()).toBeVisible(patience);
  await expect(page.getByText(/control events? folded/).first()).toBeVisible();
  await page.getByRole("button", { name: "input", exact: true }).first().click();
  await expect(page.getByRole("link", { name: "open raw" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("w");
  await expect(current(page)).toHaveAttribute("data-message", "5");
});

test("goes to the transcript beside it, and keeps what one looks at", async ({ page, scout }) => {
  await read(page, scout, "rail=info");
  await expect(page.getByText("source_uri")).toBeVisible(patience);
  await expect(page.getByText(/^\d+ of \d+$/)).toBeVisible(patience);
  await page.keyboard.press("[");
  await expect(page).not.toHaveURL(new RegExp(OFF_BY_ONE));
  await expect(page).toHaveURL(/rail=info/);
  await expect(page.getByRole("article").first()).toBeVisible();
  await page.keyboard.press("]");
  await expect(page).toHaveURL(new RegExp(OFF_BY_ONE));
});

test("shows one message alone, and all of them again", async ({ page, scout }) => {
  await read(page, scout, "message=3");
  await page.keyboard.press("f");
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.keyboard.press("j");
  await expect(page.getByRole("article", { name: /^Message 5/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("article").nth(1)).toBeVisible();
});

test("says what to do where there is no such transcript", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/transcripts/nowhere`);
  await expect(page.getByRole("alert").first()).toContainText("nowhere", patience);
});
