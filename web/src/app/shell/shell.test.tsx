import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { useKeys } from "../../ui/keyboard.ts";
import { PlaceHeader } from "../../ui/layout.tsx";
import { BrokenPlace, UnknownPlace } from "./broken-place.tsx";
import { Shell } from "./shell.tsx";

const copied = vi.fn();

function Transcripts() {
  useKeys("Transcripts", [{ keys: "y", label: "Copy ids", run: copied }]);
  return <PlaceHeader title="Transcripts" />;
}

function Scans() {
  return <PlaceHeader title="Scans" />;
}

function Labels(): never {
  throw new Error("The labels are torn.");
}

function show(address: string) {
  const root = createRootRoute({ component: Shell, notFoundComponent: UnknownPlace });
  const routes = { "/transcripts": Transcripts, "/scans": Scans, "/labels": Labels };
  const children = Object.entries(routes).map(([path, component]) =>
    createRoute({ getParentRoute: () => root, path, component, errorComponent: BrokenPlace }),
  );
  const router = createRouter({
    routeTree: root.addChildren(children),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

function press(key: string, more: KeyboardEventInit = {}) {
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
}

describe("the shell", () => {
  beforeEach(() => {
    copied.mockClear();
    vi.stubGlobal("fetch", async () => Response.json({ items: [], running: [] }));
    // What jsdom has not.
    HTMLDialogElement.prototype.showModal = function open() {
      this.open = true;
    };
    Element.prototype.scrollIntoView = vi.fn();
  });

  test("names the places that there are, and number keys go there", async () => {
    show("/scans");
    const rail = await screen.findByRole("navigation", { name: "Places" });
    const links = () => within(rail).getAllByRole("link");
    await waitFor(() => expect(links().map((link) => link.textContent)).toEqual(["Transcripts", "Scans", "Labels"]));
    press("1");
    expect(await screen.findByRole("heading", { name: "Transcripts" })).toBeTruthy();
    expect(document.title).toBe("Transcripts · Scout");
    expect(links()[0]?.getAttribute("aria-current")).toBe("page");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("main")));
  });

  test("says what keys do, of the place first", async () => {
    show("/transcripts");
    await screen.findByRole("heading", { name: "Transcripts" });
    press("?");
    const help = await screen.findByRole("dialog", { name: "Keys" });
    const headings = within(help).getAllByRole("heading", { level: 3 });
    expect(headings.map((each) => each.textContent)).toEqual(["Transcripts", "Everywhere"]);
    expect(within(help).getByText("Copy ids")).toBeTruthy();
    fireEvent(help, new Event("cancel", { cancelable: true }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("finds by some letters what can be done and where one can go", async () => {
    show("/transcripts");
    await screen.findByRole("heading", { name: "Transcripts" });
    press("k", { ctrlKey: true });
    const field = await screen.findByRole("combobox");
    fireEvent.change(field, { target: { value: "copid" } });
    expect(screen.getAllByRole("option")[0]?.textContent).toContain("Copy ids");
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(copied).toHaveBeenCalledTimes(1));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("walks through what was found by arrows, around the ends", async () => {
    show("/scans");
    await screen.findByRole("heading", { name: "Scans" });
    press("k", { ctrlKey: true });
    const field = await screen.findByRole("combobox");
    const chosen = () => screen.getByRole("option", { selected: true }).textContent;
    const [first, second] = screen.getAllByRole("option").map((option) => option.textContent);
    fireEvent.keyDown(field, { key: "ArrowDown" });
    expect(chosen()).toBe(second);
    fireEvent.keyDown(field, { key: "ArrowUp" });
    expect(chosen()).toBe(first);
    fireEvent.keyDown(field, { key: "ArrowUp" });
    expect(chosen()).toBe(screen.getAllByRole("option").at(-1)?.textContent);
    fireEvent.change(field, { target: { value: "qqq" } });
    expect(screen.getByText("Nothing fits “qqq”.")).toBeTruthy();
  });

  test("says that there is no such place", async () => {
    show("/nowhere?q=1");
    expect(await screen.findByText("/nowhere?q=1")).toBeTruthy();
  });

  test("keeps the other places when one is broken", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    show("/labels");
    expect((await screen.findByRole("alert")).textContent).toContain("The labels are torn.");
    expect(screen.getByRole("button", { name: "Copy the details" })).toBeTruthy();
    press("2");
    expect(await screen.findByRole("heading", { name: "Scans" })).toBeTruthy();
  });
});
