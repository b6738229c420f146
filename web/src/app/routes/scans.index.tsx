import { createFileRoute } from "@tanstack/react-router";
import { ScansPlace } from "../../features/scans/components/scans-place.tsx";

export const Route = createFileRoute("/scans/")({ component: ScansPlace });
