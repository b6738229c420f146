import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventItem, MessageItem } from "../../../api/generated/types.gen.ts";
import { eventsOfKindQuery } from "../api/read-events.ts";
import { minimapQuery } from "../api/read-minimap.ts";
import type { TranscriptAddress } from "./address.ts";

type Lookup = (number: number) => MessageItem | undefined;

export interface Compactions {
  /** Those that happened right before a message was made. */
  before: (message: MessageItem, lookup: Lookup) => readonly EventItem[];
}

/** So far back a message is looked for whose event is known. */
const LOOK_BACK = 30;

/** Where the conversation was compacted, by the messages that stand around it. */
export function useCompactions(at: TranscriptAddress): Compactions {
  const map = useQuery(minimapQuery(at));
  const some = map.data?.marks.some((mark) => mark.kind === "compaction") === true;
  const events = useQuery({ ...eventsOfKindQuery(at, "compaction"), enabled: some }).data?.items;
  return useMemo(() => ({ before: (message, lookup) => compactionsBefore(events ?? [], message, lookup) }), [events]);
}

export function compactionsBefore(events: readonly EventItem[], message: MessageItem, lookup: Lookup): EventItem[] {
  const { event } = message;
  if (event == null || events.length === 0) return [];
  let previous = 0;
  for (let back = 1; back <= LOOK_BACK && previous === 0; back += 1) {
    previous = lookup(message.number - back)?.event ?? 0;
  }
  return events.filter((one) => one.number < event && one.number > previous);
}
