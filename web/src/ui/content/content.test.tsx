import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { InertText } from "./inert-text.tsx";
import { Markdown } from "./markdown.tsx";
import { AnsiText } from "./output.tsx";
import { ansiRuns, foldText, inertParts, moreWords } from "./text.ts";

/** Fragments of which hostile texts are put together, the same ones in each run. */
const FRAGMENTS = [
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  "![beacon](https://evil.example/p.png)",
  "[click](javascript:alert(1))",
  "https://example.org/a?b=c ",
  "**bold *and* more**",
  "`code`",
  "\n```python\nprint('<b>')\n```\n",
  "\n- one\n  - two\n    1. three\n",
  "\n| a | b |\n|---|---|\n| `x` | **y** |\n",
  "\n> quoted\n> <iframe src=//evil.example>\n",
  "\u202eevil\u202c",
  "\u0000\u001b[31mred\u001b[0m\u001b[2J",
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u0645\u0631\u062d\u0628\u0627",
  "&lt;b&gt; &#x41;",
  "\r\n# heading\r\n",
  "\n\n---\n\n",
  "[ref]: https://evil.example 'x'\n",
];

function* hostile(rounds: number): Generator<string> {
  let seed = 7;
  for (let round = 0; round < rounds; round += 1) {
    const chosen: string[] = [];
    for (let each = 0; each < 1 + (round % 7); each += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      chosen.push(FRAGMENTS[seed % FRAGMENTS.length] ?? "");
    }
    yield chosen.join(round % 2 === 0 ? " " : "");
  }
}

describe("hostile text", () => {
  it("never becomes markup, and never loads or runs anything", () => {
    for (const text of hostile(150)) {
      const { container, unmount } = render(<Markdown text={text} />);
      expect(container.querySelector("script, img, iframe, object, embed, form, style, link, svg")).toBeNull();
      for (const link of container.querySelectorAll("a")) {
        expect(link.getAttribute("href")).toMatch(/^https?:\/\//);
        expect(link.getAttribute("rel")).toContain("noreferrer");
        expect(link.textContent).toBe(link.getAttribute("href"));
      }
      for (const element of container.querySelectorAll("*")) {
        for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on|^style$|^src$/);
      }
      unmount();
    }
  });

  it("shows what acts on others by its name", () => {
    const { container } = render(<InertText text={"a\u202eb\u0007c\u{e0041}"} />);
    expect(container.textContent).toBe("aU+202EbBELcU+E0041");
    expect([...container.querySelectorAll("span")].map((span) => span.title)).toEqual([
      "U+202E right-to-left override",
      "U+0007",
      "U+E0041 tag A",
    ]);
  });

  it("leaves emoji, scripts that join and line ends alone", () => {
    const family = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u0645\u06cc\u200c\u0631\u0648\u062f";
    expect(inertParts(family)).toEqual([family]);
    expect(inertParts("a\r\nb").join("")).toBe("a\nb");
    expect(inertParts("a \u200d b")).toHaveLength(3);
  });

  it("does not bring the reader down by nesting", () => {
    for (const text of [">".repeat(8000), "[".repeat(8000), "- ".repeat(4000), "**".repeat(5000), "`".repeat(9999)]) {
      const { container, unmount } = render(<Markdown text={text} />);
      expect(container.querySelectorAll("*").length).toBeLessThan(200);
      unmount();
    }
  });
});

describe("markdown", () => {
  it("knows of each text where it stands in the source", () => {
    for (const text of hostile(400)) {
      const words = [...text.matchAll(/[a-z]+/g)];
      const marks = words.map((found, at) => {
        const start = 100 + found.index;
        return { start, stop: start + found[0].length, kind: "cite" as const, label: `${at}` };
      });
      const { container, unmount } = render(<Markdown text={text} start={100} marks={marks} />);
      for (const mark of container.querySelectorAll("mark")) {
        expect(words[Number(mark.title.replace("Cited by ", ""))]?.[0]).toContain(mark.textContent);
      }
      unmount();
    }
  });

  it("highlights words in lists, tables, code and emphasis", () => {
    const text = "- first **bold** word\n\n| cell |\n|---|\n| value |\n\n```\ncoded\n```";
    for (const word of ["first", "bold", "value", "coded"]) {
      const start = 100 + text.indexOf(word);
      const marks = [{ start, stop: start + word.length, kind: "hit" as const }];
      const { container, unmount } = render(<Markdown text={text} start={100} marks={marks} />);
      expect(container.querySelector("mark")?.textContent).toBe(word);
      unmount();
    }
  });
});

describe("output of terminals", () => {
  it("has its colours, and keeps every character that is not one of them", () => {
    for (const text of hostile(200)) {
      const runs = ansiRuns(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is taken out
      expect(runs.map((run) => run.text).join("")).toBe(text.replace(/\u001b\[[\d;:]*m/g, ""));
      for (const run of runs) expect(text.slice(run.start, run.start + run.text.length)).toBe(run.text);
    }
  });

  it("shows sequences that move the cursor", () => {
    const { container } = render(<AnsiText text={"\u001b[1;31mfail\u001b[0m\u001b[2J"} />);
    expect(container.textContent).toBe("failESC[2J");
    expect(container.querySelector("[data-ansi='1']")?.textContent).toBe("fail");
  });
});

describe("folding", () => {
  it("says how much is left out, and loses nothing", () => {
    const text = Array.from({ length: 152 }, (_, at) => `line ${at}`).join("\n");
    const folded = foldText(text, 12);
    expect(folded.shown.split("\n")).toHaveLength(12);
    expect(moreWords(folded.lines, folded.characters)).toBe("140 more lines");
    expect(folded.shown.length + folded.characters).toBe(text.length);
  });

  it("folds one endless line, never within a character", () => {
    const folded = foldText("\u{1f600}".repeat(50_000), 12);
    expect(folded.shown.length).toBeLessThan(2000);
    expect(folded.shown.isWellFormed()).toBe(true);
    expect(moreWords(folded.lines, folded.characters)).toMatch(/more characters/);
  });

  it("does not fold for the sake of two lines", () => {
    expect(foldText("a\n".repeat(14), 12).lines).toBe(0);
  });
});
