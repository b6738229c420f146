import { useNavigate } from "@tanstack/react-router";
import type { CompareSearch } from "./compare-search.ts";
import type { Flip } from "./flips.ts";

/** Open the transcript that both judged, with the verdicts of both. */
export function useOpenFlip({ a, b }: CompareSearch) {
  const navigate = useNavigate();
  return ({ transcript_id }: Flip, message?: number) => {
    const scan = [...new Set([a, b].filter((id) => id !== undefined))];
    void navigate({
      to: "/transcripts/$id",
      params: { id: transcript_id },
      search: { scan, ...(typeof message === "number" && { message }) },
    });
  };
}
