import { createFileRoute } from "@tanstack/react-router";
import { TranscriptPlace } from "../../../../features/transcript/components/transcript-place.tsx";
import { messagePage, pageOf } from "../../../../features/transcript/model/questions.ts";
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
  // With the code of the place, not after it. Links that are pointed at ask nothing: the server would read each transcript.
  beforeLoad: ({ cause, context: { queries }, params: { id }, search: { location, message, view } }) => {
    if (cause !== "enter" || view === "events") return;
    void queries.prefetchQuery(messagePage({ id, location }, pageOf(message || 1), false));
  },
  component: TranscriptPlace,
});
