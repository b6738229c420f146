import type { WrittenFormat } from "../../../domain/written-records.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu } from "../../../ui/menu.tsx";
import type { Meant } from "../model/commands.ts";
import { useExport } from "../model/use-export.ts";
import { useListAddress } from "../model/use-list-address.ts";

const FORMATS: readonly { format: WrittenFormat; name: string }[] = [
  { format: "csv", name: "CSV" },
  { format: "json", name: "JSON" },
  { format: "markdown", name: "Markdown" },
];

/** Copy or save what is meant, with the columns that are shown. */
export function ExportMenu({ meant, columns }: { meant: Meant; columns: readonly string[] }) {
  const { list } = useListAddress();
  const { said, stop, download, copy, copyIds } = useExport(list, meant, columns);
  const words = meant === "all" ? "all of the list" : "those selected";
  useKeys("Transcripts", [{ label: `Copy the ids of ${words}`, run: () => void copyIds() }]);
  if (said !== null) {
    return (
      <button type="button" onClick={stop}>
        {said} <span className="muted">stop</span>
      </button>
    );
  }
  return (
    <Menu
      button="Copy as"
      groups={[
        [{ label: "Copy ids", icon: "copy", run: () => void copyIds() }],
        FORMATS.map(({ format, name }) => ({
          label: `Copy as ${name}`,
          icon: "copy",
          run: () => void copy(format),
        })),
        FORMATS.map(({ format, name }) => ({
          label: `Save as ${name}`,
          icon: "down",
          run: () => void download(format),
        })),
      ]}
    />
  );
}
