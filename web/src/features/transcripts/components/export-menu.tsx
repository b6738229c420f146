import { useRef, useState } from "react";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { type WrittenFormat, writtenRecords } from "../../../domain/written-records.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu } from "../../../ui/menu.tsx";
import { toast } from "../../../ui/toast.ts";
import { type Meant, readAll } from "../model/leaving.ts";
import { useListAddress } from "../model/use-list.ts";

interface Format {
  format: WrittenFormat;
  name: string;
  type: string;
  ending: string;
}

const FORMATS: readonly Format[] = [
  { format: "csv", name: "CSV", type: "text/csv", ending: "csv" },
  { format: "json", name: "JSON", type: "application/json", ending: "json" },
  { format: "markdown", name: "Markdown", type: "text/markdown", ending: "md" },
];

/** Copy or save what is meant: what it is called and the columns that are shown, or ids. */
export function ExportMenu({ meant, columns }: { meant: Meant; columns: readonly string[] }) {
  const { list } = useListAddress();
  const running = useRef<AbortController | null>(null);
  /** How far it has come; null: nothing goes on. */
  const [said, setSaid] = useState<string | null>(null);
  const collect = async (reads: readonly string[]) => {
    running.current?.abort();
    running.current = new AbortController();
    const records: Record<string, unknown>[] = [];
    try {
      for await (const { items, total } of readAll(list, meant, reads, running.current.signal)) {
        for (const row of items) records.push({ ...row.values, transcript_id: row.transcript_id });
        setSaid(`${formatCount(records.length)} of ${formatCount(total)}`);
      }
      return records;
    } finally {
      setSaid(null);
    }
  };
  const attempt = (act: () => Promise<string>) => () =>
    void act().then(toast, (error: Error) => {
      if (error.name !== "AbortError") toast(error.message, { tone: "error" });
    });
  const names = ["transcript_id", ...columns.filter((column) => column !== "transcript_id")];
  const copy = ({ format }: Format) =>
    attempt(async () => {
      const records = await collect(names);
      await navigator.clipboard.writeText(writtenRecords(records, names, format));
      return `Copied ${formatCounted(records.length, "transcript")}.`;
    });
  const download = (format: Format) =>
    attempt(async () => {
      const records = await collect(names);
      save(writtenRecords(records, names, format.format), format);
      return `Saved ${formatCounted(records.length, "transcript")}.`;
    });
  const copyIds = attempt(async () => {
    const ids = meant === "all" ? (await collect(["transcript_id"])).map((each) => each.transcript_id) : meant;
    await navigator.clipboard.writeText(`${ids.join("\n")}\n`);
    return `Copied ${formatCounted(ids.length, "id")}.`;
  });
  const words = meant === "all" ? "all of the list" : "those selected";
  useKeys("Transcripts", [{ label: `Copy the ids of ${words}`, run: copyIds }]);
  if (said !== null) {
    return (
      <button type="button" onClick={() => running.current?.abort()}>
        {said} <span className="muted">stop</span>
      </button>
    );
  }
  return (
    <Menu
      button="Copy as"
      groups={[
        [{ label: "Copy ids", icon: "copy", run: copyIds }],
        FORMATS.map((format) => ({ label: `Copy as ${format.name}`, icon: "copy", run: copy(format) })),
        FORMATS.map((format) => ({ label: `Save as ${format.name}`, icon: "down", run: download(format) })),
      ]}
    />
  );
}

function save(text: string, { type, ending }: Format): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `transcripts.${ending}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
