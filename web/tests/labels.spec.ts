import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./scout.ts";

// The first agreement waits until the server has loaded what reads results.
test.use({ actionTimeout: 30_000 });
const patience = { timeout: 30_000 };

const SET = "labels/cases.yaml";

/** A path of the project as addresses name it. */
function fileKey(name: string): string {
  return Buffer.from(name).toString("base64url");
}

async function openSet(page: Page, url: string, name: string, search = ""): Promise<void> {
  await page.goto(`${url}/#/labels/${fileKey(name)}${search}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** Make a set and begin its queue with ten results of a scanner. */
async function beginQueue(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/#/labels`);
  await page.getByRole("button", { name: "New set" }).click();
  await page.getByRole("textbox", { name: "File" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "What comes to be labelled" })).toBeVisible();
  const scan = page.getByRole("combobox", { name: "Scan", exact: true });
  await expect(scan.getByRole("option").first()).toBeAttached();
  for (const option of await scan.getByRole("option").all()) {
    await scan.selectOption((await option.getAttribute("value")) ?? "");
    if (
      (await page.getByRole("combobox", { name: "Scanner" }).getByRole("option", { name: "edits_tests" }).count()) > 0
    )
      break;
  }
  await page.getByRole("combobox", { name: "Scanner" }).selectOption("edits_tests");
  await page.getByRole("spinbutton", { name: "Results" }).fill("10");
  await page.getByRole("button", { name: "Begin to label" }).click();
  await expect(page.getByText("Case 1 of 10 · 0 labels")).toBeVisible(patience);
}

test("lists the sets with their labels, and how far their scanner agrees", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/labels`);
  const row = page.getByRole("row", { name: /labels\/cases\.yaml/ });
  await expect(row).toContainText("false 5 · true 1");
  await expect(row).toContainText(/edits_tests 100 % \(61 to 100\)/, patience);
  await row.getByRole("link").first().click();
  await expect(page.getByRole("row", { name: /off-by-one/ })).toContainText("true");
  await page.reload();
  await expect(page.getByRole("row", { name: /off-by-one/ })).toContainText("true");
});

test("labels ten cases blind, by keys alone, and shows the agreement afterwards", async ({ page, scout }) => {
  const name = "labels/blind.csv";
  await beginQueue(page, scout.url, name);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  for (let done = 0; done < 10; done += 1) {
    await expect(page.getByText(`Case ${done + 1} of 10`)).toBeVisible();
    await expect(page.getByRole("article").first()).toBeVisible();
    await expect(page.getByText("Blind: what edits_tests says")).toBeVisible();
    if (done % 3 === 0) {
      // A reload lands at the same case, with all that was said before.
      await page.reload();
      await expect(page.getByText(`Case ${done + 1} of 10 · ${done} label`)).toBeVisible();
    }
    await page.keyboard.press(done % 2 === 0 ? "n" : "y");
  }
  await expect(page.getByRole("heading", { name: "10 cases labelled" })).toBeVisible();
  // No verdict was asked for before its label.
  expect(asked.filter((url) => url.includes("/evidence"))).toEqual([]);
  await expect(page.getByText(/of 10 verdicts as labelled/)).toBeVisible();
  const lines = readFileSync(join(scout.folder, name), "utf-8").trim().split("\n");
  expect(lines).toHaveLength(11);
  await page.reload();
  await expect(page.getByRole("heading", { name: "10 cases labelled" })).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText(/\d disagreement/)).toBeVisible();
  await expect(page.getByRole("region", { name: "edits_tests against the labels" })).toContainText("Cohen's κ");
  await page.reload();
  await page.getByRole("button", { name: "Verdict" }).first().click();
  await expect(page.getByRole("region", { name: "edits_tests", exact: true })).toBeVisible();
});

test("skips, comments, undoes, and lifts the blind by a deliberate key", async ({ page, scout }) => {
  const name = "labels/undone.csv";
  await beginQueue(page, scout.url, name);
  const path = join(scout.folder, name);
  await page.keyboard.press("s");
  await expect(page.getByText("Case 2 of 10 · 0 labels")).toBeVisible();
  await page.keyboard.press("v");
  await expect(page.getByRole("region", { name: "edits_tests", exact: true })).toBeVisible();
  await page.keyboard.press("c");
  await page.keyboard.type("It is not clear.");
  await page.keyboard.press("Enter");
  await page.keyboard.press("y");
  await expect(page.getByText("Case 3 of 10 · 1 label")).toBeVisible();
  await expect.poll(() => readFileSync(path, "utf-8")).toContain("It is not clear.");
  await page.keyboard.press("u");
  await expect(page.getByText("Case 2 of 10 · 0 labels")).toBeVisible();
  await expect.poll(() => readFileSync(path, "utf-8")).not.toContain("It is not clear.");
  await page.keyboard.press("e");
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  await expect.poll(() => readFileSync(path, "utf-8")).toContain(",7");
});

test("a second rater does not see the first's labels, and both are compared", async ({ page, scout }) => {
  await openSet(page, scout.url, SET, "?tab=queue");
  await page.getByRole("radio", { name: /by a second rater/ }).check();
  await page.getByRole("textbox", { name: /second rater/ }).fill("anna");
  await page.getByRole("button", { name: "Begin to label" }).click();
  for (let done = 0; done < 6; done += 1) {
    await expect(page.getByText(`Case ${done + 1} of 6 · ${done} label`)).toBeVisible();
    await expect(page.getByRole("button", { name: /^(Yes|No)/, pressed: true })).toHaveCount(0);
    await page.keyboard.press(done === 0 ? "y" : "n");
  }
  await expect(page.getByRole("region", { name: "Agreement of the raters" })).toContainText(/of 6 cases that both/);
  await page.goto(`${scout.url}/#/labels`);
  await expect(page.getByRole("row", { name: /second rater anna/ })).toBeVisible();
});

test("keeps a label that could not be written because the file has changed", async ({ page, scout }) => {
  const name = "labels/conflict.csv";
  await beginQueue(page, scout.url, name);
  await page.keyboard.press("y");
  await expect(page.getByText("Case 2 of 10 · 1 label")).toBeVisible();
  const path = join(scout.folder, name);
  await expect.poll(() => readFileSync(path, "utf-8")).toContain("true");
  // What the page has read is older than the file, and nobody tells it.
  await page.route("**/api/v3/labels/*?limit*", () => undefined);
  writeFileSync(path, `${readFileSync(path, "utf-8")}somebody,false,,\n`);
  await page.keyboard.press("n");
  await expect(page.getByRole("alert")).toContainText("is not written yet");
  await page.unroute("**/api/v3/labels/*?limit*");
  await page.keyboard.press("w");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => readFileSync(path, "utf-8").match(/(true|false)/g)).toEqual(["true", "false", "false"]);
});

test("changes many cases at once, and one in its place", async ({ page, scout }) => {
  const name = "labels/bulk.csv";
  writeFileSync(join(scout.folder, name), "id,target\na,true\nb,false\nc,true\n");
  await openSet(page, scout.url, name);
  await expect(page.getByRole("button", { name: "Label: false. Change it" })).toBeVisible();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Split", exact: true }).click();
  await page.getByRole("menuitem", { name: "Another split" }).click();
  await page.getByRole("textbox", { name: "Split" }).fill("dev");
  await page.keyboard.press("Enter");
  const text = () => readFileSync(join(scout.folder, name), "utf-8");
  await expect.poll(text).toBe("id,target,split\na,true,dev\nb,false,dev\nc,true,\n");
  await page.getByRole("button", { name: "Label: false. Change it" }).click();
  await page.getByRole("textbox", { name: "Label" }).fill("yes");
  await page.keyboard.press("Enter");
  await expect.poll(text).toBe("id,target,split\na,true,dev\nb,true,dev\nc,true,\n");
  await page
    .getByRole("row", { name: /^Select the row c / })
    .getByRole("checkbox")
    .check();
  await page.keyboard.press("d");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect.poll(text).toBe("id,target,split\na,true,dev\nb,true,dev\n");
  await page
    .getByText(/^Deleted/)
    .locator("..")
    .getByRole("button", { name: "Undo" })
    .click();
  await expect.poll(text).toContain("c,true");
});

test("renames and deletes a set, after it has said what is lost", async ({ page, scout }) => {
  writeFileSync(join(scout.folder, "labels/old.csv"), "id,target\na,true\n");
  await page.goto(`${scout.url}/#/labels`);
  await page.getByRole("button", { name: "What can be done with labels/old.csv" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("renamed");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("button", { name: "What can be done with labels/renamed.csv" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toContainText("Lost: 1 label");
  await page.getByRole("button", { name: "Move to the trash" }).click();
  await expect(page.getByRole("row", { name: /renamed\.csv/ })).toHaveCount(0);
});

for (const theme of ["light", "dark"] as const) {
  test(`is accessible in the ${theme} theme`, async ({ page, scout }) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(`${scout.url}/#/labels`);
    await expect(page.getByRole("row", { name: /labels\/cases\.yaml/ })).toContainText("κ", patience);
    await expectAccessible(page);
    await openSet(page, scout.url, SET);
    await expect(page.getByRole("row", { name: /off-by-one/ })).toBeVisible();
    await expectAccessible(page);
    await openSet(page, scout.url, SET, "?tab=queue");
    await expect(page.getByRole("button", { name: "Begin to label" })).toBeEnabled();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Begin to label" }).click();
    await expect(page.getByRole("article").first()).toBeVisible();
    await expectAccessible(page);
    await openSet(page, scout.url, SET, "?tab=agreement&group=task");
    await expect(page.getByRole("region", { name: /against the labels/ })).toBeVisible();
    await expectAccessible(page);
  });
}
