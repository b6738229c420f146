import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/generated/types.gen.ts";
import { isAbsorbed, resultsOf, turnOf } from "./turns.ts";

function message(fields: Partial<MessageItem>): MessageItem {
  return { number: 1, id: "m", role: "assistant", who: "assistant", size: 1, text: "", folded: 0, ...fields };
}

const THOUGHT = "\n<thinking>hm \u{1f600}</thinking>";
const CALL = "\nTool Call: bash\nArguments:\ncmd: ls";

describe("turnOf", () => {
  const text = `Hi.${CALL}`;
  const caller = message({
    text,
    parts: [
      { kind: "text", start: 0, stop: 3, position: 0 },
      { kind: "call", start: 3, stop: text.length, position: 0 },
    ],
    calls: [{ id: "c", function: "bash", result: 2 }],
  });
  const result = message({ number: 2, role: "tool", text: "a.txt", caller: 1 });

  it("puts a call and its result into one block", () => {
    const turn = turnOf(caller, (number) => (number === 2 ? result : undefined));
    expect(turn.blocks.map((block) => block.kind)).toEqual(["text", "call"]);
    const call = turn.blocks[1];
    expect(call?.kind === "call" && call.result?.text).toBe("a.txt");
    expect(call?.kind === "call" && call.arguments).toEqual([{ name: "cmd", text: "ls", start: text.length - 2 }]);
    expect(resultsOf(caller, (number) => (number === 2 ? result : undefined))).toEqual([result]);
    expect(isAbsorbed(result) && !isAbsorbed(caller)).toBe(true);
  });

  it("tells a result that is not loaded from one that does not exist", () => {
    const waiting = turnOf(caller, () => undefined).blocks[1];
    expect(waiting?.kind === "call" && waiting.result).toBeNull();
    const none = turnOf({ ...caller, calls: [{ id: "c", function: "bash" }] }, () => undefined).blocks[1];
    expect(none?.kind === "call" && none.result).toBeUndefined();
  });

  it("puts thoughts above calls, also where the log has them behind, and counts wide characters as one", () => {
    const all = CALL + THOUGHT;
    const stop = [...all].length;
    const turn = turnOf(
      message({
        text: all,
        parts: [
          { kind: "call", start: 0, stop: CALL.length, position: 0 },
          { kind: "thought", start: CALL.length, stop, position: 0 },
        ],
      }),
      () => undefined,
    );
    expect(turn.blocks.map((block) => block.kind)).toEqual(["thought", "call"]);
    expect(turn.blocks[0]?.kind === "thought" && turn.blocks[0].text).toBe(THOUGHT);
  });

  it("says how much of a part is not loaded", () => {
    const parts = [
      { kind: "text" as const, start: 0, stop: 10, position: 0 },
      { kind: "error" as const, start: 12, stop: 20, position: 0 },
    ];
    const turn = turnOf(message({ text: "abcd", folded: 16, parts }), () => undefined);
    expect(turn.blocks).toMatchObject([
      { kind: "text", start: 0, text: "abcd", skipped: 0, folded: 6 },
      { kind: "error", start: 4, text: "", skipped: 0, folded: 8 },
    ]);
    expect(turn.failed).toBe(true);
  });

  it("finds its parts in the middle of a long text, and says what is before", () => {
    const parts = [
      { kind: "text" as const, start: 0, stop: 10, position: 0 },
      { kind: "thought" as const, start: 10, stop: 30, position: 1 },
    ];
    const middle = message({ text: "\u{1f600}789ABCD", folded: 16, parts });
    expect(turnOf(middle, () => undefined, 6).blocks).toMatchObject([
      { kind: "text", start: 0, text: "\u{1f600}789", skipped: 6, folded: 0 },
      { kind: "thought", start: 5, text: "ABCD", skipped: 0, folded: 16 },
    ]);
  });

  it("knows a call that the provider made itself", () => {
    const said = "\nTool Use: web_search(cats) -> found ";
    const parts = [{ kind: "call" as const, start: 0, stop: said.length, position: 3 }];
    const block = turnOf(message({ text: said, parts }), () => undefined).blocks[0];
    expect(block?.kind === "call" && block.call.function).toBe("web_search");
  });
});
