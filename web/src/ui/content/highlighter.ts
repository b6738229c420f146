/** Colours of source code; a chunk of its own. */

import { common, createLowlight } from "lowlight";

/** Code that looks the same throughout. */
export interface CodeRun {
  text: string;
  start: number;
  look: "" | "keyword" | "string" | "comment" | "number" | "name";
}

export type Highlighter = (text: string, language: string) => CodeRun[] | undefined;

interface Tree {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly Tree[];
}

const lowlight = createLowlight(common);

// Few colours, so that marks stand out: what a class of the highlighter looks like.
const LOOKS: Readonly<Record<string, CodeRun["look"]>> = {
  "hljs-keyword": "keyword",
  "hljs-built_in": "keyword",
  "hljs-literal": "keyword",
  "hljs-selector-tag": "keyword",
  "hljs-string": "string",
  "hljs-regexp": "string",
  "hljs-comment": "comment",
  "hljs-quote": "comment",
  "hljs-number": "number",
  "hljs-title": "name",
  "hljs-attr": "name",
  "hljs-name": "name",
};

export const highlight: Highlighter = (text, language) => {
  if (!lowlight.registered(language)) return undefined;
  const runs: CodeRun[] = [];
  let start = 0;
  const walk = (tree: Tree, look: CodeRun["look"]) => {
    if (tree.value !== undefined) {
      runs.push({ text: tree.value, start, look });
      start += tree.value.length;
    }
    const names = tree.properties?.className;
    const own = Array.isArray(names) ? names.map((name) => LOOKS[String(name)]).find(Boolean) : undefined;
    for (const child of tree.children ?? []) walk(child, own ?? look);
  };
  walk(lowlight.highlight(language, text) as Tree, "");
  return start === text.length ? runs : undefined;
};

const ENDINGS: Readonly<Record<string, string>> = {
  py: "python",
  js: "javascript",
  mjs: "javascript",
  jsx: "javascript",
  ts: "typescript",
  tsx: "typescript",
  sh: "bash",
  yml: "yaml",
  html: "xml",
  rs: "rust",
  h: "c",
  hpp: "cpp",
  cc: "cpp",
  rb: "ruby",
  md: "markdown",
};

/** The language of a file, by its name. */
export function languageOf(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  return ENDINGS[ending] ?? ending;
}
