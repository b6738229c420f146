import { addressOf } from "../../../api/client.ts";
import { isInEditor } from "../../../api/editor.ts";
import type { MediaItem } from "../../../api/generated/types.gen.ts";
import type { Mark } from "../../../domain/marks.ts";
import { type TextBlock, thoughtOf } from "../../../domain/turns.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Folded, Media, Output } from "../../../ui/content/output.tsx";
import { type MessageText, useFold } from "../model/messages.ts";
import { useTranscript } from "../model/reading.ts";
import { MediaInEditor } from "./file-in-editor.tsx";
import styles from "./turn-row.module.css";

interface SpokenProps {
  block: TextBlock;
  /** Its place among the parts of the message. */
  part: number;
  text: MessageText;
  marks: readonly Mark[];
  lines: number;
  /** How it is shown: as prose, or as the output of a tool. */
  as: "prose" | "output";
}

/** A text of a message: prose, a thought, an error, or what a tool gave back. */
export function SpokenBlock({ block, part, text, marks, lines, as }: SpokenProps) {
  const fold = useFold(text, part, block.folded);
  const thought = block.kind === "thought" ? thoughtOf(block.text, block.start) : null;
  const { text: all, start } = thought ?? block;
  return (
    <div className={styles[block.kind === "text" ? as : block.kind]}>
      {block.skipped > 0 && (
        <button type="button" className={styles.skipped} onClick={text.loadBefore}>
          {block.skipped.toLocaleString("en")} characters before · load
        </button>
      )}
      {thought?.remark != null && <p className={styles.remark}>{thought.remark}</p>}
      <Folded text={all} start={start} marks={marks} lines={lines} {...fold}>
        {(shown) => {
          if (as === "output") return <Output text={shown} start={start} marks={marks} />;
          if (block.kind === "error") return <InertText text={shown.trim()} start={-1} marks={marks} />;
          return <Markdown text={shown} start={start} marks={marks} />;
        }}
      </Folded>
    </div>
  );
}

/** An image, a recording or a document of a message, from our server only. */
export function MediaView({ media }: { media: MediaItem }) {
  const { kind, format, media_type, reference } = media;
  const { id, location } = useTranscript().at;
  const href =
    reference === null
      ? null
      : addressOf("/transcripts/{id}/attachments/{reference}", { path: { id, reference }, query: { location } });
  if (isInEditor && href !== null) return <MediaInEditor media={media} href={href} />;
  return <Media kind={kind} format={format} mediaType={media_type} href={href} />;
}
