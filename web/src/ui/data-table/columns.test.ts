import { describe, expect, test } from "vitest";
import {
  type Column,
  gridTemplate,
  moved,
  nextOrder,
  resized,
  shownColumns,
  toggled,
  writeColumns,
} from "./columns.ts";

const COLUMNS: readonly Column<object>[] = ["task", "model", "cost", "extra"].map((id) => ({
  id,
  name: id,
  width: 100,
  cell: () => null,
  grows: id === "model",
  isExtra: id === "extra",
}));

function ids(asked: readonly string[] | undefined): string[] {
  return shownColumns(COLUMNS, asked).map(({ column, width }) =>
    width === undefined ? column.id : `${column.id} ${width}`,
  );
}

describe("columns", () => {
  test("are those that are shown by themselves, or those that the address names", () => {
    expect(ids(undefined)).toEqual(["task", "model", "cost"]);
    expect(ids(["extra", "task~240", "task", "gone", "cost~1"])).toEqual(["extra", "task 240", "cost 40"]);
    expect(ids(["gone"])).toEqual(["task", "model", "cost"]);
  });

  test("come back from the address, which is empty for what is shown by itself", () => {
    const shown = shownColumns(COLUMNS, ["cost~120", "task"]);
    expect(writeColumns(COLUMNS, shown)).toEqual(["cost~120", "task"]);
    expect(writeColumns(COLUMNS, shownColumns(COLUMNS, undefined))).toBeUndefined();
  });

  test("are moved, resized, shown and hidden", () => {
    const shown = shownColumns(COLUMNS, undefined);
    const written = (next: ReturnType<typeof moved<object>>) => writeColumns(COLUMNS, next);
    expect(written(moved(shown, "cost", 0))).toEqual(["cost", "task", "model"]);
    expect(moved(shown, "task", -1)).toBe(shown);
    expect(moved(shown, "gone", 1)).toBe(shown);
    expect(written(resized(shown, "task", 3))).toEqual(["task~40", "model", "cost"]);
    expect(written(resized(resized(shown, "task", 300), "task", undefined))).toBeUndefined();
    expect(written(toggled(COLUMNS, shown, "extra"))).toEqual(["task", "model", "cost", "extra"]);
    expect(written(toggled(COLUMNS, shown, "model"))).toEqual(["task", "cost"]);
    expect(ids(["task"]).length).toBe(1);
    expect(toggled(COLUMNS, shownColumns(COLUMNS, ["task"]), "task")).toHaveLength(1);
  });

  test("fill the width: the one that grows, else what is behind the last", () => {
    expect(gridTemplate(shownColumns(COLUMNS, undefined), false)).toBe("100px minmax(100px, 1fr) 100px");
    expect(gridTemplate(shownColumns(COLUMNS, ["model~50"]), true)).toBe("34px 50px minmax(0, 1fr)");
  });

  test("are sorted by a click up, down and not at all; with Shift, besides others", () => {
    expect(nextOrder([], "task", false)).toEqual(["task"]);
    expect(nextOrder(["task"], "task", false)).toEqual(["-task"]);
    expect(nextOrder(["-task"], "task", false)).toEqual([]);
    expect(nextOrder(["-task"], "cost", true)).toEqual(["-task", "cost"]);
    expect(nextOrder(["-task", "cost"], "cost", true)).toEqual(["-task", "-cost"]);
    expect(nextOrder(["-task", "cost"], "model", false)).toEqual(["model"]);
  });
});
