import { expect, test } from "vitest";
import { writtenRecords } from "./written-records.ts";

const RECORDS = [
  { id: "a", score: 1, text: 'says "x",\nthen | <b>' },
  { id: "=cmd()", score: null, text: { level: 2 } },
];

test("CSV quotes what it must, and is no formula", () => {
  expect(writtenRecords(RECORDS, ["id", "score", "text"], "csv")).toBe(
    'id,score,text\r\na,1,"says ""x"",\nthen | <b>"\r\n\'=cmd(),,"{""level"":2}"\r\n',
  );
  expect(writtenRecords([{ n: -1.5 }], ["n"], "csv")).toContain("\r\n-1.5\r\n");
});

test("a list of names is told as one, and numbers as they are", () => {
  expect(writtenRecords([{ tags: ["a", "b"], n: -2 }], ["tags", "n"], "csv")).toBe("tags,n\r\na; b,-2\r\n");
});

test("JSON has the chosen columns, null where there is nothing", () => {
  expect(JSON.parse(writtenRecords(RECORDS, ["score", "more"], "json"))).toEqual([
    { score: 1, more: null },
    { score: null, more: null },
  ]);
});

test("Markdown is one table, whatever is in its cells", () => {
  const lines = writtenRecords(RECORDS, ["id", "text"], "markdown").trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[2]).toBe('| a | says "x", then \\| &lt;b> |');
});
