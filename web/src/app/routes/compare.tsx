import { createFileRoute } from "@tanstack/react-router";
import { ComparePlace } from "../../features/scans/components/compare-place.tsx";
import { searchParams, text } from "../search-params.ts";

export const Route = createFileRoute("/compare")({
  component: ComparePlace,
  validateSearch: searchParams({
    scans: text,
    a: text,
    b: text,
    scanner: text,
    // The scanner of `b` that `scanner` is compared with, where they are two.
    scanner_b: text,
    flip: text,
  }),
});
