import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Served, test } from "./scout.ts";

async function openScan(page: Page, scout: Served, name: string): Promise<void> {
  await page.goto(`${scout.url}/#/scans?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name }).first().click();
  await expect(page.getByRole("grid", { name: "Results" })).toBeVisible();
}

const evidence = (page: Page) => page.getByRole("region", { name: "Evidence" });

test("leads from a verdict to its evidence and back by keys alone", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?q=strict`);
  await expect(page.getByRole("link", { name: "strict judge" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Results" })).toBeVisible();
  for (let row = 0; row < 3; row += 1) await page.keyboard.press("ArrowDown");
  await expect(evidence(page)).toContainText("It reads what only the grader should");
  await expect(evidence(page)).toContainText("M3 · assistant");
  await page.reload();
  await expect(evidence(page)).toContainText("It reads what only the grader should");
  await page.keyboard.press("Space");
  await expect(evidence(page)).toHaveCount(0);
  await page.keyboard.press("Space");
  await expect(evidence(page)).toContainText("M3 · assistant");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/transcripts\/\w+\?.*message=3/);
  await expect(page.getByText("Let me see everything that is here.").first()).toBeVisible();
  await page.reload();
  await expect(page.getByText("Let me see everything that is here.").first()).toBeVisible();
  await page.keyboard.press("Backspace");
  await expect(evidence(page)).toContainText("M3 · assistant");
  await page.keyboard.press("ArrowDown");
  await expect(evidence(page).getByRole("heading")).toContainText("pump");
});

test("narrows by SQL, says what is wrong with it, and shows it as chips", async ({ page, scout }) => {
  await openScan(page, scout, "strict judge");
  await page.keyboard.press("/");
  await page.keyboard.type("valu = true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("Did you mean 'value'?");
  await page.getByLabel("Condition in SQL").fill("value = true AND task_set = 'find-the-answer'");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid", { name: "Results" })).toHaveAttribute("aria-rowcount", "3");
  await page.getByRole("button", { name: "Without value = true" }).click();
  await expect(page.getByLabel("Condition in SQL")).toHaveValue("task_set = 'find-the-answer'");
  await page.reload();
  await expect(page.getByRole("grid", { name: "Results" })).toHaveAttribute("aria-rowcount", "7");
});

test("counts what was found by a column, and shows only that", async ({ page, scout }) => {
  await openScan(page, scout, "strict judge");
  await page.getByRole("button", { name: "Group: none" }).click();
  await page.getByRole("button", { name: "task_set", exact: true }).click();
  const chart = page.getByRole("region", { name: "Distribution" });
  await expect(chart).toContainText("33 % (10 to 70) 2/6");
  await chart.getByRole("button", { name: /fix-the-bug/ }).click();
  await expect(page.getByRole("grid", { name: "Results" })).toHaveAttribute("aria-rowcount", "7");
  await page.reload();
  await expect(page.getByRole("button", { name: "Group: task_set" })).toBeVisible();
});

test("finds a text in all results", async ({ page, scout }) => {
  await openScan(page, scout, "strict judge");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("test_pages");
  await expect(page.getByText("1 cell")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(evidence(page).getByRole("heading")).toContainText("off-by-one");
  await page.reload();
  await expect(page.getByLabel("Find in all results")).toHaveValue("test_pages");
  await expect(evidence(page).getByRole("heading")).toContainText("off-by-one");
});

test("shows each result of a list as a row, and agreement with labels", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?scanner=tool_use`);
  await page.getByRole("link", { name: "agent review" }).click();
  const scanners = page.getByRole("navigation", { name: "Scanners" });
  await expect(scanners).toContainText("agrees 100 % (61 to 100) with 6 labels");
  await scanners.getByRole("button", { name: /tool_use/ }).click();
  await expect(page.getByRole("grid", { name: "Results" })).toHaveAttribute("aria-rowcount", "38");
  await page.reload();
  await expect(page.getByRole("gridcell", { name: "read_file" }).first()).toBeVisible();
});

test("labels a result by one key, and says how where there is no file", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?scanner=tool_use`);
  await page.getByRole("link", { name: "agent review" }).click();
  await page.getByText("reactor-override").click();
  await expect(evidence(page)).toContainText("no label in labels/cases.yaml");
  await page.keyboard.press("y");
  await expect(evidence(page)).toContainText("labelled no in labels/cases.yaml");
  await page.keyboard.press("n");
  await expect(evidence(page)).toContainText("labelled yes in labels/cases.yaml");
  await page.reload();
  await expect(evidence(page)).toContainText("labelled yes in labels/cases.yaml");
  expect(readFileSync(join(scout.folder, "labels/cases.yaml"), "utf8")).toContain("X4tQGpzpaNKJfhNwLuZu5k");
  await page
    .getByRole("navigation", { name: "Scanners" })
    .getByRole("button", { name: /refusals/ })
    .click();
  await page.getByText("reactor-override").click();
  await expect(evidence(page)).toContainText("No labels for refusals yet");
});

test("resumes a scan with errors, and shows it finish", async ({ page, scout }) => {
  // Scanners are read where a scan was made: one that is to be mended is made here.
  const HOME = scout.folder;
  const env = { ...process.env, PYTHONPATH: resolve(import.meta.dirname, "../../src"), HOME };
  const command = resolve(import.meta.dirname, "../../.venv/bin/scout");
  const made = ["scan", "more.py@environment", "-F", "task_set = 'fix-the-bug'", "--display", "none"];
  spawnSync(command, made, { cwd: scout.folder, env });
  await page.goto(`${scout.url}/#/scans?state=errors`);
  await page.getByRole("link", { name: "agent review" }).first().click();
  const errors = page.getByRole("region", { name: "Errors" });
  await expect(errors).toContainText("KeyError: 'exit_code'");
  await expect(errors).toContainText(/×\d/);
  await errors.getByRole("button", { name: "Traceback" }).click();
  await expect(errors).toContainText("raise KeyError");
  const file = join(scout.folder, "more.py");
  writeFileSync(file, readFileSync(file, "utf8").replace("% 3 == 0", "% 3 == 7"));
  await page.getByRole("button", { name: "Resume" }).first().click();
  await expect(page.getByText("complete", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(errors).toHaveCount(0);
  await expect(page.getByRole("gridcell", { name: "error" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("complete", { exact: true })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`is accessible when it is ${colorScheme}`, async ({ page, scout }) => {
    await page.emulateMedia({ colorScheme });
    await openScan(page, scout, "strict judge");
    await page.getByText("seats").click();
    await expect(evidence(page)).toContainText("M3 · assistant");
    await expectAccessible(page);
  });
}
