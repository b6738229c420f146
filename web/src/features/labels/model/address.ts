import { getRouteApi, type RegisteredRouter, type RouteById } from "@tanstack/react-router";

export const route = getRouteApi("/labels/$file/");

export type Search = RouteById<RegisteredRouter["routeTree"], "/labels/$file/">["types"]["fullSearchSchema"];

/** Change what the address says; undefined takes it out. A step that one may want to go back over is pushed. */
export function useChangeAddress() {
  const navigate = route.useNavigate();
  return (changed: Partial<Search>, push = false) =>
    navigate({ search: (before: Search) => ({ ...before, ...changed }), replace: !push, resetScroll: false });
}
