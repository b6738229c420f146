import { useCallback } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { contentBefore } from "../../../domain/known-files.ts";
import { isAbsorbed, resultsOf } from "../../../domain/turns.ts";
import { EmptyState } from "../../../ui/states.tsx";
import { useTranscript } from "../model/transcript-context.ts";
import { useCompactions } from "../model/use-compactions.ts";
import { useMessages } from "../model/use-messages.ts";
import { CompactionLine } from "./compaction-line.tsx";
import { type LoadedItems, RowColumn } from "./row-column.tsx";
import { TurnRow } from "./turn-row.tsx";

type Lookup = LoadedItems<MessageItem>["lookup"];

/** All messages in one column; results of tools stand in the cards of their calls. */
export function ReadingColumn({ expected }: { expected: number }) {
  const { at, reading } = useTranscript();
  const compactions = useCompactions(at);
  const row = useCallback(
    (message: MessageItem, lookup: Lookup) => (
      <>
        {compactions.before(message, lookup).map((event) => (
          <CompactionLine key={event.number} event={event} />
        ))}
        <TurnRow message={message} results={resultsOf(message, lookup)} before={contentBefore(message, lookup)} />
      </>
    ),
    [compactions],
  );
  return (
    <RowColumn
      label="Messages"
      attribute="data-message"
      reading={reading}
      expected={expected}
      useItems={useMessages}
      shownIn={callerOf}
      row={row}
      empty={<EmptyState title="This transcript has no messages.">Its events may say why.</EmptyState>}
    />
  );
}

function callerOf(message: MessageItem): number | null {
  return isAbsorbed(message) ? (message.caller ?? null) : null;
}
