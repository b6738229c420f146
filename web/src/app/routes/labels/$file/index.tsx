import { createFileRoute } from "@tanstack/react-router";
import { LabelSetPlace } from "../../../../features/labels/components/label-set-place.tsx";
import { count, oneOf, searchParams, text } from "../../../search-params.ts";

export const Route = createFileRoute("/labels/$file/")({
  component: LabelSetPlace,
  validateSearch: searchParams({
    tab: oneOf(["cases", "queue", "agreement"]),
    scan: text,
    scanner: text,
    // The queue: where its cases come from, and which of them is shown.
    source: oneOf(["scan", "set"]),
    size: count,
    by: oneOf(["value", "task", "model", "none"]),
    seed: count,
    width: count,
    rater: text,
    case: text,
    group: oneOf(["split", "task", "model"]),
    other: text,
    result: text,
    // The table.
    q: text,
    split: text,
  }),
});
