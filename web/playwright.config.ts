import { defineConfig } from "@playwright/test";

/** `tests/run.sh` sets these. */
const chromium = process.env.SCOUT_CHROMIUM ?? "chromium";

const isTakingPictures = process.env.SCOUT_SHOTS !== undefined;

/** What these change would be seen by the others: servers are shared by the tests of a project of Playwright alone. */
const CHANGING = /\/(labels|project|run|scan)\.spec\.ts$/;

export default defineConfig({
  testDir: "tests",
  projects: [
    { name: "reading", testIgnore: CHANGING },
    { name: "changing", testMatch: CHANGING },
  ],
  outputDir: "test-results",
  // `make shots` takes pictures with what the tests are made of.
  ...(isTakingPictures ? { testMatch: "shots.ts", globalTeardown: "./tests/shots-index.ts" } : {}),
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["line"]],
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
      ],
    },
  },
});
