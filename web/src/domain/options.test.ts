import { describe, expect, test } from "vitest";
import type { OptionItem } from "../api/generated/types.gen.ts";
import { changeOf, groupedFields, optionFields, valueAt } from "./options.ts";

function option(name: string, kind: string, more: Partial<OptionItem> = {}): OptionItem {
  const flags = [{ names: [`--${name.replaceAll("_", "-")}`, "-x"], parameter: name, kind, help: "", choices: [] }];
  return {
    name,
    kind,
    help: "What it does. Default: 3.",
    choices: [],
    default: null,
    default_help: "3",
    merge: "replace",
    set_in: ["job", "project"],
    variables: [],
    flags,
    value: null,
    sources: ["default"],
    ...more,
  };
}

const GENERATION = option("generate_config", "generation", {
  value: { temperature: 0.5 },
  sources: ["scout.yaml:4"],
  variables: ["SCOUT_SCAN_TEMPERATURE", "SCOUT_SCAN_MAX_TOKENS"],
  flags: [
    {
      names: ["--temperature"],
      parameter: "temperature",
      kind: "number",
      help: "How hot. Default: cold.",
      choices: [],
    },
    { names: ["--max-tokens"], parameter: "max_tokens", kind: "count", help: "", choices: [] },
  ],
});

describe("fields of options", () => {
  test("say what they take, and where they belong", () => {
    const [limit, model, other] = optionFields(
      [option("model", "text"), option("limit", "amount"), option("brand_new", "roles")],
      "job",
    );
    expect(limit).toMatchObject({
      label: "Limit",
      group: "Selection",
      kind: "integer",
      min: 0,
      flag: "--limit",
      help: "What it does.",
      defaultHelp: "3",
    });
    expect(model?.group).toBe("Model");
    expect(other).toMatchObject({ group: "More", kind: "json", label: "Brand new" });
  });

  test("are those of a place only", () => {
    expect(optionFields([option("wait", "switch", { set_in: ["resume"] })], "job")).toEqual([]);
  });

  test("come one by one out of generation, each with its value and its origin", () => {
    const [temperature, tokens] = optionFields([GENERATION], "project");
    expect(temperature).toMatchObject({
      name: "generate_config.temperature",
      value: 0.5,
      sources: ["scout.yaml:4"],
      variables: ["SCOUT_SCAN_TEMPERATURE"],
      defaultHelp: "cold",
    });
    expect(tokens).toMatchObject({ value: undefined, sources: ["default"], kind: "integer", min: 1 });
  });

  test("are found by all words that are sought, in any order", () => {
    const fields = optionFields([option("limit", "amount"), option("model", "text")], "job");
    const found = (sought: string) => groupedFields(fields, sought).flatMap(([, inGroup]) => inGroup);
    expect([found("does LIM"), found("limit model"), found("")]).toEqual([[fields[0]], [], fields]);
  });

  test("stand in groups without empty ones", () => {
    const groups = groupedFields(optionFields([option("model", "text"), option("limit", "amount")], "job"));
    expect(groups.map(([group]) => group)).toEqual(["Selection", "Model"]);
  });
});

describe("a change of a setting", () => {
  const config = { limit: 3, generate_config: { temperature: 1, top_p: 0.5 } };

  test("replaces a key, or one inside of a key", () => {
    expect(changeOf(config, "limit", 4)).toEqual({ limit: 4 });
    expect(changeOf(config, "generate_config.top_p", 1)).toEqual({
      generate_config: { temperature: 1, top_p: 1 },
    });
    expect(valueAt(config, "generate_config.temperature")).toBe(1);
    expect(valueAt({}, "generate_config.temperature")).toBeUndefined();
  });

  test("takes away what is emptied", () => {
    expect(changeOf(config, "limit", undefined)).toEqual({ limit: null });
    expect(changeOf(config, "generate_config.top_p", undefined)).toEqual({
      generate_config: { temperature: 1 },
    });
  });
});
