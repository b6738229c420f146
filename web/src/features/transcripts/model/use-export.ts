import { useRef, useState } from "react";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { type WrittenFormat, writtenRecords } from "../../../domain/written-records.ts";
import { toast } from "../../../ui/toast.ts";
import { readAll } from "../api/read-all.ts";
import type { Meant } from "./commands.ts";
import type { ListAddress } from "./links.ts";

const TYPES: Record<WrittenFormat, { type: string; ending: string }> = {
  csv: { type: "text/csv", ending: "csv" },
  json: { type: "application/json", ending: "json" },
  markdown: { type: "text/markdown", ending: "md" },
};

/** Take transcripts out of the page: what they are called and what is shown of them, or their ids. */
export function useExport(list: ListAddress, meant: Meant, columns: readonly string[]) {
  const running = useRef<AbortController | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const collect = async (reads: readonly string[]) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const records: Record<string, unknown>[] = [];
    try {
      for await (const { rows, total } of readAll(list, meant, reads, mine.signal)) {
        for (const row of rows) records.push({ ...row.values, transcript_id: row.transcript_id });
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
  const names = ["transcript_id", ...columns.filter((column) => column !== "transcript_id")];
  return {
    /** How far it has come; null: nothing goes on. */
    said,
    stop: () => running.current?.abort(),
    download: (format: WrittenFormat) =>
      attempt(async () => {
        const records = await collect(names);
        save(writtenRecords(records, names, format), TYPES[format]);
        return `Saved ${formatCounted(records.length, "transcript")}.`;
      }),
    copy: (format: WrittenFormat) =>
      attempt(async () => {
        const records = await collect(names);
        await navigator.clipboard.writeText(writtenRecords(records, names, format));
        return `Copied ${formatCounted(records.length, "transcript")}.`;
      }),
    copyIds: () =>
      attempt(async () => {
        const ids = meant === "all" ? (await collect(["transcript_id"])).map((each) => each.transcript_id) : meant;
        await navigator.clipboard.writeText(`${ids.join("\n")}\n`);
        return `Copied ${formatCounted(ids.length, "id")}.`;
      }),
  };
}

function save(text: string, { type, ending }: { type: string; ending: string }): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `transcripts.${ending}`;
  link.click();
  URL.revokeObjectURL(address);
}
