import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { createElement, Fragment, type ReactNode } from "react";
import type { Mark } from "../../domain/marks.ts";
import { InertText, type TextProps } from "./inert-text.tsx";
import styles from "./markdown.module.css";
import { Code } from "./output.tsx";

/** Deeper than this nobody means it: what is inside stays as it is written. */
const MOST_DEPTH = 12;

/** Longer texts are shown as they are. */
const MOST_MARKDOWN = 40_000;

/** With more parts than this, a text would take more elements than a screen may have. */
const MOST_PARTS = 1000;

/** Prose as Markdown: raw HTML and images as text, links that lead nowhere until somebody means it. */
export function Markdown({ text, start = 0, marks = [] }: TextProps) {
  return (
    <div className={styles.markdown} dir="auto">
      {written(text, start, marks) ?? (
        <p>
          <InertText text={text} start={start} marks={marks} />
        </p>
      )}
    </div>
  );
}

function written(text: string, start: number, marks: readonly Mark[]): ReactNode {
  if (text.length > MOST_MARKDOWN) return null;
  try {
    return new Writer(text, start, marks).all();
  } catch {
    // Nested so deeply that the lexer gives up, or of too many parts.
    return null;
  }
}

/** Parts have no identity of their own, and they never move: they are given to React one by one, without keys. */
function element(kind: string | typeof Fragment, parts: readonly ReactNode[], properties: object | null = null) {
  return createElement(kind, properties, ...parts);
}

/** Writes the tokens of a source, each text with its place in the source, so that marks find their characters. */
class Writer {
  readonly #source: string;
  /** Where the source begins in the text that marks are about. */
  readonly #start: number;
  readonly #marks: readonly Mark[];
  /** Where the text is looked for that comes next. */
  #cursor = 0;
  #parts = 0;

  constructor(source: string, start: number, marks: readonly Mark[]) {
    this.#source = source;
    this.#start = start;
    this.#marks = marks;
  }

  all(): ReactNode {
    const tokens = new Lexer({ gfm: true }).lex(this.#source);
    return element(
      Fragment,
      tokens.map((token) => this.#top(token)),
    );
  }

  /** A token of the top: these stand one behind the other, so what went astray in one does not go on in the next. */
  #top(token: Token): ReactNode {
    const begin = this.#source.indexOf(token.raw, this.#cursor);
    const start = begin < 0 ? this.#cursor : begin;
    this.#cursor = start;
    const [node] = this.#nodes([token], 0);
    this.#cursor = Math.max(this.#cursor, start + (begin < 0 ? 0 : token.raw.length));
    return node;
  }

  #nodes(tokens: readonly Token[], depth: number): ReactNode[] {
    return tokens.map((token) => this.#node(token as MarkedToken, depth));
  }

  #node(token: MarkedToken, depth: number): ReactNode {
    if (depth > MOST_DEPTH) return this.#text(token.raw);
    this.#parts += 1;
    if (this.#parts > MOST_PARTS) throw new RangeError("The text has too many parts.");
    const inner = () => this.#nodes("tokens" in token ? (token.tokens ?? []) : [], depth + 1);
    switch (token.type) {
      case "space":
      case "checkbox":
        return null;
      case "hr":
      case "br":
        return element(token.type, []);
      case "code":
        return (
          <pre className={styles.pre} dir="ltr">
            <Code {...this.#located(token.text)} language={token.lang?.split(/\s/)[0] ?? ""} />
          </pre>
        );
      case "codespan":
        return <code>{this.#text(token.text)}</code>;
      case "escape":
        return this.#text(token.text);
      case "text":
        return token.tokens === undefined ? this.#text(token.raw) : element("p", inner());
      case "heading":
        // A heading of a message is not one of the page.
        return element("p", inner(), { className: styles.heading });
      case "paragraph":
        return element("p", inner());
      case "strong":
      case "em":
      case "del":
      case "blockquote":
        return element(token.type, inner());
      case "link":
        return this.#link(token, inner());
      case "list":
        return this.#list(token, depth);
      case "table":
        return this.#table(token, depth);
      default:
        // Images are never loaded and HTML is never markup: both are shown as they are written.
        return this.#text(token.raw);
    }
  }

  /** The address of a link is always seen: of a stranger's link the words may say anything. */
  #link({ href, tokens }: Tokens.Link, words: readonly ReactNode[]): ReactNode {
    const isPlainAddress = tokens.length === 1 && tokens[0]?.type === "text" && tokens[0].raw === href;
    const address = isPlainAddress ? words : [<InertText key="address" text={href} />];
    const leads = { href, target: "_blank", rel: "noreferrer noopener nofollow" };
    const isOfWeb = /^https?:\/\//i.test(href);
    const link = element(isOfWeb ? "a" : "span", address, { className: styles.address, ...(isOfWeb && leads) });
    return isPlainAddress ? link : element(Fragment, [...words, " ", link]);
  }

  #list({ ordered, start, items }: Tokens.List, depth: number): ReactNode {
    const lines = items.map((item) => {
      const box = item.checked === true ? "☑ " : "☐ ";
      return element("li", [item.task && box, ...this.#nodes(item.tokens, depth + 1)]);
    });
    return ordered ? element("ol", lines, { start: Number(start) || 1 }) : element("ul", lines);
  }

  #table({ header, rows }: Tokens.Table, depth: number): ReactNode {
    const row = (kind: "th" | "td", cells: readonly Tokens.TableCell[]) =>
      element(
        "tr",
        cells.map((cell) => element(kind, this.#nodes(cell.tokens, depth + 1))),
      );
    const head = element("thead", [row("th", header)]);
    const body = element(
      "tbody",
      rows.map((cells) => row("td", cells)),
    );
    return <div className={styles.scroll}>{element("table", [head, body])}</div>;
  }

  #text(text: string): ReactNode {
    return <InertText {...this.#located(text)} />;
  }

  /** A text with its place; -1 where it is not found in the source. */
  #located(text: string): Required<TextProps> {
    const found = this.#source.indexOf(text, this.#cursor);
    if (found >= 0) this.#cursor = found + text.length;
    const isKnown = found >= 0 && this.#start >= 0;
    return { text, start: isKnown ? found + this.#start : -1, marks: this.#marks };
  }
}
