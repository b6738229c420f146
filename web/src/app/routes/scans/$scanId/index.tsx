import { createFileRoute } from "@tanstack/react-router";
import { ScanPlace } from "../../../../features/scans/components/scan-place.tsx";
import { fetchFirstResults } from "../../../../features/scans/model/scan-search.ts";
import { count, flag, oneOf, searchParams, text, texts } from "../../../search-params.ts";

export const Route = createFileRoute("/scans/$scanId/")({
  component: ScanPlace,
  validateSearch: searchParams({
    scans: text,
    scanner: text,
    where: text,
    order_by: texts,
    by: text,
    columns: texts,
    // The result whose evidence is open, and its place in the table.
    result: text,
    row: count,
    find: text,
    regex: flag,
    case: flag,
    word: flag,
    show: oneOf(["asked"]),
  }),
  beforeLoad: ({ context: { queries }, params, search, cause }) => {
    if (cause !== "stay") void fetchFirstResults(queries, params.scanId, search);
  },
});
