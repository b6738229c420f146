import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { ConflictError } from "../../../api/errors.ts";
import { deleteCase, putCase } from "../../../api/label-cases.ts";
import { type Cases, casesQuery } from "../api/cases.ts";
import { createFile } from "../api/label-files.ts";
import { type Case, type Fields, isSameCase, patched } from "./cases.ts";

/** What is to be written of a case, and what stood there when it was decided; null and undefined: no case. */
interface Change {
  key: string;
  fields: Fields | null;
  before: Fields | undefined;
}

interface Refused {
  change: Change;
  error: Error;
  isConflict: boolean;
}

export interface Labels {
  /** The cases with what is on its way into the file; undefined while they load. */
  cases: readonly Case[] | undefined;
  error: Error | null;
  /** The change that could not be written; it is kept until it is written after all, or dropped. */
  refused: Refused | null;
  isWriting: boolean;
  write: (change: Change) => void;
  /** Write what was refused over what stands there now. */
  insist: () => void;
  drop: () => void;
  retry: () => void;
}

const NONE: readonly Change[] = [];

/** The labels of a file: each is written at once, one after the other, and never over what was not seen. */
export function useLabels(file: string, name: string): Labels {
  const queries = useQueryClient();
  const query = useQuery(casesQuery(file));
  const [pending, setPending] = useState<readonly Change[]>(NONE);
  const [refused, setRefused] = useState<Refused | null>(null);
  const chain = useRef<Promise<void>>(Promise.resolve());
  const write = useCallback(
    (change: Change) => {
      setPending((before) => [...before, change]);
      chain.current = chain.current.then(async () => {
        try {
          await send(queries, file, name, change);
          setPending((before) => before.filter((each) => each !== change));
        } catch (error) {
          setRefused({ change, error: error as Error, isConflict: error instanceof ConflictError });
          if (error instanceof ConflictError) void queries.invalidateQueries(casesQuery(file));
        }
      });
    },
    [queries, file, name],
  );
  const forget = useCallback((change: Change) => {
    setPending((before) => before.filter((each) => each !== change));
    setRefused(null);
  }, []);
  const cases = useMemo(
    () => query.data && pending.reduce((items, { key, fields }) => patched(items, key, fields), query.data.items),
    [query.data, pending],
  );
  return {
    cases,
    error: query.error,
    refused,
    isWriting: pending.length > 0 && refused === null,
    write,
    insist: () => {
      if (refused === null) return;
      const { key, fields } = refused.change;
      // What is written over is what stands there now.
      void query.refetch().then(({ data, error }) => {
        if (error !== null) return;
        forget(refused.change);
        write({ key, fields, before: data?.items.find((each) => each.key === key)?.fields });
      });
    },
    drop: () => {
      if (refused !== null) forget(refused.change);
    },
    retry: () => void query.refetch(),
  };
}

async function send(queries: QueryClient, file: string, name: string, change: Change): Promise<void> {
  const { key, fields, before } = change;
  const asked = casesQuery(file);
  const known = await queries.ensureQueryData(asked);
  if (known.etag === null) {
    if (fields === null) return;
    await createFile(name, [fields]);
    await queries.invalidateQueries(asked);
    return;
  }
  const now = known.items.find((each) => each.key === key)?.fields;
  if (!isSameCase(now, before)) throw new ConflictError("Somebody else has changed this case meanwhile.");
  if (fields === null && now === undefined) return;
  const told = fields === null ? await deleteCase(file, key, known.etag) : await putCase(file, key, fields, known.etag);
  // What was asked before the change must not come after it.
  await queries.cancelQueries(asked);
  queries.setQueryData<Cases>(asked.queryKey, (cases) => {
    const items = patched(cases?.items ?? [], key, fields);
    return { items, total: items.length, etag: `"${told.etag}"` };
  });
}
