import { createFileRoute } from "@tanstack/react-router";
import { RunPlace } from "../../features/run/components/run-place.tsx";
import { flag, searchParams, text, texts } from "../search-params.ts";

export const Route = createFileRoute("/run")({
  component: RunPlace,
  validateSearch: searchParams({
    scanner: texts,
    job: text,
    arg: texts,
    set: texts,
    location: text,
    where: texts,
    limit: text,
    shuffle: text,
    counted: flag,
    trial: text,
    run: text,
  }),
});
