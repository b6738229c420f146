import type { ReactNode } from "react";
import type { Mark } from "../../domain/marks.ts";
import { Code } from "./code.tsx";
import { InertText, type TextProps } from "./inert-text.tsx";
import styles from "./markdown.module.css";
import { type MarkdownNode, markdownTree } from "./markdown-tree.ts";

/** Prose as Markdown: raw HTML and images as text, links that lead nowhere until somebody means it. */
export function Markdown({ text, start = 0, marks = [] }: TextProps) {
  return (
    <div className={styles.markdown} dir="auto">
      <Nodes nodes={markdownTree(text)} offset={start} marks={marks} />
    </div>
  );
}

interface Shown {
  offset: number;
  marks: readonly Mark[];
}

function Nodes({ nodes, ...shown }: Shown & { nodes: readonly MarkdownNode[] }) {
  return keyed(nodes, (node, key) => <Node key={key} node={node} {...shown} />);
}

/** Nodes have no identity of their own, and they never move: their places are their keys. */
function keyed<Item>(items: readonly Item[], render: (item: Item, key: number) => ReactNode): ReactNode[] {
  let place = 0;
  return items.map((item) => {
    place += 1;
    return render(item, place);
  });
}

function Node({ node, offset, marks }: Shown & { node: MarkdownNode }): ReactNode {
  const at = (start: number) => (start < 0 ? -1 : start + offset);
  const inner = (children: readonly MarkdownNode[]) => <Nodes nodes={children} offset={offset} marks={marks} />;
  switch (node.kind) {
    case "text":
      return <InertText text={node.text} start={at(node.start)} marks={marks} />;
    case "code":
      return node.block ? (
        <pre className={styles.pre} dir="ltr">
          <Code text={node.text} language={node.language} start={at(node.start)} marks={marks} />
        </pre>
      ) : (
        <code>
          <InertText text={node.text} start={at(node.start)} marks={marks} />
        </code>
      );
    case "link":
      return isPlainAddress(node) ? (
        <Address href={node.href}>{inner(node.children)}</Address>
      ) : (
        <>
          {inner(node.children)}{" "}
          <Address href={node.href}>
            <InertText text={node.href} />
          </Address>
        </>
      );
    case "heading":
      // A heading of a message is not one of the page.
      return <p className={styles.heading}>{inner(node.children)}</p>;
    case "list":
      return <List node={node} inner={inner} />;
    case "table":
      return <Table node={node} inner={inner} />;
    default:
      return plain(node, inner);
  }
}

type Inner = (children: readonly MarkdownNode[]) => ReactNode;

function plain(node: MarkdownNode, inner: Inner): ReactNode {
  switch (node.kind) {
    case "paragraph":
      return <p>{inner(node.children)}</p>;
    case "quote":
      return <blockquote>{inner(node.children)}</blockquote>;
    case "strong":
      return <strong>{inner(node.children)}</strong>;
    case "em":
      return <em>{inner(node.children)}</em>;
    case "del":
      return <del>{inner(node.children)}</del>;
    case "break":
      return <br />;
    default:
      return <hr />;
  }
}

function List({ node, inner }: { node: Extract<MarkdownNode, { kind: "list" }>; inner: Inner }) {
  const items = keyed(node.items, (item, key) => <li key={key}>{inner(item)}</li>);
  return node.ordered ? <ol start={node.first}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ node, inner }: { node: Extract<MarkdownNode, { kind: "table" }>; inner: Inner }) {
  return (
    <div className={styles.scroll}>
      <table>
        <thead>
          <tr>
            {keyed(node.header, (cell, key) => (
              <th key={key}>{inner(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keyed(node.rows, (row, line) => (
            <tr key={line}>
              {keyed(row, (cell, key) => (
                <td key={key}>{inner(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whether a link shows just where it leads. */
function isPlainAddress(node: Extract<MarkdownNode, { kind: "link" }>): boolean {
  const [only, ...others] = node.children;
  return others.length === 0 && only?.kind === "text" && only.text === node.href;
}

/** The address of a link, which is always seen: of a stranger's link the words may say anything. */
function Address({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return <span className={styles.address}>{children}</span>;
  return (
    <a className={styles.address} href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  );
}
