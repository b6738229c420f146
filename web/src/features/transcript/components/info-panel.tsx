import type { TranscriptDescription } from "../../../api/generated/types.gen.ts";
import { formatBytes } from "../../../domain/format.ts";
import { Folded } from "../../../ui/content/folded.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { Skeleton } from "../../../ui/states.tsx";
import { isOpened } from "../model/reading.ts";
import { useReading, useTranscript } from "../model/transcript-context.ts";
import styles from "./info-panel.module.css";

/** All that is known of the transcript. */
export function InfoPanel({ description }: { description: TranscriptDescription | undefined }) {
  if (description === undefined) return <Skeleton lines={10} label="Loading" />;
  const { metadata, ...values } = description.values;
  const more = typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : [];
  return (
    <>
      <Fields fields={[...Object.entries(values), ["size", formatBytes(description.size)]]} part={0} />
      {more.length > 0 && <h2 className={styles.title}>metadata</h2>}
      <Fields fields={more} part={1000} />
    </>
  );
}

function Fields({ fields, part }: { fields: readonly [string, unknown][]; part: number }) {
  return (
    <dl className={styles.fields}>
      {fields.map(([name, value], place) => (
        <div key={name}>
          <dt>
            <InertText text={name} />
          </dt>
          <dd>
            <Value value={value} part={part + place} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value, part }: { value: unknown; part: number }) {
  const { reading } = useTranscript();
  // Fields are the parts of no message: number 0.
  const open = useReading(reading, (state) => isOpened(state.opened, 0, part));
  if (value === null || value === undefined || value === "") return <span className={styles.none}>-</span>;
  if (typeof value === "object") return <JsonTree value={value as Json} depth={1} />;
  return (
    <Folded text={String(value)} start={-1} lines={6} unloaded={0} open={open} onToggle={() => reading.toggle(0, part)}>
      {(shown) => <InertText text={shown} />}
    </Folded>
  );
}
