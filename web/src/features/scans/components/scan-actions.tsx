import { useState } from "react";
import { Icon } from "../../../ui/icon.tsx";
import { Menu, type MenuItem } from "../../../ui/menu.tsx";
import { toast } from "../../../ui/toast.ts";
import { useScanChanges } from "../api/change-scan.ts";
import type { ScanState } from "../model/scan-list.ts";
import { commandName } from "../model/scan-place.ts";
import { DeleteDialog } from "./delete-dialog.tsx";

interface ScanActionsProps {
  scan: { scan_id: string; name: string; location: string; state: ScanState; complete: boolean };
  onOpen?: () => void;
  onCompare: () => void;
  onDeleted?: () => void;
}

/** What can be done with a scan, and the command that does each. */
export function ScanActions({ scan, onOpen, onCompare, onDeleted }: ScanActionsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const changes = useScanChanges();
  const isRunning = scan.state === "running";
  const isOver = scan.complete;
  const id = commandName(scan);
  const doing: MenuItem[] = [
    ...(onOpen === undefined ? [] : [{ label: "Open", run: onOpen, keys: "Enter" }]),
    {
      label: "Resume",
      icon: "run",
      disabled: isRunning || isOver,
      run: () => changes.resume.mutate({ scan }),
    },
    {
      label: "Declare complete",
      icon: "check",
      disabled: isRunning || isOver,
      run: () => changes.complete.mutate(scan),
    },
    { label: "Cancel", icon: "close", disabled: !isRunning, run: () => changes.cancel.mutate(scan) },
    { label: "Compare with another", icon: "compare", run: onCompare },
  ];
  const commands = [
    `scout scan results ${id}`,
    ...(isOver ? [] : [`scout scan resume ${id}`, `scout scan complete ${id}`]),
    `scout scan rm ${id}`,
  ].map((command): MenuItem => ({ label: command, icon: "terminal", run: () => void copied(command) }));
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
      {isDeleting && <DeleteDialog scan={scan} onClose={() => setDeleting(false)} {...(onDeleted && { onDeleted })} />}
    </>
  );
}

async function copied(command: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(command);
    toast(`Copied: ${command}`);
  } catch {
    toast(command);
  }
}
