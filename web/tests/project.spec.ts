import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, type Served, test } from "./scout.ts";

/** Where values come from is found out by a process of its own. */
const EXPLAINED = { timeout: 90_000 };

async function openProject(page: Page, { url }: Served): Promise<void> {
  await page.goto(`${url}/#/project`);
  await expect(yamlIn(page)).toBeVisible(EXPLAINED);
}

function yamlIn(page: Page) {
  return page.getByLabel("YAML of the project");
}

function fileOf({ folder }: Served): string {
  return join(folder, "scout.yaml");
}

test.describe.configure({ timeout: 240_000 });

let before = "";
test.beforeEach(({ scout }) => {
  before = readFileSync(fileOf(scout), "utf8");
});
test.afterEach(({ scout }) => {
  writeFileSync(fileOf(scout), before);
});

test.describe("project", () => {
  test("changes a value, keeps comments, and says where values come from", async ({ page, scout }) => {
    await openProject(page, scout);
    await expect(page.getByRole("button", { name: "scout.yaml:5: show Tags in the YAML" })).toBeVisible();
    await page.getByLabel("Limit", { exact: true }).fill("12");
    await expect(yamlIn(page)).toHaveValue(`${before}limit: 12\n`);
    await expect(page.getByText("edited", { exact: true })).toBeVisible();
    await page.reload();
    await expect(yamlIn(page)).toHaveValue(`${before}limit: 12\n`);
    await page.keyboard.press("Control+s");
    await expect(page.getByText("The project is saved.")).toBeVisible();
    expect(readFileSync(fileOf(scout), "utf8")).toBe(`${before}limit: 12\n`);
    await page.reload();
    await page.getByLabel("Find an option").fill("limit");
    const origin = page.getByRole("button", { name: "scout.yaml:8: show Limit in the YAML" });
    await expect(origin).toBeVisible();
    await origin.click();
    await expect(yamlIn(page)).toBeFocused();
    await page.getByLabel("Find an option").fill("record input");
    await expect(page.getByText("default", { exact: true })).toBeVisible(EXPLAINED);
    await page.reload();
    await expect(page.getByLabel("Find an option")).toHaveValue("record input");
  });

  test("shows mistakes at their lines, and writes none", async ({ page, scout }) => {
    await openProject(page, scout);
    await yamlIn(page).fill("name: p\nlimit: -1\nlimt: 3\n");
    const mistakes = page.getByRole("alert", { name: "Mistakes" });
    await expect(mistakes.getByRole("button")).toHaveText([/^line 2 limit: /, /^line 3 limt: .*'limit'\?$/]);
    await expect(page.getByLabel("Limit", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await page.keyboard.press("Control+s");
    await expect(page.getByText("Not saved. The file has 2 mistakes")).toBeVisible();
    await yamlIn(page).fill("name: p\ntags: [a\n");
    await expect(mistakes).toContainText("This is not YAML");
    await expect(page.getByLabel("Limit", { exact: true })).toBeDisabled();
    await page.getByRole("button", { name: "Drop changes" }).click();
    await expect(yamlIn(page)).toHaveValue(before);
    expect(readFileSync(fileOf(scout), "utf8")).toBe(before);
  });
});

test.describe("edits of the project", () => {
  test("are asked about when one leaves", async ({ page, scout }) => {
    await openProject(page, scout);
    await page.getByLabel("Limit", { exact: true }).fill("3");
    await expect(page.getByText("edited", { exact: true })).toBeVisible();
    const rail = page.getByRole("navigation", { name: "Places" });
    await rail.getByRole("link", { name: "Run" }).click();
    await page.getByRole("button", { name: "Stay" }).click();
    await expect(page).toHaveURL(/#\/project/);
    await expect(yamlIn(page)).toHaveValue(/limit: 3/);
    await rail.getByRole("link", { name: "Run" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Drop the changes" }).click();
    await expect(page).toHaveURL(/#\/run/);
    await rail.getByRole("link", { name: "Project" }).click();
    await expect(yamlIn(page)).toHaveValue(before);
  });

  test("lets its writer choose when somebody else was faster", async ({ page, scout }) => {
    await openProject(page, scout);
    await page.getByLabel("Limit", { exact: true }).fill("4");
    await expect(page.getByText("edited", { exact: true })).toBeVisible();
    writeFileSync(fileOf(scout), "name: theirs\n");
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: "The file was changed by somebody else" });
    await expect(dialog.getByLabel("My text")).toHaveValue(/limit: 4/);
    await expect(dialog.getByLabel("Their text")).toHaveValue("name: theirs\n");
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await page.keyboard.press("Control+s");
    await dialog.getByRole("button", { name: "Take theirs" }).click();
    await expect(yamlIn(page)).toHaveValue("name: theirs\n");
    await page.getByLabel("Limit", { exact: true }).fill("5");
    await expect(yamlIn(page)).toHaveValue("name: theirs\nlimit: 5\n");
    writeFileSync(fileOf(scout), "name: again\n");
    await page.keyboard.press("Control+s");
    await dialog.getByRole("button", { name: "Write mine over it" }).click();
    await expect(page.getByText("The project is saved.")).toBeVisible();
    expect(readFileSync(fileOf(scout), "utf8")).toBe("name: theirs\nlimit: 5\n");
  });

  test("begins where there is none yet", async ({ page, scout }) => {
    renameSync(fileOf(scout), `${fileOf(scout)}.away`);
    await page.goto(`${scout.url}/#/project`);
    await expect(page.getByText("There is no project here yet")).toBeVisible(EXPLAINED);
    await expect(page.getByText("scout init")).toBeVisible();
    await expect(page.getByText("is there already, and stays as it is")).toBeVisible();
    await page.getByRole("button", { name: "Begin with this scout.yaml" }).click();
    await page.keyboard.press("Control+s");
    await expect(page.getByText("The project is saved.")).toBeVisible();
    expect(readFileSync(fileOf(scout), "utf8")).toContain("transcripts: ./logs");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`is accessible with edits and mistakes (${colorScheme})`, async ({ page, scout }) => {
      await page.emulateMedia({ colorScheme });
      await openProject(page, scout);
      await yamlIn(page).fill("limit: -1\n");
      await expect(page.getByRole("alert", { name: "Mistakes" })).toBeVisible();
      await expectAccessible(page);
    });
  }
});
