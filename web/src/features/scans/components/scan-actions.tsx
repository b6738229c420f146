import { lazy, Suspense, useState } from "react";
import type { ScanItem } from "../../../api/generated/types.gen.ts";
import type { WrittenFormat } from "../../../domain/written-records.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { Menu, type MenuItem } from "../../../ui/floating.tsx";
import { toast } from "../../../ui/toast.ts";
import { commandName } from "../model/result-row.ts";
import { useScanChanges } from "../model/use-scan-changes.ts";
import styles from "./scan-actions.module.css";

const DeleteDialog = lazy(async () => ({ default: (await import("./scan-dialogs.tsx")).DeleteDialog }));

interface ScanActionsProps {
  scan: Pick<ScanItem, "scan_id" | "name" | "location" | "state" | "complete">;
  onOpen?: () => void;
  onCompare: () => void;
  onDeleted?: () => void;
}

/** What can be done with a scan, and the command that does each. */
export function ScanActions({ scan, onOpen, onCompare, onDeleted }: ScanActionsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const { resume, complete, cancel } = useScanChanges();
  const isRunning = scan.state === "running";
  const isDone = isRunning || scan.complete;
  const doing: MenuItem[] = [
    ...(onOpen === undefined ? [] : [{ label: "Open", run: onOpen, keys: "Enter" }]),
    { label: "Resume", icon: "run", disabled: isDone, run: () => resume.mutate({ scan }) },
    { label: "Declare complete", icon: "check", disabled: isDone, run: () => complete.mutate(scan) },
    { label: "Cancel", icon: "close", disabled: !isRunning, run: () => cancel.mutate(scan) },
    { label: "Compare with another", icon: "compare", run: onCompare },
  ];
  const commands = ["results", ...(scan.complete ? [] : ["resume", "complete"]), "rm"].map((verb): MenuItem => {
    const command = `scout scan ${verb} ${commandName(scan)}`;
    return { label: command, icon: "terminal", run: () => void copy(command) };
  });
  const deleting: MenuItem = {
    label: "Delete …",
    isDangerous: true,
    disabled: isRunning,
    run: () => setDeleting(true),
  };
  return (
    <>
      <Menu
        kind="plain"
        name={`What can be done with ${scan.name}`}
        button={<Icon name="more" />}
        groups={[doing, commands, [deleting]]}
      />
      {isDeleting && (
        <Suspense>
          <DeleteDialog scan={scan} onClose={() => setDeleting(false)} onDeleted={onDeleted} />
        </Suspense>
      )}
    </>
  );
}

async function copy(command: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(command);
    toast(`Copied: ${command}`);
  } catch {
    toast(command);
  }
}

const FORMATS = { Markdown: "markdown", CSV: "csv", JSON: "json" } as const;

interface CopyMenuProps {
  /** What is copied: "scans". */
  name: string;
  make: (format: WrittenFormat) => string | Promise<string>;
}

export function CopyMenu({ name, make }: CopyMenuProps) {
  const write = async (label: keyof typeof FORMATS) => {
    try {
      await navigator.clipboard.writeText(await make(FORMATS[label]));
      toast(`The ${name} were copied as ${label}.`);
    } catch (error) {
      toast(`The ${name} could not be copied: ${error}`, { tone: "error" });
    }
  };
  const item = (label: keyof typeof FORMATS): MenuItem => ({ label, icon: "copy", run: () => void write(label) });
  return <Menu button="Copy as" groups={[[item("Markdown"), item("CSV"), item("JSON")]]} />;
}

const STATES: Record<ScanItem["state"], string> = {
  planned: "planned",
  running: "running",
  complete: "complete",
  errors: "has errors",
  interrupted: "interrupted",
};

/** How a scan stands: by its shape, by its colour, and in words. */
export function ScanStateMark({ state }: Pick<ScanItem, "state">) {
  return (
    <span className={styles.state} data-state={state}>
      <span className={styles.mark} aria-hidden="true" />
      {STATES[state]}
    </span>
  );
}
