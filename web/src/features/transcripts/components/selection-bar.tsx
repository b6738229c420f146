import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { listCommands, type Meant } from "../model/commands.ts";
import { runHref } from "../model/links.ts";
import { useListAddress } from "../model/use-list-address.ts";
import { ExportMenu } from "./export-menu.tsx";
import { LabelDialog } from "./label-dialog.tsx";
import styles from "./selection-bar.module.css";

interface SelectionBarProps {
  meant: Meant;
  /** How many are in the list; undefined while nobody knows. */
  total: number | undefined;
  /** Columns that are shown, for what leaves the page. */
  columns: readonly string[];
  locations: readonly string[];
  onAll: () => void;
  onNone: () => void;
}

/** What can be done with the transcripts that were selected. */
export function SelectionBar({ meant, total = 0, columns, locations, onAll, onNone }: SelectionBarProps) {
  const { list } = useListAddress();
  const { history } = useRouter();
  const [isLabelling, setLabelling] = useState(false);
  const count = meant === "all" ? total : meant.length;
  const scan = () => history.push(runHref(list, meant));
  useKeys("Transcripts", [
    { keys: "r", label: "Scan those selected", run: scan },
    { keys: "l", label: "Add those selected to labels", run: () => setLabelling(true) },
    ...(meant === "all" ? [] : [{ keys: "A", label: "Select all of the list", run: onAll }]),
  ]);
  return (
    <section className={styles.bar} aria-label="Selected transcripts">
      <span role="status" className={styles.count}>
        {formatCounted(count, "transcript")} selected
      </span>
      {meant !== "all" && meant.length < total && (
        <button type="button" data-kind="link" onClick={onAll}>
          all {formatCount(total)} {list.where.length > 0 ? "that meet the filters" : "of the list"}
        </button>
      )}
      <span className={styles.space} />
      <button type="button" data-kind="primary" onClick={scan}>
        Scan these <kbd>r</kbd>
      </button>
      <button type="button" onClick={() => setLabelling(true)}>
        Add to labels <kbd>l</kbd>
      </button>
      <ExportMenu meant={meant} columns={columns} />
      <AsCommand commands={listCommands(list, locations, meant)} />
      <button type="button" onClick={onNone}>
        Select none <kbd>Esc</kbd>
      </button>
      {isLabelling && <LabelDialog meant={meant} count={count} onClose={() => setLabelling(false)} />}
    </section>
  );
}
