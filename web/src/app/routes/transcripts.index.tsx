import { createFileRoute } from "@tanstack/react-router";
import { TranscriptsPlace } from "../../features/transcripts/components/transcripts-place.tsx";
import { flag, oneOf, searchParams, text, texts } from "../search-params.ts";

export const Route = createFileRoute("/transcripts/")({
  component: TranscriptsPlace,
  validateSearch: searchParams({
    location: text,
    where: texts,
    order_by: texts,
    columns: texts,
    q: text,
    regex: flag,
    case: flag,
    word: flag,
    verdicts: texts,
    facets: texts,
    side: oneOf(["none", "facets"]),
  }),
});
