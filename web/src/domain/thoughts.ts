/** Thoughts, without the tags that prompts have around them. */

export interface Thought {
  text: string;
  start: number;
  /** What it is, where it is not the thought itself. */
  remark: string | null;
}

const WRAPPED = /^(\s*<thinking(_summary)?>\n?)([\s\S]*?)(?:\n?<\/thinking(?:_summary)?>)?$/;

export function thoughtOf(text: string, start: number): Thought {
  if (/^\s*<thinking_redacted\/>\s*$/.test(text)) return { text: "", start, remark: "A thought that was redacted" };
  const found = WRAPPED.exec(text);
  if (found === null) return { text, start, remark: null };
  return {
    text: found[3] ?? "",
    start: start + (found[1]?.length ?? 0),
    remark: found[2] === undefined ? null : "Summary of a thought",
  };
}
