import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";

export const route = getRouteApi("/labels/$file/");

export type Search = ReturnType<typeof route.useSearch>;

/** Change what the address says; undefined takes it out. A step that one may want to go back over is pushed. */
export function useChangeAddress(): (changed: Partial<Search>, push?: boolean) => void {
  const navigate = route.useNavigate();
  return useCallback(
    (changed, push = false) =>
      void navigate({
        search: (before: Search) => ({ ...before, ...changed }),
        replace: !push,
        resetScroll: false,
      }),
    [navigate],
  );
}
