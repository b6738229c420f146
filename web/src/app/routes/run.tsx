import { createFileRoute } from "@tanstack/react-router";
import { RunPlace } from "../../features/run/components/run-place.tsx";
import { flag, searchParams, text, texts } from "../search-params.ts";

export const Route = createFileRoute("/run")({
  component: RunPlace,
  // All is text as it was typed.
  validateSearch: searchParams({
    /** Scanners, as `file.py@name`. */
    scanner: texts,
    /** A job file, instead of scanners. */
    job: text,
    /** Arguments, as `file.py@name:parameter=text`. */
    arg: texts,
    /** Options, as `name=text`. */
    set: texts,
    /** Where the transcripts are. */
    location: text,
    /** Conditions that all must hold. */
    where: texts,
    limit: text,
    shuffle: text,
    /** Whether what would be scanned was counted. */
    counted: flag,
    /** The scan of five transcripts that was tried. */
    trial: text,
    /** The scan that was started. */
    run: text,
  }),
});
