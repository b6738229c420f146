import { expect, test } from "vitest";
import { listCommands, runHref, transcriptHref } from "./leaving.ts";

const LIST = {
  location: undefined,
  where: ["model = 'a/b'", "it = 'it''s'"],
  order_by: ["-task", "date"],
  verdicts: ["scan1"],
};

test("the list as commands and as Python", () => {
  const [count, scan, python] = listCommands(LIST, ["my logs"]);
  expect(count?.command).toBe(
    `scout transcripts \\\n  -T 'my logs' \\\n  -F 'model = '"'"'a/b'"'"'' \\\n  -F 'it = '"'"'it'"'"''"'"'s'"'"''`,
  );
  expect(scan?.command).toMatch(/^scout scan scanners.py /);
  expect(python?.command).toContain('transcripts_from("my logs")');
  expect(python?.command).toContain(".where(\"model = 'a/b'\")");
  expect(python?.command).toContain('.order_by("task_set", "DESC")');
  expect(python?.command).toContain('.order_by("date")');
});

test("what was selected takes the place of the filters", () => {
  const [count] = listCommands(LIST, ["logs"], ["x'y"]);
  expect(count?.command).toContain("transcript_id IN ");
  expect(count?.command).not.toContain("model");
});

test("a transcript is opened with its list, its scans, and the hit", () => {
  const href = transcriptHref("a/b", LIST, { message: 7, q: "x y", regex: true, case: false, word: false });
  const [path, query] = href.split("?");
  const params = new URLSearchParams(query);
  expect(path).toBe("/transcripts/a%2Fb");
  expect(params.getAll("where")).toEqual(LIST.where);
  expect(params.getAll("order_by")).toEqual(["-task_set", "-task_id", "-task_repeat", "date"]);
  expect(params.get("scan")).toBe("scan1");
  expect([params.get("message"), params.get("find"), params.get("regex"), params.get("case")]).toEqual([
    "7",
    "x y",
    "1",
    null,
  ]);
});

test("a run is about what was selected, or about all of the list", () => {
  expect(new URLSearchParams(runHref(LIST, "all").split("?")[1]).getAll("where")).toEqual(LIST.where);
  expect(new URLSearchParams(runHref(LIST, ["1"]).split("?")[1]).getAll("where")).toEqual(["transcript_id IN ('1')"]);
});
