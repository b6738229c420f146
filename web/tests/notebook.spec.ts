/** `view(..., inline=True)` in a notebook: the page in a frame of a cell. */

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { freePort, projectCopy } from "./scout.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** A cell: what it displays is printed, and the kernel stays. */
const CELL = `
import asyncio, sys, IPython.display
from inspect_scout import view

IPython.display.display = lambda shown: print(shown._repr_html_(), flush=True)

async def cell():
    view(sys.argv[1], port=int(sys.argv[2]), inline=True)
    await asyncio.sleep(600)

asyncio.run(cell())
`;

function outputOf(kernel: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = "";
    kernel.stdout?.on("data", (text: Buffer) => {
      said += text;
      const frame = /<iframe[\s\S]*<\/iframe>/.exec(said);
      if (frame !== null) done(frame[0]);
    });
    kernel.stderr?.on("data", (text: Buffer) => {
      said += text;
    });
    kernel.once("exit", (code) => fail(new Error(`The kernel ended with ${code}: ${said}`)));
  });
}

test("the page is shown in a cell", async ({ page }) => {
  const project = projectCopy();
  const port = await freePort();
  const kernel = spawn(join(ROOT, ".venv/bin/python"), ["-c", CELL, project, String(port)], {
    env: { ...process.env, PYTHONPATH: join(ROOT, "src"), HOME: project },
  });
  const notebook = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><title>Notebook</title><div class="output">${shown}</div>`);
  });
  const shown = await outputOf(kernel);
  await new Promise<void>((done) => notebook.listen(0, "127.0.0.1", done));
  await page.goto(`http://localhost:${(notebook.address() as AddressInfo).port}/`);
  const cell = page.frameLocator("iframe");
  await expect(cell.getByText("strict judge").first()).toBeVisible({ timeout: 30_000 });
  await expect(cell.getByRole("navigation", { name: "Places" })).toBeVisible();
  await page.screenshot({ path: "test-results/notebook-cell.png" });
  kernel.kill();
  notebook.close();
});
