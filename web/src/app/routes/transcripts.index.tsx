import { createFileRoute } from "@tanstack/react-router";
import { TranscriptsPlace } from "../../features/transcripts/components/transcripts-place.tsx";
import { listOf, pageQuery } from "../../features/transcripts/model/list.ts";
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
  loaderDeps: ({ search: { location, where, order_by, columns } }) => ({ location, where, order_by, columns }),
  // Asked while the place itself is loaded, which waits for neither: errors are told where the rows would be.
  loader: ({ context: { queries }, deps: { columns, ...list } }) => {
    void queries.prefetchQuery(pageQuery(listOf(list), columns));
  },
});
