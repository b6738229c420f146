import { createFileRoute } from "@tanstack/react-router";
import { ScansPlace } from "../../features/scans/components/scans-place.tsx";
import { scansQuery } from "../../features/scans/model/scan-list.ts";
import { oneOf, searchParams, text, texts } from "../search-params.ts";

export const Route = createFileRoute("/scans/")({
  component: ScansPlace,
  validateSearch: searchParams({
    location: text,
    q: text,
    state: texts,
    tag: texts,
    scanner: texts,
    model: texts,
    order_by: texts,
    columns: texts,
    group: oneOf(["scanners", "tag"]),
  }),
  // Asked before the code of the place is here.
  beforeLoad: ({ context: { queries }, search, cause }) => {
    if (cause !== "stay") void queries.prefetchInfiniteQuery(scansQuery(search));
  },
});
