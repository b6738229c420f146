import { createContext } from "react";
import type { Sought } from "../api/find-texts.ts";
import type { ListAddress } from "./links.ts";

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
