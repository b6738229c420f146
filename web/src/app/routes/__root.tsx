import { createRootRoute } from "@tanstack/react-router";
import { UnknownPlace } from "../shell/broken-place.tsx";
import { Shell } from "../shell/shell.tsx";

export const Route = createRootRoute({ component: Shell, notFoundComponent: UnknownPlace });
