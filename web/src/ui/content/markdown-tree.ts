/** Markdown as a small tree, each text with its place in the source, so that marks find their characters. */

import { Lexer, type MarkedToken, type Token } from "marked";

export type MarkdownNode =
  /** `start` is -1 where the text is not found in the source. */
  | { kind: "text"; text: string; start: number }
  | { kind: "code"; text: string; start: number; language: string; block: boolean }
  | { kind: "break" | "rule" }
  | { kind: "link"; href: string; children: MarkdownNode[] }
  | { kind: "table"; header: MarkdownNode[][]; rows: MarkdownNode[][][] }
  | { kind: "list"; ordered: boolean; first: number; items: MarkdownNode[][] }
  | { kind: "heading"; depth: number; children: MarkdownNode[] }
  | { kind: "paragraph" | "quote" | "strong" | "em" | "del"; children: MarkdownNode[] };

/** Deeper than this nobody means it: what is inside stays as it is written. */
const MOST_DEPTH = 12;

/** Longer texts are shown as they are. */
const MOST_MARKDOWN = 40_000;

/** With more parts than this, a text would take more elements than a screen may have. */
const MOST_PARTS = 1000;

export function markdownTree(source: string): MarkdownNode[] {
  const plain: MarkdownNode[] = [{ kind: "paragraph", children: [{ kind: "text", text: source, start: 0 }] }];
  if (source.length > MOST_MARKDOWN) return plain;
  try {
    const reader = new TreeReader(source);
    return new Lexer({ gfm: true }).lex(source).flatMap((token) => reader.block(token));
  } catch {
    // Nested so deeply that the lexer gives up, or of too many parts.
    return plain;
  }
}

class TreeReader {
  private readonly source: string;
  /** Where the text is looked for that comes next. */
  private cursor = 0;
  private parts = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** A token of the top: these stand one behind the other, so what went astray in one does not go on in the next. */
  block(token: Token): MarkdownNode[] {
    const begin = this.source.indexOf(token.raw, this.cursor);
    const start = begin < 0 ? this.cursor : begin;
    this.cursor = start;
    const nodes = this.nodes([token], 0);
    this.cursor = Math.max(this.cursor, start + (begin < 0 ? 0 : token.raw.length));
    return nodes;
  }

  private nodes(tokens: readonly Token[], depth: number): MarkdownNode[] {
    return tokens.flatMap((token) => this.node(token as MarkedToken, depth) ?? []);
  }

  private node(token: MarkedToken, depth: number): MarkdownNode | undefined {
    if (depth > MOST_DEPTH) return this.text(token.raw);
    this.parts += 1;
    if (this.parts > MOST_PARTS) throw new RangeError("The text has too many parts.");
    switch (token.type) {
      case "space":
      case "checkbox":
        return undefined;
      case "hr":
        return { kind: "rule" };
      case "br":
        return { kind: "break" };
      case "code":
        return this.code(token.text, token.lang ?? "", true);
      case "codespan":
        return this.code(token.text, "", false);
      case "escape":
        return this.text(token.text);
      case "list":
        return {
          kind: "list",
          ordered: token.ordered,
          first: Number(token.start) || 1,
          items: token.items.map((item) => [
            ...(item.task ? [this.unplaced(item.checked === true ? "☑ " : "☐ ")] : []),
            ...this.nodes(item.tokens, depth + 1),
          ]),
        };
      case "table": {
        const cells = (row: readonly { tokens: Token[] }[]) => row.map((cell) => this.nodes(cell.tokens, depth + 1));
        return { kind: "table", header: cells(token.header), rows: token.rows.map(cells) };
      }
      default:
        return this.inner(token, depth);
    }
  }

  private inner(token: MarkedToken, depth: number): MarkdownNode {
    const children = () => this.nodes("tokens" in token ? (token.tokens ?? []) : [], depth + 1);
    switch (token.type) {
      case "heading":
        return { kind: "heading", depth: token.depth, children: children() };
      case "paragraph":
      case "strong":
      case "em":
      case "del":
        return { kind: token.type, children: children() };
      case "blockquote":
        return { kind: "quote", children: children() };
      case "link":
        return { kind: "link", href: token.href, children: children() };
      case "text":
        return token.tokens === undefined ? this.text(token.raw) : { kind: "paragraph", children: children() };
      default:
        // Images are never loaded and HTML is never markup: both are shown as they are written.
        return this.text(token.raw);
    }
  }

  private text(text: string): MarkdownNode {
    return { kind: "text", text, start: this.locate(text) };
  }

  private code(text: string, language: string, block: boolean): MarkdownNode {
    return { kind: "code", text, start: this.locate(text), language: language.split(/\s/)[0] ?? "", block };
  }

  private unplaced(text: string): MarkdownNode {
    return { kind: "text", text, start: -1 };
  }

  private locate(text: string): number {
    const found = this.source.indexOf(text, this.cursor);
    if (found < 0) return -1;
    this.cursor = found + text.length;
    return found;
  }
}
