import { useSyncExternalStore } from "react";
import { useListAddress } from "./use-list-address.ts";

/** With less room the table needs all of it, unless the reader wants the facets. */
const ROOM = "(min-width: 1200px)";

/** Whether the facets are shown, and what changes that. */
export function useFacetsShown(): [boolean, () => void] {
  const { search, change } = useListAddress();
  const hasRoom = useSyncExternalStore(followRoom, () => matchMedia(ROOM).matches);
  const isShown = search.side === undefined ? hasRoom : search.side === "facets";
  const side = isShown ? "none" : "facets";
  return [isShown, () => change({ side: (side === "facets") === hasRoom ? undefined : side })];
}

function followRoom(changed: () => void): () => void {
  const room = matchMedia(ROOM);
  room.addEventListener("change", changed);
  return () => room.removeEventListener("change", changed);
}
