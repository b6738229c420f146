import { isOpened } from "./reading.ts";
import { useReading, useTranscript } from "./transcript-context.ts";
import type { MessageText } from "./use-messages.ts";

/** How a part of a message is folded, and what opens it. */
export function useFold(text: MessageText, part: number, block: { folded: number }) {
  const { reading, isOpen = false } = useTranscript();
  const { number } = text.message;
  const open = useReading(reading, (state) => isOpened(state.opened, number, part, isOpen));
  const { folded } = block;
  return {
    open,
    unloaded: folded,
    loading: text.isLoading,
    onToggle: () => {
      if (folded > 0) text.loadMore();
      if (!open || folded === 0) reading.toggle(number, part, !open);
    },
  };
}
