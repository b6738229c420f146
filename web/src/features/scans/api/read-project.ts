import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** What the project says of transcripts and of labels. */
export const projectQuery = queryOptions({
  queryKey: queryKeys.projectPlaces(),
  queryFn: async ({ signal }) => {
    const { path, config } = await read("/project", {
      signal,
    });
    return { path, config };
  },
});
