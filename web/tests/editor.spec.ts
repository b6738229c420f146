/**
 * The page in the webview of an editor. The test plays the extension: it reads the built page, rewrites its addresses, says
 * which place to show, and makes the requests of the page, from outside of the browser and with its token.
 */

import { readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { expectAccessible, projectCopy, type Served, serve } from "./scout.ts";

const DIST = resolve(import.meta.dirname, "../../src/inspect_scout/_view/dist");
const WEBVIEW = "https://webview.example";
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

interface Rpc {
  id: number;
  method: string;
  params: { method: string; path: string; headers?: Record<string, string>; body?: string };
}

interface Shown {
  route: string;
  theme?: string;
  protocol?: number;
  mode?: "full" | "single-file";
  /** What the page kept when it was shown before. */
  kept?: unknown;
}

/** The extension, with one webview. */
class Extension {
  readonly asked: string[] = [];
  kept: unknown;

  readonly page: Page;
  readonly server: string;

  constructor(page: Page, server: string) {
    this.page = page;
    this.server = server;
  }

  async show(shown: Shown): Promise<void> {
    this.kept = shown.kept;
    const { page } = this;
    await page.exposeFunction("toHost", (message: Rpc) => this.#answer(message));
    await page.exposeFunction("toKeep", (state: unknown) => {
      this.kept = state;
    });
    await page.addInitScript((kept) => {
      const host = globalThis as unknown as Record<string, (value: unknown) => void>;
      let state = kept;
      let isTaken = false;
      Object.assign(globalThis, {
        acquireVsCodeApi: () => {
          if (isTaken) throw new Error("An instance of the VS Code API has already been acquired");
          isTaken = true;
          return {
            postMessage: (message: unknown) => host.toHost?.(message),
            getState: () => state,
            setState: (next: unknown) => {
              state = next;
              host.toKeep?.(next);
            },
          };
        },
      });
    }, shown.kept);
    await page.route("**/*", (route) => {
      const { origin, pathname } = new URL(route.request().url());
      if (origin !== WEBVIEW) return route.abort();
      if (pathname === "/") return route.fulfill({ contentType: "text/html", body: webviewHtml(shown) });
      if (!pathname.startsWith("/dist/")) return route.fulfill({ status: 404 });
      const file = join(DIST, pathname.slice("/dist/".length));
      return route.fulfill({
        contentType: TYPES[extname(file)] ?? "application/octet-stream",
        body: readFileSync(file),
      });
    });
    await page.goto(`${WEBVIEW}/`);
  }

  /** Say which place to show, as the extension does when somebody chooses one in the editor. */
  async tell(message: object): Promise<void> {
    await this.page.evaluate((told) => window.postMessage(told, "*"), message);
  }

  async #answer({ id, method, params }: Rpc): Promise<void> {
    if (method !== "http_request") return;
    this.asked.push(`${params.method} ${params.path}`);
    const answer = await fetch(this.server + params.path, {
      method: params.method,
      headers: params.headers ?? {},
      body: params.body ?? null,
    });
    const type = answer.headers.get("content-type") ?? "";
    const isText = /json|text/.test(type);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const result = {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: bytes.toString(isText ? "utf8" : "base64"),
      bodyEncoding: isText ? "utf8" : "base64",
    };
    await this.page
      .evaluate((told) => window.postMessage(told, "*"), { jsonrpc: "2.0", id, result })
      .catch(() => undefined); // the webview was closed meanwhile
  }
}

/** What the extension makes of `index.html`: assets at its own addresses, a policy, the place to show, the theme. */
function webviewHtml({ route, theme = "vscode-light", protocol = 2, mode = "full" }: Shown): string {
  const state = { type: "updateRoute", route, mode, extensionProtocolVersion: protocol };
  const told = readFileSync(join(DIST, "content-security-policy.json"), "utf8");
  const { directives } = JSON.parse(told) as { directives: Record<string, string[]> };
  const policy = Object.entries(directives).map(([name, sources]) =>
    [name, ...sources.map((source) => (source === "'self'" ? WEBVIEW : source))].join(" "),
  );
  return readFileSync(join(DIST, "index.html"), "utf8")
    .replaceAll(/(src|href)="\.\//g, `$1="${WEBVIEW}/dist/`)
    .replace(
      "</head>",
      `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
       <script id="scanview-state" type="application/json">${JSON.stringify(state)}</script></head>`,
    )
    .replace("<body>", `<body class="${theme}">`);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

const test = base.extend<{ extension: Extension }, { server: Served }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const served = await serve(projectCopy());
      await use(served);
      await served.stop();
    },
    { scope: "worker" },
  ],
  extension: async ({ page, server }, use) => {
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    const extension = new Extension(page, server.url);
    await use(extension);
    expect(wrong).toEqual([]);
    // There is no HEAD there and no stream, and nothing but the API is asked for.
    for (const asked of extension.asked) expect(asked).toMatch(/^(GET|POST|PUT|DELETE) \/api\/v3\/(?!events)/);
  },
});

for (const [alphabet, encoded] of [
  ["plain", base64],
  ["url-safe", (text: string) => Buffer.from(text).toString("base64url")],
] as const) {
  test(`shows the scans of a folder that is named in ${alphabet} base64`, async ({ extension, page, server }) => {
    await extension.show({ route: `/scans/${encoded(`file://${server.folder}/scans`)}` });
    await expect(page.getByText("strict judge").first()).toBeVisible();
    expect(extension.asked.some((asked) => asked.startsWith("GET /api/v3/scans"))).toBe(true);
  });
}

test("goes where the editor says, and is restored where it was", async ({ extension, page, context, server }) => {
  await extension.show({ route: "/scans" });
  await expect(page.getByText("strict judge").first()).toBeVisible();
  await extension.tell({
    type: "updateRoute",
    route: "/transcripts",
    mode: "full",
    extensionProtocolVersion: 2,
  });
  await expect(page.getByText("fix-the-bug").first()).toBeVisible();
  await expect.poll(() => JSON.stringify(extension.kept)).toContain("/transcripts");
  const again = new Extension(await context.newPage(), server.url);
  await again.show({ route: "/scans", kept: extension.kept });
  await expect(again.page.getByText("fix-the-bug").first()).toBeVisible();
});

for (const [theme, shown] of [
  ["vscode-light", "light"],
  ["vscode-dark", "dark"],
  ["vscode-high-contrast", "dark"],
  ["vscode-high-contrast-light", "light"],
] as const) {
  test(`follows the theme ${theme}`, async ({ extension, page }) => {
    await extension.show({ route: "/scans", theme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", shown);
    await page.evaluate(() => document.body.setAttribute("class", "vscode-dark"));
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  });
}

test("an editor that is too old is told so", async ({ extension, page }) => {
  await extension.show({ route: "/scans", protocol: 1 });
  await expect(page.getByText("Update the extension")).toBeVisible();
  expect(extension.asked).toEqual([]);
  await expectAccessible(page);
});

test("a single file is shown without the places beside it", async ({ extension, page }) => {
  await extension.show({ route: "/scans", mode: "single-file" });
  await expect(page.getByText("strict judge").first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeHidden();
});

test("an image comes through the editor, and what opens in a tab elsewhere says so", async ({ extension, page }) => {
  await extension.show({ route: "/transcripts/media" });
  const image = page.getByRole("img", { name: /image/ }).first();
  await expect(image).toHaveAttribute("src", /^data:image\/png;base64,/, { timeout: 30_000 });
  await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Copy as" }).click();
  await expect(page.getByRole("menuitem", { name: "Raw files open in a browser only" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Open this message raw" })).toBeHidden();
});
