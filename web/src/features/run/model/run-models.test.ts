import { describe, expect, test } from "vitest";
import type { ScannerFileItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import type { OptionField } from "../../../domain/options.ts";
import { parameterFields, purposeOf } from "./parameters.ts";
import {
  changedPairs,
  chosenScanners,
  commandsOf,
  draftOf,
  type RunSearch,
  readRefusal,
  trialRow,
} from "./run-form.ts";

const DOC = `Count words, taking
    a while.

    Args:
        seconds: How long
            it takes.
        words: What to count.

    Returns:
        A scanner.
    `;

function scanner(name: string, parameters: ScannerSourceItem["parameters"], doc = DOC): ScannerSourceItem {
  return { name, function: name, kind: "custom", doc, question: null, parameters, editable: false };
}

const SLOW = scanner("slow", [
  { name: "seconds", annotation: "float", default: "0.5" },
  { name: "words", annotation: "list[str] | None", default: "None" },
]);
const ASKS = scanner("asks", [{ name: "question", annotation: "str", default: null }]);
const FILES: ScannerFileItem[] = [{ path: "more.py", problem: null, scanners: [SLOW, ASKS] }];

function field(name: string, kind: OptionField["kind"], flag = `--${name}`): OptionField {
  const said = { help: "", defaultHelp: "", value: null, sources: [], variables: [] };
  return { name, kind, flag, choices: [], label: name, group: "", ...said };
}

const FIELDS = [
  field("limit", "integer"),
  { ...field("shuffle", "text"), isOpen: true },
  field("tags", "list"),
  field("metadata", "json"),
  field("generate_config.temperature", "number", "--temperature"),
  field("name", "text", ""),
];

function made(search: RunSearch) {
  const chosen = chosenScanners(FILES, search.scanner ?? []);
  const draft = draftOf(search, chosen, FIELDS, undefined);
  return { chosen, draft, commands: commandsOf(search, chosen, draft, FIELDS) };
}

describe("parameters of scanners", () => {
  test.each([
    ["bool", null, "switch"],
    ["int | None", null, "integer"],
    ["Optional[float]", null, "number"],
    ["str", null, "text"],
    ["Sequence[str]", null, "list"],
    ["dict[str, int]", null, "json"],
    ["Literal['a', \"b\"]", null, "choice"],
    ["str | list[str]", null, "text"],
    [null, "'x'", "text"],
  ])("with the annotation %s and the default %s are fields of kind %3$s", (annotation, given, kind) => {
    const [found] = parameterFields(scanner("s", [{ name: "p", annotation, default: given }]));
    expect(found?.kind).toBe(kind);
  });

  test("have choices, and help out of the docstring", () => {
    const literal = { name: "how", annotation: "Literal['a', \"b\"] | None", default: null };
    expect(parameterFields(scanner("s", [literal]))[0]?.choices).toEqual(["a", "b"]);
    expect(parameterFields(SLOW).map(({ help }) => help)).toEqual(["How long it takes.", "What to count."]);
    expect(purposeOf(SLOW)).toBe("Count words, taking a while.");
  });
});

describe("a run", () => {
  const search: RunSearch = {
    scanner: ["more.py@slow"],
    arg: ["more.py@slow:seconds=0.2", "more.py@slow:words=a b\nc"],
    where: ["score = 'I'"],
    location: "./my logs",
    limit: "10",
    shuffle: "3",
    set: ["generate_config.temperature=0", "tags=x\ny"],
  };

  test("is a job of the scanners, their arguments, the selection and the options", () => {
    expect(made(search).draft.job).toEqual({
      scanners: [{ name: "slow", file: "more.py", params: { seconds: 0.2, words: ["a b", "c"] } }],
      transcripts: "./my logs",
      filter: ["score = 'I'"],
      limit: 10,
      shuffle: 3,
      tags: ["x", "y"],
      generate_config: { temperature: 0 },
    });
  });

  test("is one line of a shell", () => {
    expect(made(search).commands).toEqual([
      {
        name: "In a terminal",
        command:
          "scout scan more.py@slow -S seconds=0.2 -S 'words=[\"a b\",\"c\"]' -T './my logs'" +
          ` -F 'score = '"'"'I'"'"'' --limit 10 --shuffle 3 --tags x,y --temperature 0`,
      },
    ]);
  });

  test("of several scanners, or with what has no flag, is a job file", () => {
    for (const more of [{ scanner: ["more.py@slow", "more.py@asks"] }, { set: ["name=mine"] }]) {
      const { commands, draft } = made({ ...search, ...more });
      expect(commands.map(({ name }) => name)).toEqual(["job.json", "In a terminal, with that file"]);
      expect(JSON.parse(commands[0]?.command ?? "")).toEqual(draft.job);
    }
  });

  test("of a job file keeps what it says, and adds conditions to its own", () => {
    const base = { path: "n.yaml", problem: null, job: { filter: "a = 1", limit: 3, scanners: [] } };
    const { job } = draftOf({ job: "n.yaml", where: ["b = 2"] }, [], FIELDS, base);
    expect(job).toEqual({ filter: ["a = 1", "b = 2"], limit: 3, scanners: [] });
  });

  test("says which fields cannot be as they are", () => {
    const { draft } = made({ scanner: ["more.py@slow", "more.py@asks"], arg: ["more.py@slow:seconds=x"] });
    expect(Object.keys(draft.mistakes)).toEqual(["more.py@slow:seconds", "more.py@asks:question"]);
  });

  test("keeps signs of equality in what was typed", () => {
    expect(changedPairs(["a=x=y"], "b", "1=2")).toEqual(["a=x=y", "b=1=2"]);
    expect(changedPairs(["a=x"], "a", "")).toBeUndefined();
  });
});

describe("a refusal", () => {
  const { chosen } = made({ scanner: ["more.py@slow"] });
  const names = new Set(["limit", "where", "generate_config.temperature", "more.py@slow:seconds"]);

  test.each([
    ["key 'limit': Input should be more.", "limit"],
    ["key 'generate_config.temperature': No.", "generate_config.temperature"],
    ["key 'filter.0': No.", "where"],
    ["Unknown column: 'nope'. Known: id.", "where"],
    ["Expected a column or a value, found '=' (in the condition 'a = = 1').", "where"],
    ["Scanner 'slow': Argument 'seconds' of scanner 'slow' is not allowed: 'x'.", "more.py@slow:seconds"],
  ])("%s stands beside the field %s", (message, name) => {
    const { fields, rest } = readRefusal(message, names, chosen);
    expect([Object.keys(fields), rest]).toEqual([[name], ""]);
  });

  test("of what is not on the screen is told whole", () => {
    const message = "key 'limit': No.\nUnknown argument of scanner 'slow': 'secs'.\nThe disk is full.";
    const { fields, rest } = readRefusal(message, names, chosen);
    expect(fields).toEqual({ limit: "No." });
    expect(rest).toBe("Unknown argument of scanner 'slow': 'secs'.\nThe disk is full.");
  });
});

describe("results that were tried", () => {
  test("are lines with a verdict", () => {
    const cells = { uuid: "u", transcript_task_set: "t", transcript_task_id: 1, transcript_task_repeat: 2 };
    expect(trialRow({ ...cells, value: 3, explanation: "e" })).toMatchObject({
      task: "t / 1 / 2",
      value: "3",
      verdict: "positive",
      explanation: "e",
    });
    expect(trialRow({ ...cells, value: false }).verdict).toBe("negative");
    expect(trialRow({ ...cells, value: null, answer: "?" })).toMatchObject({ verdict: "none", value: "?" });
    expect(trialRow({ ...cells, value: true, scan_error: "Broke." })).toMatchObject({
      verdict: "error",
      explanation: "Broke.",
    });
  });
});
