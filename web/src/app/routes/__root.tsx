import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext } from "@tanstack/react-router";
import { UnknownPlace } from "../shell/broken-place.tsx";
import { Shell } from "../shell/shell.tsx";

export interface PageContext {
  queries: QueryClient;
  /** The routes by their path: which places there are. */
  routes: () => object;
}

export const Route = createRootRouteWithContext<PageContext>()({
  component: Shell,
  notFoundComponent: UnknownPlace,
});
