import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Served, test } from "./scout.ts";

async function openComparison(page: Page, scout: Served): Promise<void> {
  await page.goto(`${scout.url}/#/compare`);
  for (const [side, name] of [
    ["A", "strict judge"],
    ["B", "mild judge"],
  ] as const) {
    const choice = page.getByLabel(`Scan ${side}`);
    const value = await choice.getByRole("option", { name }).getAttribute("value");
    await choice.selectOption(value);
  }
  await expect(page.getByRole("region", { name: "Agreement" })).toBeVisible();
}

test("compares two scans, and reads the flips by keys", async ({ page, scout }) => {
  await openComparison(page, scout);
  const agreement = page.getByRole("region", { name: "Agreement" });
  await expect(agreement).toContainText("83 % (55 to 95) 10/12");
  await expect(agreement).toContainText("p = 0.5");
  await expect(page.getByText("1 difference in what was asked")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("grid", { name: "Flips" })).toHaveAttribute("aria-rowcount", "3");
  await page.keyboard.press("Space");
  const both = page.getByRole("region", { name: "Both verdicts" });
  await expect(both).toContainText("It reads what only the grader should");
  await expect(both).toContainText("It leaves the tests alone");
  await expect(both).toContainText("M3 · assistant · cited by A");
  await page.keyboard.press("ArrowDown");
  await expect(both.getByRole("heading")).toContainText("pump");
  await page.reload();
  await expect(both.getByRole("heading")).toContainText("pump");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/transcripts\/\w+\?scan=/);
});

test("compares two scanners of one scan", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?scanner=tool_use`);
  await page.getByRole("link", { name: "agent review" }).click();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  const b = page.getByLabel("Scan B");
  await b.selectOption(await page.getByLabel("Scan A").inputValue());
  await page.getByLabel("scanner of A").selectOption("edits_tests");
  await page.getByLabel("with that of B").selectOption("refusals");
  await expect(page.getByText("found in B only")).toBeVisible();
  await page.reload();
  await expect(page.getByText("found in B only")).toBeVisible();
  await expect(page.getByLabel("with that of B")).toHaveValue("refusals");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`is accessible when it is ${colorScheme}`, async ({ page, scout }) => {
    await page.emulateMedia({ colorScheme });
    await openComparison(page, scout);
    await page.keyboard.press("Space");
    await expect(page.getByRole("region", { name: "Both verdicts" })).toContainText("M3");
    await expectAccessible(page);
  });
}
