import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keyRegistry } from "../keyboard.ts";
import type { Column } from "./columns.ts";
import { DataTable, type DataTableProps } from "./data-table.tsx";
import type { Rows, Selection } from "./rows.ts";

interface Thing {
  id: string;
}

const COLUMNS: readonly Column<Thing>[] = [
  { id: "id", name: "Name", width: 100, sortable: true, cell: (row) => row.id },
  { id: "more", name: "More", width: 100, cell: () => <button type="button">Press</button> },
];
const ROWS: Rows<Thing> = {
  count: 1000,
  at: (index) => (index % 100 === 99 ? undefined : { id: `row ${index}` }),
};
const keyOf = (row: Thing) => row.id;

function Table(props: Partial<DataTableProps<Thing>>) {
  const [selection, setSelection] = useState<Selection>(new Set());
  return (
    <DataTable
      label="Things"
      columns={COLUMNS}
      rows={ROWS}
      rowKey={keyOf}
      selection={selection}
      onSelection={setSelection}
      {...props}
    />
  );
}

function press(key: string, more: KeyboardEventInit = {}) {
  fireEvent.keyDown(document.body, { key, ...more });
}

function active(): string {
  const id = screen.getByRole("grid").getAttribute("aria-activedescendant") ?? "";
  return document.getElementById(id)?.textContent?.replace("Press", "") ?? `#${id.split("-").at(-1)}`;
}

function selected(): string[] {
  return screen
    .getAllByRole<HTMLTableRowElement>("row", { selected: true })
    .map((row) => row.cells[1]?.textContent ?? "");
}

describe("a table", () => {
  beforeEach(() => {
    // What jsdom does not measure: a window of twenty rows.
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(640);
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(800);
    HTMLElement.prototype.scrollTo = vi.fn();
    addEventListener("keydown", keyRegistry.handle);
  });
  afterEach(() => removeEventListener("keydown", keyRegistry.handle));

  test("renders what is seen, and says how much there is", () => {
    const need = vi.fn();
    render(<Table rows={{ ...ROWS, need }} />);
    expect(screen.getByRole("grid", { name: "Things" }).getAttribute("aria-rowcount")).toBe("1001");
    const shown = screen.getAllByRole("row").length;
    expect(shown).toBeGreaterThan(15);
    expect(shown).toBeLessThan(60);
    expect(need).toHaveBeenLastCalledWith(0, shown - 2);
  });

  test("is walked through by keys, within its ends", () => {
    const onActive = vi.fn();
    render(<Table onActive={onActive} />);
    press("ArrowUp");
    expect(active()).toBe("row 0");
    press("ArrowDown");
    press("ArrowDown");
    expect(active()).toBe("row 2");
    expect(onActive).toHaveBeenLastCalledWith({ id: "row 2" }, 2);
    press("End");
    expect(active()).toBe("#999");
    press("Home");
    expect(active()).toBe("row 0");
  });

  test("opens by Enter and a second click, but not from a button in a cell", () => {
    const onOpen = vi.fn();
    render(<Table onOpen={onOpen} />);
    press("ArrowDown");
    press("Enter");
    expect(onOpen).toHaveBeenLastCalledWith({ id: "row 1" }, 1);
    fireEvent.doubleClick(screen.getByText("row 3"));
    expect(onOpen).toHaveBeenLastCalledWith({ id: "row 3" }, 3);
    fireEvent.doubleClick(screen.getAllByRole("button", { name: "Press" })[5] as HTMLElement);
    expect(onOpen).toHaveBeenCalledTimes(2);
  });

  test("selects by Space, Shift and arrows, clicks, and none by Escape", () => {
    render(<Table />);
    press(" ");
    press("ArrowDown");
    press("ArrowDown");
    press("ArrowDown", { shiftKey: true });
    expect(selected()).toEqual(["row 0", "row 2", "row 3"]);
    fireEvent.click(screen.getByText("row 6"), { ctrlKey: true });
    fireEvent.click(screen.getByText("row 8"), { shiftKey: true });
    expect(selected()).toEqual(["row 0", "row 2", "row 3", "row 6", "row 7", "row 8"]);
    press("Escape");
    expect(screen.queryAllByRole("row", { selected: true })).toEqual([]);
  });

  test("stands where the address says", () => {
    render(<Table activeKey="row 4" />);
    expect(active()).toBe("row 4");
  });

  test("sorts by its heads, and resizes columns by keys", () => {
    const onOrder = vi.fn();
    const onShown = vi.fn();
    render(<Table order={["id"]} onOrder={onOrder} onShown={onShown} />);
    expect(screen.getByRole("columnheader", { name: /Name/ }).getAttribute("aria-sort")).toBe("ascending");
    fireEvent.click(screen.getByRole("button", { name: "Name" }));
    expect(onOrder).toHaveBeenLastCalledWith(["-id"]);
    fireEvent.keyDown(screen.getByRole("separator", { name: "Width of More" }), { key: "ArrowRight" });
    expect(onShown).toHaveBeenLastCalledWith(["id", "more~116"]);
    fireEvent.doubleClick(screen.getByRole("separator", { name: "Width of More" }));
    expect(onShown).toHaveBeenLastCalledWith(undefined);
  });
});
