import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

const COLUMNS = ["task_set", "task_id", "task_repeat", "agent", "model", "score", "message_count"];

export interface Described {
  id: string;
  values: Readonly<Record<string, unknown>>;
}

/** Which transcripts cases are about, as far as they are there: by `where`, a condition. */
function describedQuery(where: string, key: readonly string[]) {
  return queryOptions({
    queryKey: queryKeys.describedTranscripts(key),
    queryFn: async ({ signal }): Promise<readonly Described[]> => {
      const page = await read("/transcripts", {
        query: { where: [where], columns: COLUMNS, limit: 500 },
        signal,
      });
      return page.items.map((row) => ({ id: row.transcript_id, values: row.values }));
    },
  });
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export function transcriptsOfIdsQuery(ids: readonly string[]) {
  return {
    ...describedQuery(`transcript_id IN (${ids.map(quoted).join(", ")})`, ids),
    enabled: ids.length > 0,
  };
}

export function transcriptOfTaskQuery(task: string, epoch: number | undefined) {
  const where = `task_id = ${quoted(task)}${epoch === undefined ? "" : ` AND task_repeat = ${epoch}`}`;
  return describedQuery(where, ["task", task, String(epoch)]);
}

export const PAGE = 50;
const CHARACTERS = 4000;

/** A page of the messages of a transcript, from 0. */
export function messagesQuery(id: string, page: number) {
  const start = page * PAGE + 1;
  return queryOptions({
    queryKey: queryKeys.transcript({ id, location: undefined }, "to label", page),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/messages", {
        path: { id },
        query: { start, stop: start + PAGE, characters: CHARACTERS },
        signal,
      }),
    gcTime: 60_000,
  });
}
