/** Which transcripts cases are about, as far as they are there. */

import { ask } from "../../../api/ask.ts";

const COLUMNS = ["task_set", "task_id", "task_repeat", "agent", "model", "score", "message_count"];

function transcriptsWhere(where: string) {
  return ask("/transcripts", { query: { where: [where], columns: COLUMNS, limit: 500 } });
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export function transcriptsOfIds(ids: readonly string[]) {
  return { ...transcriptsWhere(`transcript_id IN (${ids.map(quoted).join(", ")})`), enabled: ids.length > 0 };
}

export function transcriptsOfTask({ task, epoch }: { task: string; epoch: number | undefined }) {
  return transcriptsWhere(`task_id = ${quoted(task)}${epoch === undefined ? "" : ` AND task_repeat = ${epoch}`}`);
}
