import { useState } from "react";

/** A number that the browser keeps for the next time: the width of a pane. Null: as it is by itself. */
export function useKeptNumber(name: string): [number | null, (value: number | null) => void] {
  const [value, setValue] = useState(() => read(`scout-${name}`));
  const keep = (now: number | null) => {
    setValue(now);
    try {
      if (now === null) localStorage.removeItem(`scout-${name}`);
      else localStorage.setItem(`scout-${name}`, String(now));
    } catch {
      // Storage is refused: it holds until the page is closed.
    }
  };
  return [value, keep];
}

function read(name: string): number | null {
  try {
    const kept = Number(localStorage.getItem(name) ?? Number.NaN);
    return Number.isFinite(kept) ? kept : null;
  } catch {
    return null;
  }
}
