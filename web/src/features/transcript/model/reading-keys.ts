/** The keys of the reading view. */

import { useQueryClient } from "@tanstack/react-query";
import { stepTo } from "../../../domain/citations.ts";
import { useKeys } from "../../../ui/keyboard.ts";
import { toast } from "../../../ui/toast.ts";
import { useChangeAddress } from "./address.ts";
import type { Reading, TranscriptView } from "./reading.ts";
import { findStep, type StepKind } from "./steps.ts";

interface ReadingDoings {
  /** Where one is in what is shown: messages or events. */
  shown: Reading;
  /** How many of these there are. */
  total: number;
  isFocused: boolean;
  /** From messages to events, and back. */
  onView: () => void;
  onFind: () => void;
  onNeighbour: (direction: 1 | -1) => void;
}

export function useReadingKeys(view: TranscriptView, doings: ReadingDoings): void {
  const { shown, total, isFocused, onView, onFind, onNeighbour } = doings;
  const { sought: what } = view;
  const change = useChangeAddress();
  const { to, cite } = useSteps(view, shown);
  useKeys("Transcript", [
    { keys: "j", label: `Next ${what}`, keysOnly: true, run: to(1, "turn") },
    { keys: "k", label: `Previous ${what}`, keysOnly: true, run: to(-1, "turn") },
    { keys: "n", label: "Next call of a tool", run: to(1, "call") },
    { keys: "p", label: "Previous call of a tool", run: to(-1, "call") },
    { keys: "e", label: "Next error", run: to(1, "error") },
    { keys: "E", label: "Previous error", run: to(-1, "error") },
    { keys: "c", label: "Next citation", run: cite(1) },
    { keys: "C", label: "Previous citation", run: cite(-1) },
    { keys: "o", label: `Open or fold the ${what}`, run: () => shown.toggle(shown.state.current) },
    {
      keys: "f",
      label: isFocused ? "Show all messages" : "Show this message alone",
      run: () => change({ focus: isFocused ? undefined : true }),
    },
    ...(isFocused ? [{ keys: "Escape", label: "Back to all messages", run: () => change({ focus: undefined }) }] : []),
    { keys: "g g", label: `First ${what}`, run: () => shown.goTo(1) },
    { keys: "G", label: `Last ${what}`, run: () => shown.goTo(Math.max(1, total)) },
    { keys: "[", label: "Previous transcript", run: () => onNeighbour(-1) },
    { keys: "]", label: "Next transcript", run: () => onNeighbour(1) },
    { keys: "l", label: "Label this transcript", run: () => change({ rail: "label" }) },
    { keys: "v", label: "Show the verdicts", run: () => change({ rail: "verdicts" }) },
    { keys: "i", label: "Show what is known of it", run: () => change({ rail: "info" }) },
    { keys: "w", label: what === "message" ? "Show the events" : "Show the messages", run: onView },
    { keys: "y", label: "Copy a link to the message", run: () => void copyLink(view.reading.state.current) },
    { keys: ["Mod+f", "/"], label: "Find in this transcript", run: onFind },
  ]);
}

/** Steps through what is shown, and through what is cited of it. */
function useSteps({ at, cited, citedEvents, sought: what }: TranscriptView, shown: Reading) {
  const queries = useQueryClient();
  const go = async (direction: 1 | -1, kind: StepKind) => {
    const found = await findStep(queries, at, what, { from: shown.state.current, direction, kind });
    if (found !== null) shown.goTo(found);
    else toast(`No ${kind === "turn" ? what : kind} ${direction === 1 ? "behind" : "before"} this one`);
  };
  return {
    to: (direction: 1 | -1, kind: StepKind) => () =>
      void go(direction, kind).catch((error: Error) => toast(error.message, { tone: "error" })),
    cite: (direction: 1 | -1) => () => {
      const numbers = what === "message" ? cited : citedEvents;
      const found = stepTo([...numbers.keys()], shown.state.current, direction);
      if (found === undefined) toast("Nothing here is cited");
      else shown.goTo(found);
    },
  };
}

export async function copyLink(message: number): Promise<void> {
  const [path = "", written = ""] = location.hash.split("?");
  const search = new URLSearchParams(written);
  search.set("message", String(message));
  try {
    await navigator.clipboard.writeText(`${location.href.split("#")[0]}${path}?${search}`);
    toast(`Link to M${message} copied`);
  } catch {
    toast("The link could not be copied", { tone: "error" });
  }
}
