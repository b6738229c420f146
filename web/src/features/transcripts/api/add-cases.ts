import { queryOptions } from "@tanstack/react-query";
import { read, send } from "../../../api/client.ts";
import type { LabelCaseItem, LabelsListCasesResponse, NewCases } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

type Case = NonNullable<NewCases["cases"]>[number];

export function labelFilesQuery() {
  return queryOptions({
    queryKey: queryKeys.labelFiles(),
    queryFn: ({ signal }) => read("/labels", { signal }),
  });
}

const PAGE = 10_000;

/** Add cases to a file; what has a case keeps it. Gives how many were added. Refused if somebody writes meanwhile. */
export async function addCases(file: string, cases: readonly Case[]): Promise<number> {
  const known: LabelCaseItem[] = [];
  let [cursor, etag]: [string | null, string] = [null, "*"];
  do {
    const page: LabelsListCasesResponse = await read("/labels/{file}", {
      path: { file },
      query: { limit: PAGE, cursor },
    });
    known.push(...page.items);
    [cursor, etag] = [page.next, page.etag];
  } while (cursor !== null);
  const ids = new Set(known.flatMap(({ fields: { id } }) => (Array.isArray(id) ? id.map(String) : [String(id)])));
  const added = cases.filter(({ id }) => !ids.has(String(id)));
  if (added.length === 0) return 0;
  await send("PUT", "/labels/{file}", {
    path: { file },
    body: { cases: [...known.map(({ fields }) => fields), ...added] },
    etag: `"${etag}"`,
  });
  return added.length;
}

/** Make a file with its first cases. */
export async function createCases(name: string, cases: readonly Case[]): Promise<number> {
  await send("POST", "/labels", {
    body: { name, cases: [...cases] },
  });
  return cases.length;
}
