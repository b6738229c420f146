import { read } from "../../../api/client.ts";
import type {
  TranscriptRow,
  TranscriptsGetTranscriptsData,
  TranscriptsGetTranscriptsResponse,
} from "../../../api/generated/types.gen.ts";
import { idsCondition, type ListAddress } from "../model/links.ts";
import { serverOrder } from "../model/order.ts";

const PAGE = 1000;
/** Ids in one condition: they stand in the address of the request. */
const IDS = 200;

/** Read all that are meant, page by page: for what leaves the page, and for nothing that is shown. */
export async function* readAll(
  list: ListAddress,
  meant: readonly string[] | "all",
  columns: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ rows: readonly TranscriptRow[]; total: number }> {
  const base = { columns: [...columns], location: list.location ?? null, limit: PAGE };
  const ask = (query: NonNullable<TranscriptsGetTranscriptsData["query"]>) => read("/transcripts", { query, signal });
  const order_by = serverOrder(list.order_by);
  if (meant === "all") {
    let cursor: string | null = null;
    do {
      const page: TranscriptsGetTranscriptsResponse = await ask({
        ...base,
        where: [...list.where],
        order_by,
        cursor,
      });
      yield { rows: page.items, total: page.total };
      cursor = page.next ?? null;
    } while (cursor !== null);
    return;
  }
  for (let at = 0; at < meant.length; at += IDS) {
    const page = await ask({ ...base, where: [idsCondition(meant.slice(at, at + IDS))], order_by });
    yield { rows: page.items, total: meant.length };
  }
}
