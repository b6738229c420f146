import { expect, it } from "vitest";
import { messagesAsMarkdown } from "./as-markdown.ts";

it("writes messages with their numbers, and what tools say in a fence that it cannot leave", () => {
  const message = { id: "m", size: 1, folded: 0 };
  const said = messagesAsMarkdown([
    { ...message, number: 1, role: "user", who: "user", text: "Fix *it*" },
    { ...message, number: 2, role: "tool", who: "tool bash", text: "a\n````\nb", folded: 1200 },
  ]);
  expect(said).toBe("## M1 user\n\nFix *it*\n\n## M2 tool bash\n\n`````\na\n````\nb\n`````\n\n(1,200 more characters)");
});
