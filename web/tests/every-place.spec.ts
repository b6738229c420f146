/** What holds on every place, whatever it shows: for those who cannot see well, have no mouse, little room, or go back. */

import type { Page } from "@playwright/test";
import { ADDRESSES, heldBy, isBuilt, open, settle } from "./addresses.ts";
import { expect, expectAccessible, test } from "./scout.ts";

const THEMES = ["light", "dark"] as const;
const MOST_STOPS = 120;
const NARROW = { width: 1024, height: 768 };
/** A window of 1440 by 900 at 200 %. */
const ZOOMED = { width: 720, height: 450 };

interface Stop {
  /** What has the focus, for people. */
  name: string;
  isRinged: boolean;
  isSeen: boolean;
}

/** Where the focus is, and whether one sees that; null when it is on none of the page's elements. */
function stop(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return null;
    const isOutlined = (each: Element | null) => {
      if (each === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    };
    const active = document.getElementById(focused.getAttribute("aria-activedescendant") ?? "");
    const box = focused.getBoundingClientRect();
    const words = focused.getAttribute("aria-label") ?? focused.textContent ?? "";
    return {
      name: `${focused.tagName.toLowerCase()} ${words.slice(0, 60)}`,
      isRinged: [focused, focused.parentElement, active].some(isOutlined),
      isSeen: box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    };
  });
}

/** What a pointer can press and keys cannot reach. */
function unreachable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const natural = "a[href], button, input, select, textarea, summary, label, [tabindex], [contenteditable=true]";
    // Inside of these one moves by arrows.
    const walked =
      "[role=grid], [role=tree], [role=listbox], [role=menu], [role=tablist], [role=radiogroup], [popover]";
    return [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((each) => each.checkVisibility() && getComputedStyle(each).cursor === "pointer")
      .filter((each) => each.parentElement === null || getComputedStyle(each.parentElement).cursor !== "pointer")
      .filter((each) => {
        const pressed = each.closest<HTMLElement>(natural);
        return (
          (pressed === null || pressed.tabIndex < 0) &&
          each.closest(walked) === null &&
          !each.matches(":disabled, label")
        );
      })
      .map((each) => each.outerHTML.slice(0, 160));
  });
}

/** Controls that the window cuts off, and that no scrolling brings. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (each: Element) =>
      /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth;
    const isCut = (each: Element) => {
      const box = each.getBoundingClientRect();
      let [left, right] = [0, innerWidth];
      for (let around = each.parentElement; around !== null; around = around.parentElement) {
        if (scrolls(around)) return false;
        if (getComputedStyle(around).overflowX === "visible") continue;
        const hole = around.getBoundingClientRect();
        [left, right] = [Math.max(left, hole.left), Math.min(right, hole.right)];
      }
      return Math.min(box.right, right) - Math.max(box.left, left) < Math.min(box.width / 2, 24);
    };
    return [...document.querySelectorAll<HTMLElement>("button, a[href], input, select, textarea, [role=tab]")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().width > 1)
      .filter((each) => each.closest("[popover]:not(:popover-open)") === null && isCut(each))
      .map(
        (each) =>
          `${each.tagName.toLowerCase()} ${(each.getAttribute("aria-label") ?? each.textContent ?? "").slice(0, 60)}`,
      );
  });
}

async function expectNoScrolling(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  expect(await cutOff(page)).toEqual([]);
}

const STEADY_MS = 500;
const STEADY_LOOKS = 20;

/** What is on the screen once all of it has come, but for what time changes. */
async function shown(page: Page): Promise<{ address: string; title: string; text: string }> {
  let last = "";
  for (let look = 0; look < STEADY_LOOKS; look++) {
    await settle(page);
    const text = (await page.getByRole("main").textContent()) ?? "";
    if (text === last) break;
    last = text;
    await page.waitForTimeout(STEADY_MS);
  }
  const words = last.replace(/\b(just now|a moment ago|\d+ \w+? ago|in \d+ \w+\b)/g, "some time ago");
  return { address: new URL(page.url()).hash, title: await page.title(), text: words };
}

for (const [name, addressIn] of Object.entries(ADDRESSES)) {
  test.describe(name, () => {
    test.skip(!isBuilt(name), "There is no such place yet.");

    let address = "";
    test.beforeEach(async ({ scout }) => {
      const found = addressIn(await heldBy(scout.url));
      test.skip(found === undefined, "The project has none.");
      address = found ?? "";
    });

    for (const theme of THEMES) {
      test(`axe finds nothing in the ${theme} theme`, async ({ page, scout }) => {
        await page.emulateMedia({ colorScheme: theme });
        await open(page, scout.url, address);
        await expectAccessible(page);
      });
    }

    test("keys reach everything, and one sees where the focus is", async ({ page, scout }) => {
      await open(page, scout.url, address);
      expect(await unreachable(page)).toEqual([]);
      const hidden: string[] = [];
      const seen = new Set<string>();
      for (let count = 0; count < MOST_STOPS; count++) {
        await page.keyboard.press("Tab");
        const at = await stop(page);
        if (at === null && seen.size > 0) break;
        if (at === null) continue;
        seen.add(at.name);
        if (!at.isRinged) hidden.push(`no ring: ${at.name}`);
        if (!at.isSeen) hidden.push(`out of sight: ${at.name}`);
      }
      expect([...new Set(hidden)]).toEqual([]);
      expect(seen.size).toBeGreaterThan(3);
    });

    test("the help lists its keys, and gives the focus back", async ({ page, scout }) => {
      await open(page, scout.url, address);
      // In a field it is a letter.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press("?");
      const help = page.getByRole("dialog", { name: "Keys" });
      await expect(help).toBeVisible();
      expect(await help.getByRole("term").count()).toBeGreaterThan(2);
      await page.keyboard.press("Escape");
      await expect(help).toBeHidden();
    });

    test("nothing moves where the system says so", async ({ page, scout }) => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      await open(page, scout.url, address);
      const moving = await page.evaluate(() => {
        const most = (times: string) =>
          Math.max(...times.split(",").map((each) => Number.parseFloat(each) * (each.includes("ms") ? 1 : 1000)));
        return [...document.querySelectorAll("*")]
          .filter((each) => {
            const style = getComputedStyle(each);
            return (
              (style.animationName !== "none" && most(style.animationDuration) > 1) ||
              most(style.transitionDuration) > 1
            );
          })
          .map((each) => each.outerHTML.slice(0, 120));
      });
      expect(moving).toEqual([]);
    });

    test("a narrow window and twice the size lose nothing", async ({ page, scout }) => {
      for (const size of [NARROW, ZOOMED]) {
        await page.setViewportSize(size);
        await open(page, scout.url, address);
        await expectNoScrolling(page);
      }
    });

    test("reload, back and forward land where one was", async ({ page, scout }) => {
      await open(page, scout.url, address);
      const before = await shown(page);
      await page.reload();
      expect(await shown(page)).toEqual(before);
      await page.evaluate(() => location.assign("#/nowhere"));
      await expect(page).toHaveTitle(/Not found/);
      await page.goBack();
      expect(await shown(page)).toEqual(before);
      await page.goForward();
      expect((await shown(page)).address).toContain("nowhere");
    });
  });
}
