import { createFileRoute } from "@tanstack/react-router";
import { TranscriptPlace } from "../../../../features/transcript/components/transcript-place.tsx";
import { count, flag, oneOf, searchParams, text, texts } from "../../../search-params.ts";

export const Route = createFileRoute("/transcripts/$id/")({
  validateSearch: searchParams({
    location: text,
    message: count,
    event: count,
    view: oneOf(["messages", "events"]),
    span: text,
    focus: flag,
    find: text,
    regex: flag,
    case: flag,
    word: flag,
    scan: texts,
    rail: oneOf(["verdicts", "label", "info", "none"]),
    where: texts,
    order_by: texts,
  }),
  component: TranscriptPlace,
});
