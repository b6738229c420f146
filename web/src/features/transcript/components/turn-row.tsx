import { Link } from "@tanstack/react-router";
import { memo, useMemo } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { scannerKey } from "../../../domain/citations.ts";
import { formatDuration, formatRough } from "../../../domain/format.ts";
import { type Block, turnOf } from "../../../domain/turns.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { marksOf, useReading, useTranscript } from "../model/transcript-context.ts";
import { useMessageText } from "../model/use-messages.ts";
import { AgentCard } from "./agent-card.tsx";
import { CallCard } from "./call-card.tsx";
import { MediaView } from "./media-view.tsx";
import { SpokenBlock } from "./spoken-block.tsx";
import styles from "./turn-row.module.css";

interface TurnProps {
  message: MessageItem;
  /** The results of its calls, as far as they are loaded, in the order of the calls. */
  results: readonly (MessageItem | undefined)[];
  /** What the file held that it writes, where that is known. */
  before: string | undefined;
}

const LINES: Readonly<Record<string, number>> = { system: 4, thought: 14, tool: 12 };
const PROSE_LINES = 40;

/** A message in the reading column, with the results of its calls. */
export const TurnRow = memo(function TurnRow({ message, results, before }: TurnProps) {
  const view = useTranscript();
  const text = useMessageText(message);
  const turn = useMemo(() => {
    const lookup = (number: number) => results.find((result) => result?.number === number);
    return turnOf(text.message, lookup, text.from);
  }, [text.message, text.from, results]);
  const marks = marksOf(view, "message", message.number, text.message.text, text.from);
  const isCurrent = useReading(view.reading, (state) => state.current === message.number);
  return (
    <article
      className={styles.turn}
      data-message={message.number}
      data-role={message.role}
      aria-current={isCurrent || undefined}
      aria-label={`Message ${message.number}, ${message.who}`}
    >
      <Gutter message={message} />
      <div className={styles.body}>
        <div className={styles.who}>
          <InertText text={message.who} />
          <span className={styles.taken}>{takenWords(message)}</span>
          {turn.failed && <span className={styles.failed}>failed</span>}
        </div>
        {turn.blocks.map((block) => (
          <BlockView
            key={block.part}
            block={block}
            part={block.part}
            text={text}
            marks={marks}
            before={before}
            role={message.role}
          />
        ))}
        {turn.blocks.length === 0 ? <p className={styles.remark}>This message is empty.</p> : null}
      </div>
    </article>
  );
}, isSame);

function isSame(before: TurnProps, now: TurnProps): boolean {
  return (
    before.message === now.message &&
    before.before === now.before &&
    before.results.length === now.results.length &&
    before.results.every((result, at) => result === now.results[at])
  );
}

interface BlockProps extends Omit<Parameters<typeof CallCard>[0], "block"> {
  block: Block;
  role: string;
}

function BlockView({ block, role, before, ...shown }: BlockProps) {
  if (block.kind === "call" && block.call.agent != null) {
    return <AgentCard block={block} number={shown.text.message.number} part={shown.part} marks={shown.marks} />;
  }
  if (block.kind === "call") return <CallCard block={block} before={before} {...shown} />;
  if (block.kind === "media") {
    return <MediaView media={block.media} />;
  }
  const lines = LINES[block.kind] ?? LINES[role] ?? PROSE_LINES;
  return <SpokenBlock block={block} lines={lines} as={role === "tool" ? "output" : "prose"} {...shown} />;
}

/** What making the message took. */
function takenWords({ seconds, tokens }: MessageItem): string {
  const words = [seconds == null ? "" : formatDuration(seconds)];
  if (tokens != null) words.push(`${formatRough(tokens)} tokens`);
  return words.filter(Boolean).join(" · ");
}

/** The number of the message, which is its link, and who cites it. */
function Gutter({ message }: { message: MessageItem }) {
  const { cited, colours } = useTranscript();
  const citations = cited.get(message.number) ?? [];
  const scanners = new Map(citations.map((one) => [scannerKey(one.scan, one.scanner), one.scanner]));
  return (
    <div className={styles.gutter}>
      <Link
        to="."
        search={(before: object) => ({ ...before, message: message.number })}
        replace
        className={styles.number}
        title="Link to this message"
      >
        M{message.number}
      </Link>
      {[...scanners].map(([key, name]) => (
        <span key={key} className={styles.flag} data-colour={colours.get(key)} title={`Cited by ${name}`}>
          <Icon name="flag" size={12} />
        </span>
      ))}
    </div>
  );
}
