import { createFileRoute } from "@tanstack/react-router";
import { LabelsPlace } from "../../features/labels/components/labels-place.tsx";

export const Route = createFileRoute("/labels/")({ component: LabelsPlace });
