import { parse } from "valibot";
import { describe, expect, test } from "vitest";
import { count, flag, oneOf, parseSearch, searchParams, text, texts, writeSearch } from "./search-params.ts";

const schema = searchParams({
  q: text,
  columns: texts,
  message: count,
  errors: flag,
  view: oneOf(["messages", "events"]),
});

describe("search params", () => {
  test("are read as plain text, whatever it looks like", () => {
    expect(parseSearch("?q=12&columns=a&columns=b")).toEqual({ q: "12", columns: ["a", "b"] });
    expect(parse(schema, parseSearch("?q=true&columns=%5B1%5D"))).toEqual({ q: "true", columns: ["[1]"] });
  });

  test("that cannot be read count as absent, and unknown ones are dropped", () => {
    const read = parse(schema, parseSearch("?message=-1&view=video&errors=perhaps&q=a&q=b&other=1"));
    expect(Object.values(read).filter((each) => each !== undefined)).toEqual([]);
    expect(read).not.toHaveProperty("other");
  });

  test("come back as they were written", () => {
    const search = {
      q: "a & b=ü",
      columns: ["task", "a,b"],
      message: 0,
      errors: true as const,
      view: "events" as const,
    };
    expect(parse(schema, parseSearch(writeSearch(search)))).toEqual(search);
    expect(parse(schema, search)).toEqual(search);
  });

  test("leave out what says nothing", () => {
    expect(writeSearch({ q: undefined, columns: [], errors: false })).toBe("");
  });

  test("take names that objects have by themselves", () => {
    expect(writeSearch(parseSearch("?constructor=1&__proto__=2"))).toContain("constructor=1");
  });
});
