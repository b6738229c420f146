import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { keyOf } from "../../../api/ask.ts";
import { read, send } from "../../../api/client.ts";
import { ConflictError, ServerError } from "../../../api/connection.ts";
import type { LabelCases } from "../../../api/generated/types.gen.ts";
import { deleteCase, putCase } from "../../../api/label-cases.ts";
import { type Case, type Fields, isSameCase, patched } from "./cases.ts";

/** People write sets of hundreds; a page holds more than that. */
const LIMIT = 10_000;
/** The file is made with its first label. */
const NO_FILE: LabelCases = { items: [], total: 0, next: null, etag: "" };

export function casesQuery(file: string) {
  const asked = { path: { file }, query: { limit: LIMIT } };
  return queryOptions({
    queryKey: keyOf("/labels/{file}", asked, "or none"),
    queryFn: async ({ signal }): Promise<LabelCases> => {
      try {
        return await read("/labels/{file}", { ...asked, signal });
      } catch (error) {
        if (error instanceof ServerError && error.status === 404) return NO_FILE;
        throw error;
      }
    },
  });
}

/** What is to be written of a case, and what stood there when it was decided; null and undefined: no case. */
interface Change {
  key: string;
  fields: Fields | null;
  before: Fields | undefined;
}

export type Labels = ReturnType<typeof useLabels>;

/** The labels of a file: each is written at once, one after the other, and never over what was not seen. */
export function useLabels(file: string, name: string) {
  const queries = useQueryClient();
  const query = useQuery(casesQuery(file));
  const [pending, setPending] = useState<readonly Change[]>([]);
  const [refused, setRefused] = useState<{ change: Change; error: Error } | null>(null);
  const chain = useRef<Promise<void>>(Promise.resolve());
  // The columns of a table depend on it.
  const write = useCallback(
    (change: Change) => {
      setPending((before) => [...before, change]);
      chain.current = chain.current.then(async () => {
        try {
          await writeCase(queries, file, name, change);
          setPending((before) => before.filter((each) => each !== change));
        } catch (error) {
          setRefused({ change, error: error as Error });
          if (error instanceof ConflictError) void queries.invalidateQueries(casesQuery(file));
        }
      });
    },
    [queries, file, name],
  );
  const drop = () => {
    setPending((before) => before.filter((each) => each !== refused?.change));
    setRefused(null);
  };
  const insist = async () => {
    if (refused === null) return;
    // What is written over is what stands there now.
    const { data, error } = await query.refetch();
    if (error !== null) return;
    drop();
    const { key, fields } = refused.change;
    write({ key, fields, before: data?.items.find((each) => each.key === key)?.fields });
  };
  const cases = useMemo(
    () =>
      query.data &&
      pending.reduce<readonly Case[]>((items, { key, fields }) => patched(items, key, fields), query.data.items),
    [query.data, pending],
  );
  return {
    /** The cases with what is on its way into the file; undefined while they load. */
    cases,
    total: query.data?.total,
    error: query.error,
    retry: query.refetch,
    /** The change that could not be written; it is kept until it is written after all, or dropped. */
    refused,
    /** Whether the file says less than is shown. */
    isWriting: pending.some((each) => each !== refused?.change),
    write,
    insist,
    drop,
  };
}

async function writeCase(queries: QueryClient, file: string, name: string, change: Change): Promise<void> {
  const { key, fields, before } = change;
  const asked = casesQuery(file);
  const known = await queries.ensureQueryData(asked);
  const now = known.items.find((each) => each.key === key)?.fields;
  if (!isSameCase(now, before)) throw new ConflictError("Somebody else has changed this case meanwhile.");
  if (fields === null && now === undefined) return;
  const { etag } = await sendCase(file, name, change, known.etag);
  // What was asked before the change must not come after it. The answer itself says how the file stands: to ask again
  // would give what was before if the server tells of the change meanwhile, and the next label would make the file anew.
  await queries.cancelQueries(asked);
  // What is compared with the labels is asked when it is shown next, even if the server has not told of the change yet.
  await queries.invalidateQueries({ queryKey: ["labels"], refetchType: "none" });
  queries.setQueryData(asked.queryKey, (cases) => {
    const items = [...patched(cases?.items ?? [], key, fields)];
    return { items, total: items.length, next: null, etag };
  });
}

function sendCase(file: string, name: string, { key, fields }: Change, etag: string) {
  if (fields === null) return deleteCase(file, key, `"${etag}"`);
  if (etag === NO_FILE.etag) return send("POST", "/labels", { body: { name, cases: [fields] } });
  return putCase(file, key, fields, `"${etag}"`);
}
