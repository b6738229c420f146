import { expect, expectAccessible, test } from "./scout.ts";

test("lists the scans, the newest first, and narrows them in the address", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans`);
  const rows = page.getByRole("row");
  await expect(rows.nth(1)).toContainText("mild judge");
  await expect(rows.nth(2)).toContainText("strict judge");
  await expect(page.getByText("has errors")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("strict");
  await expect(page.getByText("mild judge")).toHaveCount(0);
  await expect(page).toHaveURL(/q=strict/);
  await page.reload();
  await expect(page.getByRole("link", { name: "strict judge" })).toBeVisible();
  await expect(page.getByText("mild judge")).toHaveCount(0);
});

test("filters by state, groups by tag, and sorts; a reload keeps all three", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans`);
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("menuitemradio", { name: "state: complete" }).click();
  await page.getByRole("button", { name: "Group: none" }).click();
  await page.getByRole("menuitemradio", { name: "Tag" }).click();
  await page.getByRole("button", { name: "Scan", exact: true }).click();
  await expect(page.getByText("first look 1")).toBeVisible();
  await expect(page.getByText("has errors")).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("first look 1")).toBeVisible();
  await expect(page.getByRole("button", { name: "Without state complete" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: /^Scan Width/ })).toHaveAttribute("aria-sort", "ascending");
});

test("says what will be lost before it deletes a scan", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?q=mild`);
  await page.getByRole("button", { name: "What can be done with mild judge" }).click();
  await page.getByRole("menuitem", { name: "Delete …" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete mild judge?" });
  await expect(dialog).toContainText("12 recorded calls of tampering on 12 transcripts");
  await expect(dialog).toContainText(/\d files, .* begun/);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("link", { name: "mild judge" })).toBeVisible();
});

test("compares two scans that are selected by keys", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?q=judge`);
  await expect(page.getByRole("link", { name: "mild judge" })).toBeVisible();
  await page.keyboard.press("x");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await expect(page.getByText("2 selected")).toBeVisible();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  // The older one is A.
  await expect(page.getByLabel("Scan A")).toContainText("strict judge");
  await expect(page.getByText("yes → no").first()).toBeVisible();
});

test("says what to type where there is no scan", async ({ page, scout }) => {
  await page.goto(`${scout.url}/#/scans?q=nothing-is-called-so`);
  await expect(page.getByText("No scan is like that")).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`is accessible when it is ${colorScheme}`, async ({ page, scout }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${scout.url}/#/scans`);
    await expect(page.getByText("strict judge")).toBeVisible();
    await expectAccessible(page);
  });
}
