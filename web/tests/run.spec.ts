import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./scout.ts";

/** A scan or a count takes a process of its own, which takes long on a busy machine. */
const STARTED = { timeout: 90_000 };

async function openRun(page: Page, url: string, search = ""): Promise<void> {
  await page.goto(`${url}/#/run${search}`);
  await expect(page.getByRole("checkbox", { name: /^slow/ })).toBeVisible(STARTED);
}

function commandIn(page: Page) {
  return page.getByRole("dialog").locator("code").first();
}

test.describe("run", () => {
  test.describe.configure({ timeout: 240_000 });

  test("makes a form of a scanner, and the command that does the same", async ({ page, scout }) => {
    await openRun(page, scout.url);
    await page.getByRole("checkbox", { name: /^slow/ }).check();
    await expect(page.getByText("How long it takes.")).toBeVisible();
    await page.getByLabel("seconds").fill("x");
    await expect(page.getByText("Write a number, with a point and no commas.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
    await page.getByLabel("seconds").fill("0.2");
    await page.getByRole("textbox", { name: "words" }).fill("test\nit's");
    await page.getByLabel("Filter").fill("message_count > 3");
    await page.getByLabel("Filter").press("Enter");
    await page.getByLabel("Sample size").fill("6");
    await page.getByLabel("Seed").fill("7");
    const command =
      `scout scan more.py@slow -S seconds=0.2 -S 'words=["test","it'"'"'s"]' ` +
      "-F 'message_count > 3' --limit 6 --shuffle 7";
    await page.getByRole("button", { name: "as command" }).click();
    await expect(commandIn(page)).toHaveText(command);
    await expect(page).toHaveURL(/limit=6/);
    await page.reload();
    await expect(page.getByRole("textbox", { name: "words" })).toHaveValue("test\nit's");
    await page.getByRole("button", { name: "as command" }).click();
    await expect(commandIn(page)).toHaveText(command);
  });

  test("counts before it runs, and puts refusals beside their fields", async ({ page, scout }) => {
    await openRun(page, scout.url, "?scanner=scanners.py%40edits_tests&where=nope+%3D+1");
    await page.getByRole("button", { name: "Dry run" }).click();
    await expect(page.getByText("Unknown column: 'nope'.")).toBeVisible(STARTED);
    await expect(page.getByLabel("Filter")).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Remove the condition nope = 1" }).click();
    await expect(page.getByText("Unknown column: 'nope'.")).toBeHidden();
    await page.getByLabel("Sample size").fill("3");
    await page.getByRole("button", { name: "Dry run" }).click();
    const counted = page.getByRole("region", { name: "What would be scanned" });
    await expect(counted.getByText("3 transcripts")).toBeVisible(STARTED);
    await expect(counted.getByText("not known yet")).toBeVisible();
    await page.reload();
    await expect(counted.getByText("3 transcripts")).toBeVisible(STARTED);
  });

  test("tries five transcripts, each result with what it rests on", async ({ page, scout }) => {
    await openRun(page, scout.url, "?scanner=scanners.py%40edits_tests&where=task_set+%3D+%27fix-the-bug%27");
    await page.getByRole("button", { name: "Try five" }).click();
    const tried = page.getByRole("region", { name: "Tried on five transcripts" });
    await expect(tried.getByRole("status").first()).toContainText("complete, 5 of 5", STARTED);
    await expect(tried.getByRole("listitem")).toHaveCount(5);
    const positive = tried.getByRole("button", { name: /^yes/ }).first();
    if ((await positive.getAttribute("aria-expanded")) !== "true") await positive.click();
    await expect(tried.getByRole("article").first()).toContainText(/M\d+ · assistant/);
    await page.reload();
    await expect(tried.getByRole("listitem")).toHaveCount(5);
    await expectAccessible(page);
  });
});

test.describe("a run", () => {
  test.describe.configure({ timeout: 240_000 });

  test("goes on, and is watched to its end while one reads", async ({ page, scout }) => {
    await openRun(page, scout.url);
    await page.getByRole("checkbox", { name: /^slow/ }).check();
    await page.getByLabel("seconds").fill("2");
    await page.getByLabel("Filter").fill("task_set = 'fix-the-bug'");
    await page.getByLabel("Filter").press("Enter");
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
    await page.keyboard.press("Control+Enter");
    const started = page.getByRole("region", { name: "The scan that was started" });
    await expect(started.getByRole("status").first()).toContainText("of 6", STARTED);
    await page.goto(`${scout.url}/#/transcripts`);
    const running = page.getByRole("list", { name: "Running scans" });
    await expect(running.getByRole("progressbar")).toBeVisible();
    await expect(page.getByText("is complete: 6 of 6.")).toBeVisible(STARTED);
    await expect(running.getByRole("progressbar")).toBeHidden();
    await page.goBack();
    await expect(started.getByRole("status").first()).toContainText("complete, 6 of 6");
    await page.reload();
    await expect(started.getByRole("status").first()).toContainText("complete, 6 of 6");
  });

  test("is cancelled from the rail, and says what stays", async ({ page, scout }) => {
    await openRun(page, scout.url, "?scanner=more.py%40slow&arg=more.py%40slow%3Aseconds%3D60");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("button", { name: "Cancel agent review …" }).click(STARTED);
    const asked = page.getByRole("dialog", { name: "Cancel agent review?" });
    await expect(asked.getByText(/scout scan resume \w+/)).toBeVisible();
    await asked.getByRole("button", { name: "Cancel the scan" }).click();
    const started = page.getByRole("region", { name: "The scan that was started" });
    await expect(started.getByRole("status").first()).toContainText("interrupted", STARTED);
  });

  test("needs no mouse", async ({ page, scout }) => {
    await openRun(page, scout.url);
    await page.getByLabel("Find a scanner or job").focus();
    await page.keyboard.type("slow");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await expect(page.getByLabel("seconds")).toBeVisible();
    await page.keyboard.press("d");
    const counted = page.getByRole("region", { name: "What would be scanned" });
    await expect(counted.getByText(/^\d+ transcripts$/)).toBeVisible(STARTED);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`is accessible with all that it shows (${colorScheme})`, async ({ page, scout }) => {
      await page.emulateMedia({ colorScheme });
      await openRun(page, scout.url, "?scanner=more.py%40slow&set=model%3Dx&where=a+%3D+1&limit=-1");
      await page.getByText("Generation").click();
      await expectAccessible(page);
    });
  }
});
