import { describe, expect, it } from "vitest";
import { characterCount, unitsOf } from "./offsets.ts";

describe("unitsOf", () => {
  it("leaves places alone where no character is wide", () => {
    expect(unitsOf("plain é text")(7)).toBe(7);
  });

  it("finds every character of texts with wide ones", () => {
    const alphabet = ["a", "\u{1f600}", "é", "\u{e0041}", "\n", "漢"];
    for (let round = 0; round < 200; round += 1) {
      const characters = Array.from({ length: round % 23 }, (_, at) => alphabet[(round * 7 + at * at) % 6] ?? "");
      const text = characters.join("");
      const units = unitsOf(text);
      characters.forEach((character, at) => {
        expect(text.slice(units(at), units(at + 1))).toBe(character);
      });
      expect(characterCount(text)).toBe(characters.length);
    }
  });
});
