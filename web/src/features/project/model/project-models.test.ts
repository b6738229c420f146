import { describe, expect, test } from "vitest";
import type { ProjectItem } from "../../../api/generated/types.gen.ts";
import type { OptionField } from "../../../domain/options.ts";
import {
  checked,
  type Draft,
  draftOf,
  isEdited,
  isUnreadable,
  lineOfKey,
  originsOf,
  resumed,
} from "./project-draft.ts";

const TEXT = "# limit: 1\nname: p\n'limit' : 3\ngenerate_config:\n  temperature: 0\n";
const FILE: ProjectItem = {
  path: "/p/scout.yaml",
  exists: true,
  etag: "e",
  text: TEXT,
  config: { name: "p", limit: 3, generate_config: { temperature: 0 } },
  mistakes: [],
};
const WRONG = { line: 1, key: "", message: "This is not YAML." };

describe("a draft of the project", () => {
  test("is edited once its text is another", () => {
    expect(isEdited(draftOf(FILE))).toBe(false);
    expect(isEdited({ ...draftOf(FILE), text: "" })).toBe(true);
  });

  test("takes what the server says of its text, and not of an older one", () => {
    const draft = draftOf(FILE);
    const said = { text: "limit: 4\n", config: { limit: 4 }, mistakes: [] };
    expect(checked(draft, TEXT, said)).toMatchObject({ text: "limit: 4\n", config: { limit: 4 } });
    expect(checked({ ...draft, text: "typed on" }, TEXT, said).text).toBe("typed on");
  });

  test("goes on to show what held before while it is no YAML", () => {
    const broken = { ...draftOf(FILE), text: "a: [" };
    const now = checked(broken, "a: [", { text: "a: [", config: {}, mistakes: [WRONG] });
    expect([now.config, isUnreadable(now)]).toEqual([FILE.config, true]);
  });

  test("is gone on with after a reload, on the base that it was begun with", () => {
    const kept = { path: FILE.path, etag: "old", text: "name: q\n" };
    expect(resumed(FILE, kept)).toMatchObject({ text: "name: q\n", base: { etag: "old", text: TEXT } });
    expect(isEdited(resumed(FILE, { ...kept, path: "/other/scout.yaml" }))).toBe(false);
    expect(resumed(FILE, { ...kept, text: TEXT }).base.etag).toBe("e");
  });

  test.each([
    ["name", 2],
    ["limit", 3],
    ["generate_config", 4],
    ["temperature", undefined],
    ["nam", undefined],
  ])("has the key %s on line %s", (key, line) => {
    expect(lineOfKey(TEXT, key)).toBe(line);
  });
});

describe("where a value comes from", () => {
  const draft = draftOf(FILE);
  const field = (name: string, sources: string[]) => ({ name, sources }) as unknown as OptionField;
  const told = (name: string, sources: string[], at: Draft = draft) =>
    originsOf(field(name, sources), at).map(({ words, line }) => (line ? `${words} ->` : words));

  test.each([
    ["limit", ["scout.yaml:9"], ["scout.yaml:3 ->"]],
    ["limit", [], ["scout.yaml:3 ->"]],
    ["generate_config.temperature", ["scout.yaml:4"], ["scout.yaml:4 ->"]],
    ["limit", ["default"], ["scout.yaml:3, not saved ->"]],
    ["limit", ["SCOUT_SCAN_LIMIT"], ["SCOUT_SCAN_LIMIT", "scout.yaml:3, not in effect ->"]],
    ["limit", ["scout.local.yaml:1"], ["scout.local.yaml:1", "scout.yaml:3, not in effect ->"]],
    ["tags", ["default"], ["default"]],
    ["tags", ["scout.yaml:2"], ["removed, not saved"]],
    ["name", ["job", "scout.yaml:2", "default"], ["job", "scout.yaml:2 ->", "default"]],
  ])("%s with the sources %j is told as %j", (name, sources, words) => {
    expect(told(name, sources)).toEqual(words);
  });
});
