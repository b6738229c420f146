/** Which transcripts cases are about, as far as they are there. */

import { ask } from "../../../api/ask.ts";
import type { taskOf } from "./cases.ts";

const COLUMNS = ["task_set", "task_id", "task_repeat", "agent", "model", "score", "message_count"];

function transcriptsWhere(where: string) {
  return ask("/transcripts", { query: { where: [where], columns: COLUMNS, limit: 500 } });
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export function transcriptsOfIds(ids: readonly string[]) {
  return { ...transcriptsWhere(`transcript_id IN (${ids.map(quoted).join(", ")})`), enabled: ids.length > 0 };
}

export function transcriptsOfTask(of: ReturnType<typeof taskOf>) {
  const epoch = of?.epoch === undefined ? "" : ` AND task_repeat = ${of.epoch}`;
  return transcriptsWhere(`task_id = ${quoted(of?.task ?? "")}${epoch}`);
}
