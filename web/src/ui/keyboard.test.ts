import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Command, KeyRegistry, shownKeys } from "./keyboard.ts";

let registry: KeyRegistry;
let time: number;

beforeEach(() => {
  document.body.innerHTML = "";
  registry = new KeyRegistry();
  time = 1000;
});

function add(keys: string | string[], more: Partial<Command> = {}, scope = "Here") {
  const run = vi.fn();
  const remove = registry.add(() => ({
    name: scope,
    commands: [{ keys, label: `${keys}`, run, ...more }],
  }));
  return { run, remove };
}

function press(key: string, more: KeyboardEventInit = {}, target: Element = document.body): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, "timeStamp", { value: time });
  target.dispatchEvent(event);
  registry.handle(event);
  return event;
}

function field(html: string): Element {
  document.body.innerHTML = html;
  return document.body.firstElementChild as Element;
}

describe("the registry of keys", () => {
  test("runs what is registered, and keeps the browser from doing its own", () => {
    const { run, remove } = add("j");
    expect(press("j").defaultPrevented).toBe(true);
    expect(run).toHaveBeenCalledTimes(1);
    remove();
    expect(press("j").defaultPrevented).toBe(false);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test("lets the newest go before", () => {
    const { run: older } = add("j");
    const { run: newer, remove } = add("j");
    press("j");
    expect([older.mock.calls.length, newer.mock.calls.length]).toEqual([0, 1]);
    remove();
    press("j");
    expect(older).toHaveBeenCalledTimes(1);
  });

  test("reads sequences, which end after a second or with another key", () => {
    const { run } = add("g g");
    const { run: other } = add("j");
    press("g");
    press("g");
    expect(run).toHaveBeenCalledTimes(1);
    press("g");
    time += 2000;
    press("g");
    expect(run).toHaveBeenCalledTimes(1);
    press("j");
    press("g");
    expect([run.mock.calls.length, other.mock.calls.length]).toEqual([1, 1]);
    press("g");
    expect(run).toHaveBeenCalledTimes(2);
  });

  test("tells capitals by Shift, signs by what they are, and takes other alphabets by the place of the key", () => {
    const { run: capital } = add("G");
    const { run: sign } = add("?");
    const { run: small } = add("j");
    press("g", { shiftKey: true });
    press("?", { shiftKey: true });
    press("J");
    press("о", { code: "KeyJ" });
    expect([capital, sign, small].map((run) => run.mock.calls.length)).toEqual([1, 1, 2]);
  });

  test("takes Ctrl and Command for Mod, and leaves other combinations alone", () => {
    const { run } = add("Mod+k");
    press("k", { ctrlKey: true });
    press("k", { metaKey: true });
    press("k", { altKey: true });
    press("k");
    expect(run).toHaveBeenCalledTimes(2);
  });
});

describe("where keys are pressed", () => {
  test("leaves keys to who types, but those with Mod and those that say so", () => {
    const { run: plain } = add("j");
    const { run: mod } = add("Mod+k");
    const { run: leave } = add("Escape", { inFields: true });
    const input = field("<input>");
    press("j", {}, input);
    press("k", { ctrlKey: true }, input);
    press("Escape", {}, input);
    press("j", { isComposing: true });
    expect([plain, mod, leave].map((run) => run.mock.calls.length)).toEqual([0, 1, 1]);
    press("j", {}, field('<input type="checkbox">'));
    expect(plain).toHaveBeenCalledTimes(1);
  });

  test("leaves Enter and Space to a button, and everything to an open dialog", () => {
    const { run: enter } = add(["Enter", "Space"]);
    const { run: letter } = add("j");
    press("Enter", {}, field("<button>"));
    press(" ", {}, field("<a href='#'>x</a>"));
    expect(enter).not.toHaveBeenCalled();
    press(" ");
    expect(enter).toHaveBeenCalledTimes(1);
    field("<dialog open data-modal></dialog>");
    press("j");
    expect(letter).not.toHaveBeenCalled();
  });

  test("leaves alone what a component has answered", () => {
    const { run } = add("ArrowDown");
    const event = new KeyboardEvent("keydown", { key: "ArrowDown", cancelable: true });
    event.preventDefault();
    registry.handle(event);
    expect(run).not.toHaveBeenCalled();
  });

  test("lists scopes of one name as one, the nearest first", () => {
    add("?", {}, "Everywhere");
    add("1", {}, "Everywhere");
    add("j", {}, "Transcript");
    const listed = registry.scopes().map(({ name, commands }) => [name, commands.map((each) => each.keys)]);
    expect(listed).toEqual([
      ["Transcript", ["j"]],
      ["Everywhere", ["1", "?"]],
    ]);
  });

  test("writes keys as they stand on a keyboard", () => {
    expect(shownKeys(["Mod+k", "ArrowDown", "g", "+"])).toEqual(["Ctrl K", "↓", "g", "+"]);
  });
});
