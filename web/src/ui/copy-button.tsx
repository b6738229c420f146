import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

interface CopyButtonProps {
  /** What is copied; a function is asked when it is wanted. */
  text: string | (() => string | Promise<string>);
  /** What it is, for its name: "the command". */
  what: string;
  /** Whether the words stand beside the icon. */
  named?: boolean;
}

const SHOWN_MS = 1500;

export function CopyButton({ text, what, named = false }: CopyButtonProps) {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready");
  useEffect(() => {
    if (state === "ready") return;
    const shown = setTimeout(() => setState("ready"), SHOWN_MS);
    return () => clearTimeout(shown);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : await text());
      setState("copied");
    } catch {
      setState("refused");
    }
  };
  const words = { ready: `Copy ${what}`, copied: "Copied", refused: "Could not be copied" }[state];
  return (
    <button type="button" data-kind={named ? undefined : "plain"} title={words} aria-label={words} onClick={copy}>
      <Icon name={state === "copied" ? "check" : state === "refused" ? "warning" : "copy"} />
      {named && words}
    </button>
  );
}
