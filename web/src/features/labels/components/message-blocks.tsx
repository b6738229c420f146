import { memo, type ReactNode, useMemo, useState } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { type Block, type CallBlock, turnOf } from "../../../domain/turns.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Media } from "../../../ui/content/media.tsx";
import { Output } from "../../../ui/content/output.tsx";
import styles from "./message-blocks.module.css";

interface MessageProps {
  message: MessageItem;
  /** Whether nothing of it is folded. */
  isOpen: boolean;
}

/** A message, as it is read to label a case: text is text, and what is long is folded. */
export const MessageBlocks = memo(function MessageBlocks({ message, isOpen }: MessageProps) {
  const { blocks } = useMemo(() => turnOf(message, () => undefined), [message]);
  return (
    <article
      className={styles.message}
      data-role={message.role}
      aria-label={`Message ${message.number}, ${message.who}`}
    >
      <span className={styles.number}>M{message.number}</span>
      <div className={styles.body}>
        <p className={styles.who}>
          <InertText text={message.who} />
          {message.error === true && <span className={styles.failed}>failed</span>}
        </p>
        {blocks.map((block) => (
          <BlockView key={block.part} block={block} role={message.role} isOpen={isOpen} />
        ))}
        {blocks.length === 0 && <p className={styles.who}>This message is empty.</p>}
      </div>
    </article>
  );
});

const LINES: Readonly<Record<string, number>> = { system: 4, tool: 12 };
const PROSE_LINES = 40;
const THOUGHT_LINES = 14;

function BlockView({ block, role, isOpen }: { block: Block; role: string; isOpen: boolean }) {
  if (block.kind === "media") return <Media kind={block.media.kind} format={block.media.format} href={null} />;
  if (block.kind === "call") return <Call block={block} isOpen={isOpen} />;
  if (block.kind === "error") {
    return (
      <p className={styles.failed}>
        <InertText text={block.text.trim()} />
      </p>
    );
  }
  const lines = block.kind === "thought" ? THOUGHT_LINES : (LINES[role] ?? PROSE_LINES);
  return (
    <div className={styles[block.kind]}>
      <Long text={block.text} unloaded={block.folded} lines={lines} isOpen={isOpen}>
        {(shown) => (role === "tool" ? <Output text={shown} /> : <Markdown text={shown} />)}
      </Long>
    </div>
  );
}

function Call({ block, isOpen }: { block: CallBlock; isOpen: boolean }) {
  return (
    <div className={styles.call}>
      <b>
        <InertText text={block.call.function ?? "unknown tool"} />
      </b>
      {block.arguments.map((argument) => (
        <div key={`${argument.name}${argument.start}`}>
          <span className={styles.who}>
            <InertText text={argument.name} />
          </span>
          <Long text={argument.text} unloaded={0} lines={LINES.tool ?? PROSE_LINES} isOpen={isOpen}>
            {(shown) => <Output text={shown} />}
          </Long>
        </div>
      ))}
    </div>
  );
}

interface LongProps {
  text: string;
  /** Characters that are read in the transcript only. */
  unloaded: number;
  lines: number;
  isOpen: boolean;
  children: (shown: string) => ReactNode;
}

function Long({ text, unloaded, lines, isOpen, children }: LongProps) {
  const [own, setOpen] = useState<boolean | null>(null);
  const open = own ?? isOpen;
  return (
    <>
      <Folded text={text} lines={lines} unloaded={0} open={open} onToggle={() => setOpen(!open)}>
        {children}
      </Folded>
      {unloaded > 0 && (
        <p className={styles.who}>{unloaded.toLocaleString("en")} more characters: open the transcript</p>
      )}
    </>
  );
}
