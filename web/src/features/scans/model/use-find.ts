import { useEffect, useState } from "react";
import { readStream } from "../../../api/client.ts";
import type { FindProgressItem, HitItem } from "../../../api/generated/types.gen.ts";
import type { ResultsOf, ScanSearch } from "./scan-search.ts";

export interface Finding {
  hits: readonly HitItem[];
  /** Cells in which it was found, also those that are not told. */
  count: number;
  done: boolean;
  error: string | null;
}

const NOTHING: Finding = { hits: [], count: 0, done: false, error: null };
/** Hits come in bursts: so often at most the page shows new ones. */
const SHOW_MS = 80;

/** Look for the text of the address in all results; a new text, condition or order ends what went on. */
export function useFind(of: ResultsOf, search: ScanSearch): Finding {
  const [finding, setFinding] = useState(NOTHING);
  const { find: q, where, order_by, regex, case: isCase, word } = search;
  const asked = JSON.stringify({
    path: of.path,
    query: { ...of.query, q, where, order_by, regex, case: isCase, word },
  });
  const isWanted = q !== undefined && q !== "";
  useEffect(() => {
    setFinding(NOTHING);
    if (!isWanted) return;
    const ending = new AbortController();
    void follow(JSON.parse(asked), ending.signal, setFinding);
    return () => ending.abort();
  }, [asked, isWanted]);
  return finding;
}

async function follow(
  asked: Parameters<typeof readStream>[1],
  signal: AbortSignal,
  show: (finding: Finding) => void,
): Promise<void> {
  const hits: HitItem[] = [];
  let [count, shownAt] = [0, 0];
  const tell = (more: Partial<Finding>) => {
    if (signal.aborted) return;
    shownAt = performance.now();
    show({ hits: [...hits], count: Math.max(count, hits.length), done: false, error: null, ...more });
  };
  try {
    const url = "/scans/{scan_id}/{scanner}/find";
    for await (const { data } of readStream<HitItem | FindProgressItem>(url, { ...asked, signal })) {
      if ("position" in data) hits.push(data);
      else count = data.hits;
      if (hits.length === 1 || performance.now() - shownAt > SHOW_MS) tell({});
    }
    tell({ done: true });
  } catch (error) {
    tell({ done: true, error: error instanceof Error ? error.message : String(error) });
  }
}
