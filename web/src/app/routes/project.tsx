import { createFileRoute } from "@tanstack/react-router";
import { ProjectPlace } from "../../features/project/components/project-place.tsx";
import { searchParams, text } from "../search-params.ts";

export const Route = createFileRoute("/project")({
  component: ProjectPlace,
  validateSearch: searchParams({ q: text }),
});
