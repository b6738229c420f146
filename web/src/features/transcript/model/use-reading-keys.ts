import { useQueryClient } from "@tanstack/react-query";
import { stepTo } from "../../../domain/citations.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { toast } from "../../../ui/toast.ts";
import { findTurn, hasCall, hasError, isTurn } from "./steps.ts";
import type { TranscriptView } from "./transcript-context.ts";
import { useChangeAddress } from "./use-address.ts";

interface Doings {
  total: number;
  isFocused: boolean;
  onFind: () => void;
  onNeighbour: (direction: 1 | -1) => void;
}

/** The keys of the reading view. */
export function useReadingKeys(
  view: TranscriptView,
  { total, isFocused, onFind, onNeighbour }: Doings,
): void {
  const { at, reading, cited } = view;
  const queries = useQueryClient();
  const change = useChangeAddress();
  const step = (direction: 1 | -1, wanted: typeof isTurn, what: string) => async () => {
    const found = await findTurn(queries, at, reading.state.current, direction, wanted);
    if (found !== null) reading.goTo(found);
    else toast(direction === 1 ? `No ${what} behind this one` : `No ${what} before this one`);
  };
  const cite = (direction: 1 | -1) => () => {
    const found = stepTo([...cited.keys()], reading.state.current, direction);
    if (found === undefined) toast("Nothing of this transcript is cited");
    else reading.goTo(found);
  };
  const run = (go: () => Promise<void>) => () =>
    void go().catch((error: Error) => toast(error.message, { tone: "error" }));
  useKeys("Transcript", [
    { keys: "j", label: "Next message", keysOnly: true, run: run(step(1, isTurn, "message")) },
    { keys: "k", label: "Previous message", keysOnly: true, run: run(step(-1, isTurn, "message")) },
    { keys: "n", label: "Next call of a tool", run: run(step(1, hasCall, "call")) },
    { keys: "p", label: "Previous call of a tool", run: run(step(-1, hasCall, "call")) },
    { keys: "e", label: "Next error", run: run(step(1, hasError, "error")) },
    { keys: "E", label: "Previous error", run: run(step(-1, hasError, "error")) },
    { keys: "c", label: "Next citation", run: cite(1) },
    { keys: "C", label: "Previous citation", run: cite(-1) },
    { keys: "o", label: "Open or fold the message", run: () => openAll(view) },
    {
      keys: "f",
      label: isFocused ? "Show all messages" : "Show this message alone",
      run: () => change({ focus: isFocused ? undefined : true }),
    },
    ...(isFocused
      ? [{ keys: "Escape", label: "Show all messages", run: () => change({ focus: undefined }) }]
      : []),
    { keys: "g g", label: "First message", run: () => reading.goTo(1) },
    { keys: "G", label: "Last message", run: () => reading.goTo(total) },
    { keys: "[", label: "Previous transcript", run: () => onNeighbour(-1) },
    { keys: "]", label: "Next transcript", run: () => onNeighbour(1) },
    { keys: "l", label: "Label this transcript", run: () => change({ rail: "label" }) },
    { keys: "v", label: "Show the verdicts", run: () => change({ rail: "verdicts" }) },
    { keys: "i", label: "Show what is known of it", run: () => change({ rail: "info" }) },
    { keys: "y", label: "Copy a link to the message", run: () => void copyLink(reading.state.current) },
    { keys: ["Mod+f", "/"], label: "Find in this transcript", run: onFind },
  ]);
}

function openAll({ reading }: TranscriptView): void {
  const { current } = reading.state;
  reading.toggle(current);
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
