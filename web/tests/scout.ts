/** A server for each worker, over a project of its own, so that tests may change what they look at. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

const ROOT = resolve(import.meta.dirname, "../..");
const START_SECONDS = 60;

export interface Served {
  url: string;
  /** Folder of the project. */
  folder: string;
}

export async function serve(folder: string, ...shown: string[]): Promise<Served & { stop(): Promise<void> }> {
  const port = await freePort();
  const scout = join(ROOT, ".venv/bin/scout");
  const environment = {
    ...process.env,
    PYTHONPATH: join(ROOT, "src"),
    HOME: folder,
    XDG_CACHE_HOME: join(folder, ".cache"),
  };
  const server = spawn(scout, ["view", ...shown, "--port", String(port), "--no-browser"], {
    cwd: folder,
    env: environment,
  });
  await listening(server);
  const stop = async () => {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill();
    await ended;
  };
  return { url: `http://127.0.0.1:${port}`, folder, stop };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let said = "";
    const late = setTimeout(() => fail(new Error(`scout view did not listen: ${said}`)), START_SECONDS * 1000);
    const hear = (text: Buffer) => {
      said += text;
      if (!said.includes("Running on")) return;
      clearTimeout(late);
      done();
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", (code) => fail(new Error(`scout view ended with ${code}: ${said}`)));
  });
}

/** A copy of the project that the variable names, which the caller removes. */
export function projectCopy(variable = "SCOUT_TEST_PROJECT"): string {
  const made = process.env[variable];
  if (made === undefined) throw new Error("Run these tests by `make test-page`.");
  const folder = mkdtempSync(join(tmpdir(), "scout-page-"));
  cpSync(made, folder, { recursive: true });
  return folder;
}

/** Fails when anything left the server: what a transcript names must never be loaded. */
export function refuseOthers(page: Page, url: string): string[] {
  const others: string[] = [];
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith("data:") && !asked.startsWith("blob:")) others.push(asked);
  });
  return others;
}

export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
}

export const test = base.extend<{ quiet: undefined }, { scout: Served }>({
  scout: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const folder = projectCopy();
      const server = await serve(folder);
      await use(server);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  // Each test fails when the page said an error, or asked somebody else.
  quiet: [
    async ({ page, scout }, use) => {
      const others = refuseOthers(page, scout.url);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await use(undefined);
      expect(errors).toEqual([]);
      expect(others).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
