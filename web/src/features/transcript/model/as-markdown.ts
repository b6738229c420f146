/** Messages as Markdown, to be copied. */

import type { MessageItem } from "../../../api/generated/types.gen.ts";

export function messagesAsMarkdown(messages: readonly MessageItem[]): string {
  return messages.map(asMarkdown).join("\n\n");
}

function asMarkdown(message: MessageItem): string {
  const more = message.folded > 0 ? `\n\n(${message.folded.toLocaleString("en")} more characters)` : "";
  const isOutput = message.role === "tool" || (message.calls ?? []).length > 0;
  return `## M${message.number} ${message.who}\n\n${isOutput ? fenced(message.text) : message.text}${more}`;
}

/** A fence that is longer than any in the text: what is quoted cannot end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
