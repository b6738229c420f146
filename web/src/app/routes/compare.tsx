import { createFileRoute } from "@tanstack/react-router";
import { ComparePlace } from "../../features/compare/components/compare-place.tsx";
import { searchParams, text } from "../search-params.ts";

export const Route = createFileRoute("/compare")({
  component: ComparePlace,
  validateSearch: searchParams({
    scans: text,
    a: text,
    b: text,
    scanner: text,
    scanner_b: text,
    flip: text,
  }),
});
