import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const IMPORT = /import (\w+) from "([^"]+\.module\.css)"/g;

function missingIn(path: string): string[] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(IMPORT)].flatMap(([, name = "", from = ""]) => {
    const sheet = readFileSync(join(dirname(path), from), "utf8");
    const used = [...source.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))].map(([, key = ""]) => key);
    return used.filter((key) => !new RegExp(`\\.${key}(?!\\w)`).test(sheet)).map((key) => `${path}: ${key}`);
  });
}

describe("styles", () => {
  it("exist for every class that a component names", () => {
    const components = globSync("src/**/*.tsx");
    expect(components.length).toBeGreaterThan(50);
    expect(components.flatMap(missingIn)).toEqual([]);
  });
});
