import { useRef, useState } from "react";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { keyOf, type ResultRow } from "./result-row.ts";
import type { ResultsOf, ScanSearch } from "./scan-search.ts";
import { useFind } from "./use-find.ts";
import { useOpenTranscript } from "./use-open-transcript.ts";

/** Where one is in the table: the row whose evidence is open, and the hit that one is at. */
export type ResultsTableState = ReturnType<typeof useResultsTable>;

export function useResultsTable(of: ResultsOf, search: ScanSearch, change: (to: ScanSearch, isStep?: boolean) => void) {
  const [isFinding, setFinding] = useState(search.find !== undefined);
  const [jumps, setJumps] = useState(0);
  /** The row that was open last: closing the evidence does not leave it. */
  const [last, setLast] = useState<{ key: string; row: number }>();
  const openTranscript = useOpenTranscript(of);
  const finding = useFind(of, search);
  const at = finding.hits.findIndex(({ position }) => position === search.row);
  const stood = useRef(-1);
  const show = (row: ResultRow, index: number) => {
    setLast({ key: keyOf(row), row: index });
    change({ result: keyOf(row), row: index });
  };
  const step = (by: 1 | -1) => {
    const { hits } = finding;
    if (hits.length === 0) return;
    stood.current = (stood.current + by + hits.length) % hits.length;
    const hit = hits[stood.current];
    if (hit === undefined) return;
    change({ row: hit.position, result: hit.uuid ?? hit.transcript_id ?? undefined });
    setJumps((count) => count + 1);
  };
  const close = () => {
    if (search.result !== undefined) setLast({ key: search.result, row: search.row ?? 0 });
    change({ result: undefined });
  };
  useKeys("Results", [
    { keys: "Mod+f", label: "Find in all results", run: () => setFinding(true) },
    {
      keys: "Space",
      label: "Close the evidence, or open it again",
      run: () => {
        if (search.result !== undefined) close();
        else if (last !== undefined) change({ result: last.key, row: last.row });
      },
    },
    ...(isFinding
      ? [
          { keys: "Mod+g", label: "Next hit", run: () => step(1) },
          { keys: "Mod+G", label: "Hit before", run: () => step(-1) },
        ]
      : []),
  ]);
  return {
    isFinding,
    finding,
    at: stood.current >= 0 ? stood.current : at,
    jumps,
    last: last?.key,
    show,
    step,
    close,
    open: (row: ResultRow) => void openTranscript(row),
    endFinding: () => {
      setFinding(false);
      change({ find: undefined });
    },
  };
}
