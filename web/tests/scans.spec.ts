import { expect, test } from "./scout.ts";

test("lists the scans of the project", async ({ page, scout }) => {
  await page.goto(scout.url);
  await expect(page.getByText("strict judge")).toBeVisible();
});
