import { describe, expect, test } from "vitest";
import { type PageMode, PLACES, pageMode, placesOf } from "./places.ts";

describe("places", () => {
  const all = Object.fromEntries(PLACES.map(({ path }) => [path, {}]));
  const names = (routes: object, mode: PageMode) => placesOf(routes, mode).map(({ name }) => name);

  test("are those that have a route", () => {
    expect(names({ "/scans": {}, "/scans/$scanId": {} }, "full")).toEqual(["Scans"]);
    expect(names(all, "full")).toHaveLength(PLACES.length);
  });

  test("are fewer where scans only are wanted", () => {
    expect(names(all, "scans")).toEqual(["Scans", "Compare"]);
    expect(names(all, "export")).toEqual(["Scans"]);
  });

  test("have a key each", () => {
    expect(new Set(PLACES.map(({ key }) => key)).size).toBe(PLACES.length);
  });
});

describe("what of the page is wanted", () => {
  test("is said by the address, and by the editor", () => {
    expect(pageMode("", null)).toBe("full");
    expect(pageMode("?mode=scans", null)).toBe("scans");
    expect(pageMode("", { type: "updateRoute", mode: "single-file" })).toBe("single-file");
    expect(pageMode("?mode=other", { mode: "other" })).toBe("full");
  });
});
