import type { Mark } from "../../../domain/marks.ts";
import { thoughtOf } from "../../../domain/thoughts.ts";
import type { TextBlock } from "../../../domain/turns.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Output } from "../../../ui/content/output.tsx";
import { useFold } from "../model/use-fold.ts";
import type { MessageText } from "../model/use-messages.ts";
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
  const fold = useFold(text, part, block);
  const thought = block.kind === "thought" ? thoughtOf(block.text, block.start) : null;
  const shown = thought ?? block;
  return (
    <div className={styles[block.kind === "text" ? as : block.kind]}>
      <Skipped characters={block.skipped} text={text} />
      {thought?.remark != null && <p className={styles.remark}>{thought.remark}</p>}
      <Folded text={shown.text} start={shown.start} marks={marks} lines={lines} {...fold}>
        {(visible) => <Shown block={block} as={as} text={visible} start={shown.start} marks={marks} />}
      </Folded>
    </div>
  );
}

interface ShownProps {
  block: TextBlock;
  as: "prose" | "output";
  text: string;
  start: number;
  marks: readonly Mark[];
}

function Shown({ block, as, text, start, marks }: ShownProps) {
  if (as === "output") return <Output text={text} start={start} marks={marks} />;
  if (block.kind === "error") return <InertText text={text.trim()} start={-1} marks={marks} />;
  return <Markdown text={text} start={start} marks={marks} />;
}

/** What stands before the part of a long text that is loaded. */
function Skipped({ characters, text }: { characters: number; text: MessageText }) {
  if (characters === 0) return null;
  return (
    <button type="button" className={styles.skipped} onClick={text.loadBefore}>
      {characters.toLocaleString("en")} characters before · load
    </button>
  );
}
