import { expect, it } from "vitest";
import type { EventItem, MessageItem } from "../../../api/generated/types.gen.ts";
import { compactionsBefore, messagesAsMarkdown } from "./messages.ts";

const message = (number: number, event: number | null): MessageItem => ({
  number,
  id: null,
  role: "assistant",
  who: "assistant",
  size: 1,
  text: "",
  folded: 0,
  event,
});
const compaction = (number: number): EventItem => ({
  number,
  id: null,
  kind: "compaction",
  size: 1,
  text: "",
  folded: 0,
});

it("puts a compaction before the first message that was made after it", () => {
  const messages = [message(1, null), message(2, 5), message(3, null), message(4, 20)];
  const lookup = (number: number) => messages[number - 1];
  const events = [compaction(3), compaction(12), compaction(30)];
  const found = messages.map((one) => compactionsBefore(events, one, lookup).map((event) => event.number));
  expect(found).toEqual([[], [3], [], [12]]);
});

it("writes messages with their numbers, and what tools say in a fence that it cannot leave", () => {
  const message = { id: "m", size: 1, folded: 0 };
  const said = messagesAsMarkdown([
    { ...message, number: 1, role: "user", who: "user", text: "Fix *it*" },
    { ...message, number: 2, role: "tool", who: "tool bash", text: "a\n````\nb", folded: 1200 },
  ]);
  expect(said).toBe("## M1 user\n\nFix *it*\n\n## M2 tool bash\n\n`````\na\n````\nb\n`````\n\n(1,200 more characters)");
});
