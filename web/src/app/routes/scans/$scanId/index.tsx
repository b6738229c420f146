import { createFileRoute } from "@tanstack/react-router";
import { ScanPlace } from "../../../../features/scans/components/scan-place.tsx";
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
    result: text,
    row: count,
    find: text,
    regex: flag,
    case: flag,
    word: flag,
    show: oneOf(["asked"]),
  }),
});
