import { Menu } from "../../../ui/menu.tsx";
import { toast } from "../../../ui/toast.ts";

export type CopyFormat = "markdown" | "csv" | "json";

interface CopyMenuProps {
  /** What is copied: "scans". */
  name: string;
  make: (format: CopyFormat) => string | Promise<string>;
}

const FORMATS = [
  ["Markdown", "markdown"],
  ["CSV", "csv"],
  ["JSON", "json"],
] as const;

export function CopyMenu({ name, make }: CopyMenuProps) {
  const copy = async (label: string, format: CopyFormat) => {
    try {
      await navigator.clipboard.writeText(await make(format));
      toast(`The ${name} were copied as ${label}.`);
    } catch (error) {
      toast(`The ${name} could not be copied: ${error}`, { tone: "error" });
    }
  };
  return (
    <Menu
      button="Copy as"
      groups={[FORMATS.map(([label, format]) => ({ label, icon: "copy", run: () => void copy(label, format) }))]}
    />
  );
}
