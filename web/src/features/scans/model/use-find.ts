import { useEffect, useMemo, useState } from "react";
import type { HitItem } from "../../../api/generated/types.gen.ts";
import { findResults } from "../api/find-results.ts";
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
  const { find = "", where } = search;
  const order = (search.order_by ?? []).join("\n");
  const how = [search.regex, search.case, search.word].map(Boolean).join();
  const asked = useMemo(() => JSON.stringify({ of, find, where, order, how }), [of, find, where, order, how]);
  useEffect(() => {
    setFinding(NOTHING);
    const told = JSON.parse(asked) as {
      of: ResultsOf;
      find: string;
      where?: string;
      order: string;
      how: string;
    };
    if (told.find === "") return;
    const ending = new AbortController();
    void follow(told, ending.signal, setFinding);
    return () => ending.abort();
  }, [asked]);
  return finding;
}

async function follow(
  { of, find, where, order, how }: { of: ResultsOf; find: string; where?: string; order: string; how: string },
  signal: AbortSignal,
  show: (finding: Finding) => void,
): Promise<void> {
  const [regex, isCase, word] = how.split(",").map((each) => each === "true");
  const sought = { text: find, regex: regex === true, case: isCase === true, word: word === true };
  const hits: HitItem[] = [];
  let [count, shownAt] = [0, 0];
  const tell = (more: Partial<Finding>) => {
    if (signal.aborted) return;
    shownAt = performance.now();
    show({ hits: [...hits], count: Math.max(count, hits.length), done: false, error: null, ...more });
  };
  try {
    const asked = { where, order_by: order === "" ? undefined : order.split("\n") };
    for await (const found of findResults(of, asked, sought, signal)) {
      if (found.name === "hit") hits.push(found.data);
      else count = found.data.hits;
      if (hits.length === 1 || performance.now() - shownAt > SHOW_MS) tell({});
    }
    tell({ done: true });
  } catch (error) {
    tell({ done: true, error: error instanceof Error ? error.message : String(error) });
  }
}
