import { createContext } from "react";
import type { Sought } from "../api/find-texts.ts";
import type { ListAddress } from "./links.ts";
import type { ShownScanner } from "./verdicts.ts";

/** The list that is shown, for links out of it. */
export const ListContext = createContext<ListAddress>({
  location: undefined,
  where: [],
  order_by: [],
  verdicts: [],
});

/** The most messages that a transcript of the list has: its bar is whole. 0: nobody knows yet. */
export const LongestContext = createContext(0);

/** What is looked for, for links to where it was found. */
export const SoughtContext = createContext<Sought | null>(null);

/** The scanners whose verdicts are shown, and which transcripts are asked about together with one. */
export const VerdictsContext = createContext<{
  scanners: readonly ShownScanner[];
  idsOf: (id: string) => readonly string[];
}>({ scanners: [], idsOf: (id) => [id] });
