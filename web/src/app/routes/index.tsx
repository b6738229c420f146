import type { QueryClient } from "@tanstack/react-query";
import { createFileRoute, redirect } from "@tanstack/react-router";
import { newestScansQuery, pageMode, placesOf } from "../places.ts";

export const Route = createFileRoute("/")({
  beforeLoad: async ({ context: { queries, routes } }) => {
    const [first, ...others] = placesOf(routes(), pageMode());
    const scans = others.find((place) => place.path === "/scans");
    const place = scans !== undefined && (await findScans(queries)) ? scans : first;
    throw redirect({ to: place?.path ?? "/scans", replace: true });
  },
});

/** Whether there is any scan to show; a server that does not answer is told by the place that is shown. */
async function findScans(queries: QueryClient): Promise<boolean> {
  try {
    const { items } = await queries.fetchQuery(newestScansQuery);
    return items.length > 0;
  } catch {
    return true;
  }
}
