import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ResolvedCitation, TranscriptCitations } from "../../../api/generated/types.gen.ts";
import { scannerKey } from "../../../domain/citations.ts";
import { keyRegistry } from "../../../ui/keyboard.ts";
import { Reading, TranscriptContext } from "../model/reading.ts";
import { LabelPanel } from "./label-panel.tsx";
import { VerdictsPanel } from "./rail-panel.tsx";

function view(reading: Reading) {
  return {
    at: { id: "t1", location: undefined },
    reading,
    map: undefined,
    isBegun: true,
    cited: new Map(),
    citedEvents: new Map(),
    colours: new Map([[scannerKey("s", "tampering"), 4]]),
    sought: "message" as const,
    hits: new Map(),
    hit: null,
  };
}

function shown(reading: Reading, children: ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <TranscriptContext value={view(reading)}>{children}</TranscriptContext>
    </QueryClientProvider>,
  );
}

describe("verdicts", () => {
  const cited = (cite: string, number: number | null, more: Partial<ResolvedCitation> = {}): ResolvedCitation => ({
    scan: "s",
    scanner: "tampering",
    result_id: "r",
    value: true,
    cite,
    kind: "message",
    number,
    ...more,
  });
  const found: TranscriptCitations = {
    items: [cited("[M9]", 9), cited("[M2]", null, { unresolved: "No message has this id." })],
    total: 2,
    results: 3,
    verdicts: [
      { scan: "s", scanner: "refusals", result_id: "q", value: false },
      {
        scan: "s",
        scanner: "tampering",
        result_id: "r",
        value: true,
        explanation: "Changes what judges it [M9], although <b>forbidden</b> [M2].",
      },
      { scan: "s", scanner: "environment", result_id: null, value: null, error: "KeyError: 'exit_code'" },
    ],
  };

  it("go to what they cite, and say why a citation does not resolve", () => {
    const reading = new Reading();
    const goTo = vi.spyOn(reading, "goTo");
    shown(reading, <VerdictsPanel found={found} error={null} scans={["s"]} onEvent={vi.fn()} />);
    fireEvent.click(screen.getByRole("button", { name: "M9" }));
    expect(goTo).toHaveBeenCalledWith(9);
    expect(screen.getByText(/\[M2\] does not resolve: No message has this id\./)).toBeTruthy();
    expect(document.querySelector("b > b")).toBeNull();
  });

  it("begin with errors, and then with what was found", () => {
    shown(new Reading(), <VerdictsPanel found={found} error={null} scans={["s"]} onEvent={vi.fn()} />);
    expect(screen.getAllByRole("region").map((one) => one.getAttribute("aria-label"))).toEqual([
      "environment",
      "tampering",
      "refusals",
    ]);
    expect(screen.getByText("KeyError: 'exit_code'")).toBeTruthy();
  });

  it("say what to do where there are none", () => {
    const nothing = { items: [], total: 0, results: 0, verdicts: [] };
    shown(new Reading(), <VerdictsPanel found={nothing} error={null} scans={["s"]} onEvent={vi.fn()} />);
    expect(screen.getByText("No results here.")).toBeTruthy();
  });
});

describe("labels", () => {
  const asked: { method: string; path: string; body: unknown; etag: string | null }[] = [];
  let fields: Record<string, unknown> | null = null;

  beforeEach(() => {
    asked.length = 0;
    fields = null;
    localStorage.clear();
    vi.stubGlobal("fetch", async (path: string, { method, body, headers }: RequestInit) => {
      const given = new Headers(headers);
      const sent = typeof body === "string" ? JSON.parse(body) : null;
      asked.push({ method: method ?? "", path, body: sent, etag: given.get("if-match") });
      if (method === "PUT") fields = sent;
      return answer(method ?? "GET", path);
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  function answer(method: string, path: string): Response {
    const tag = { headers: { etag: '"1"' } };
    if (method !== "GET") return Response.json({ file: "f", name: "cases.csv", cases: 1, etag: "2" });
    if (path.endsWith("/labels")) {
      return Response.json({
        items: [{ file: "f", name: "cases.csv", cases: 3, problem: null }],
        total: 1,
        next: null,
      });
    }
    if (!path.includes("/cases/")) return Response.json({ items: [], total: 0, next: null, etag: '"1"' });
    if (fields === null) return Response.json({ detail: "'cases.csv' has no case about 't1'." }, { status: 404 });
    return Response.json({ key: "k", fields }, tag);
  }

  const press = (key: string) => keyRegistry.handle(new KeyboardEvent("keydown", { key }));

  it("are given by keys, and keep what else the case says", async () => {
    shown(new Reading(), <LabelPanel />);
    await screen.findByRole("button", { name: /True/ });
    press("t");
    await waitFor(() => expect(screen.getByRole("button", { name: /True/, pressed: true })).toBeTruthy());
    fields = { id: "t1", target: true, split: "dev" };
    expect(asked.find((one) => one.method === "PUT")).toMatchObject({
      path: expect.stringMatching(/\/labels\/f\/cases\/InQxIg$/),
      body: { id: "t1", target: true },
      etag: '"1"',
    });
  });

  it("say how to make a file where there is none", async () => {
    vi.stubGlobal("fetch", async () => Response.json({ items: [], total: 0, next: null }));
    shown(new Reading(), <LabelPanel />);
    expect(await screen.findByText("No file of labels yet.")).toBeTruthy();
  });
});
