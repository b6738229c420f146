import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export type Group = "split" | "task" | "model";

/** How far a scanner agrees with the labels of a file. */
export function agreementQuery(file: string, scan: string, scanner: string, by?: Group) {
  const asked = { scan, scanner, by: by ?? null };
  return queryOptions({
    queryKey: queryKeys.agreement(file, asked),
    queryFn: ({ signal }) =>
      read("/labels/{file}/agreement", {
        path: { file },
        query: asked,
        signal,
      }),
  });
}

/** How far two people agree, each of whom has a file. */
export function ratersQuery(file: string, other: string) {
  return queryOptions({
    queryKey: queryKeys.raters(file, other),
    queryFn: ({ signal }) =>
      read("/labels/{file}/raters/{other}", {
        path: { file, other },
        signal,
      }),
  });
}
