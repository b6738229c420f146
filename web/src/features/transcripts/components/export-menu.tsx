import { useRef, useState } from "react";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { writtenRecords } from "../../../domain/written-records.ts";
import { Menu } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { toast } from "../../../ui/toast.ts";
import { type Meant, readAll } from "../model/leaving.ts";
import { useListAddress } from "../model/use-list.ts";

const FORMATS = [
  { format: "csv", name: "CSV", type: "text/csv", ending: "csv" },
  { format: "json", name: "JSON", type: "application/json", ending: "json" },
  { format: "markdown", name: "Markdown", type: "text/markdown", ending: "md" },
] as const;
type Format = (typeof FORMATS)[number];

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
  const attempt = async (act: () => Promise<string>) => {
    try {
      toast(await act());
    } catch (error) {
      if ((error as Error).name !== "AbortError") toast((error as Error).message, { tone: "error" });
    }
  };
  const copyIds = () =>
    attempt(async () => {
      const ids = meant === "all" ? (await collect(["transcript_id"])).map((each) => each.transcript_id) : meant;
      await navigator.clipboard.writeText(`${ids.join("\n")}\n`);
      return `Copied ${formatCounted(ids.length, "id")}.`;
    });
  const take = (done: "Copied" | "Saved", format: Format) =>
    attempt(async () => {
      const names = ["transcript_id", ...columns.filter((column) => column !== "transcript_id")];
      const records = await collect(names);
      const text = writtenRecords(records, names, format.format);
      if (done === "Saved") save(text, format);
      else await navigator.clipboard.writeText(text);
      return `${done} ${formatCounted(records.length, "transcript")}.`;
    });
  const words = meant === "all" ? "all of the list" : "those selected";
  useKeys("Transcripts", [{ label: `Copy the ids of ${words}`, run: () => void copyIds() }]);
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
        [{ label: "Copy ids", icon: "copy", run: () => void copyIds() }],
        FORMATS.map((each) => ({ label: `Copy as ${each.name}`, icon: "copy", run: () => void take("Copied", each) })),
        FORMATS.map((each) => ({ label: `Save as ${each.name}`, icon: "down", run: () => void take("Saved", each) })),
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
