import { useQueryClient } from "@tanstack/react-query";
import { stepTo } from "../../../domain/citations.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { toast } from "../../../ui/toast.ts";
import { findEvent, isCall, isFailed, isShown } from "./event-steps.ts";
import type { Reading } from "./reading.ts";
import { findTurn, hasCall, hasError, isTurn } from "./steps.ts";
import type { TranscriptView } from "./transcript-context.ts";
import { useChangeAddress } from "./use-address.ts";

export interface ReadingDoings {
  total: number;
  /** Whether events are shown; null: messages. */
  events: { reading: Reading; total: number } | null;
  isFocused: boolean;
  /** From messages to events, and back. */
  onView: () => void;
  onFind: () => void;
  onNeighbour: (direction: 1 | -1) => void;
}

/** The keys of the reading view. */
export function useReadingKeys(view: TranscriptView, doings: ReadingDoings): void {
  const { events, isFocused, onFind, onNeighbour } = doings;
  const change = useChangeAddress();
  const steps = useSteps(view, events);
  const shown = events?.reading ?? view.reading;
  const { number: what, total } =
    events === null ? { number: "message", total: doings.total } : { number: "event", total: events.total };
  useKeys("Transcript", [
    { keys: "j", label: `Next ${what}`, keysOnly: true, run: steps.to(1, "turn") },
    { keys: "k", label: `Previous ${what}`, keysOnly: true, run: steps.to(-1, "turn") },
    { keys: "n", label: "Next call of a tool", run: steps.to(1, "call") },
    { keys: "p", label: "Previous call of a tool", run: steps.to(-1, "call") },
    { keys: "e", label: "Next error", run: steps.to(1, "error") },
    { keys: "E", label: "Previous error", run: steps.to(-1, "error") },
    { keys: "c", label: "Next citation", run: steps.cite(1) },
    { keys: "C", label: "Previous citation", run: steps.cite(-1) },
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
    {
      keys: "w",
      label: events === null ? "Show the events" : "Show the messages",
      run: doings.onView,
    },
    { keys: "y", label: "Copy a link to the message", run: () => void copyLink(view.reading.state.current) },
    { keys: ["Mod+f", "/"], label: "Find in this transcript", run: onFind },
  ]);
}

type StepKind = "turn" | "call" | "error";

const TURNS = { turn: isTurn, call: hasCall, error: hasError };
const EVENTS = { turn: isShown, call: isCall, error: isFailed };

/** Steps through what is shown, and through what is cited of it. */
function useSteps({ at, reading, cited, citedEvents }: TranscriptView, events: ReadingDoings["events"]) {
  const queries = useQueryClient();
  const shown = events?.reading ?? reading;
  const numbers = events === null ? cited : citedEvents;
  const go = async (direction: 1 | -1, kind: StepKind) => {
    const from = shown.state.current;
    const found =
      events === null
        ? await findTurn(queries, at, from, direction, TURNS[kind])
        : await findEvent(queries, at, from, direction, EVENTS[kind]);
    const what = kind === "turn" ? (events === null ? "message" : "event") : kind;
    if (found !== null) shown.goTo(found);
    else toast(`No ${what} ${direction === 1 ? "behind" : "before"} this one`);
  };
  return {
    to: (direction: 1 | -1, kind: StepKind) => () =>
      void go(direction, kind).catch((error: Error) => toast(error.message, { tone: "error" })),
    cite: (direction: 1 | -1) => () => {
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
