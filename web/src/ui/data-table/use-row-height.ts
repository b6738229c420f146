import { useEffect, useState } from "react";

const USUAL = 32;

/** The height of a row of one line, as the density of the page has it. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(read);
  useEffect(() => {
    const watching = new MutationObserver(() => setHeight(read()));
    watching.observe(document.documentElement, { attributeFilter: ["data-density"] });
    return () => watching.disconnect();
  }, []);
  return height;
}

function read(): number {
  const told = getComputedStyle(document.documentElement).getPropertyValue("--row");
  return Number.parseInt(told, 10) || USUAL;
}
