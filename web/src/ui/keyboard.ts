/** Everything that keys do, in one place: what is registered runs, and stands in the help overlay and in the palette. */

import { useLayoutEffect, useRef, useState } from "react";

export interface Command {
  /** `j`, `g g` (one after the other), `Mod+k` (Ctrl, or Command on a Mac), or several ways; none: in the palette only. */
  keys?: string | readonly string[];
  /** What it does, as the help overlay says it. */
  label: string;
  run: (event?: KeyboardEvent) => void;
  /** Also while one types into a field; keys with Mod always do. */
  inFields?: boolean;
  /** Not worth a line in the palette: moving by one row, say. */
  keysOnly?: boolean;
}

interface Scope {
  name: string;
  commands: readonly Command[];
}

const SEQUENCE_MS = 1000;

export class KeyRegistry {
  /** In the order in which their components were first rendered: what is inside comes after what is around it. */
  readonly #scopes: { order: number; scope: () => Scope }[] = [];
  #last = 0;
  #pressed: readonly string[] = [];
  #pressedAt = 0;

  /** A place in the order, taken when a component is first rendered. */
  nextOrder(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Add commands: later ones go before earlier ones with the same keys. Gives what takes them away. */
  add(scope: () => Scope, order: number = this.nextOrder()): () => void {
    const added = { order, scope };
    this.#scopes.push(added);
    this.#scopes.sort((one, other) => one.order - other.order);
    return () => {
      this.#scopes.splice(this.#scopes.indexOf(added), 1);
    };
  }

  /** What is registered now, what is nearest to the reader first; scopes of one name are one. */
  scopes(): readonly Scope[] {
    const found = Map.groupBy(this.#newestFirst(), (scope) => scope.name);
    return [...found].map(([name, scopes]) => ({ name, commands: scopes.flatMap((scope) => scope.commands) }));
  }

  /** Run what an event of the keyboard asks for. */
  readonly handle = (event: KeyboardEvent): void => {
    const name = keyName(event);
    if (event.defaultPrevented || event.isComposing || name === null || keepsKey(event)) return;
    const isFresh = event.timeStamp - this.#pressedAt > SEQUENCE_MS;
    const pressed = isFresh ? [] : this.#pressed;
    this.#pressed = [];
    if (!this.#press([...pressed, name], event) && pressed.length > 0) this.#press([name], event);
  };

  #press(pressed: readonly string[], event: KeyboardEvent): boolean {
    const typing = isWithin(event, TEXT_FIELDS);
    let isBegun = false;
    for (const command of this.#newestFirst().flatMap((scope) => scope.commands)) {
      for (const keys of [command.keys ?? []].flat().map((each) => each.split(" "))) {
        if (typing && command.inFields !== true && !keys[0]?.includes("Mod+")) continue;
        if (!pressed.every((key, at) => keys[at] === key)) continue;
        if (keys.length > pressed.length) {
          isBegun = true;
          continue;
        }
        event.preventDefault();
        command.run(event);
        return true;
      }
    }
    if (isBegun) {
      this.#pressed = pressed;
      this.#pressedAt = event.timeStamp;
      event.preventDefault();
    }
    return isBegun;
  }

  #newestFirst(): Scope[] {
    return this.#scopes.toReversed().map(({ scope }) => scope());
  }
}

/** The registry of the page. */
export const keyRegistry = new KeyRegistry();

/**
 * Register what keys do while a component is shown. The help overlay lists it under the scope's name, the palette
 * offers it, and the newest component wins where two want the same keys.
 */
export function useKeys(scope: string, commands: readonly Command[]): void {
  const current = useRef({ name: scope, commands });
  useLayoutEffect(() => {
    current.current = { name: scope, commands };
  });
  // Effects of what is inside run before those of what is around it; rendering has the order that is meant.
  const [order] = useState(() => keyRegistry.nextOrder());
  // Before it is seen: after it, a key could still mean what was shown before, or nothing.
  useLayoutEffect(() => keyRegistry.add(() => current.current, order), [order]);
}

const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

const SHOWN: Readonly<Record<string, string>> = {
  Mod: IS_MAC ? "⌘" : "Ctrl",
  Shift: "⇧",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "esc",
  Space: "space",
  PageUp: "pg up",
  PageDown: "pg dn",
};

/** Write keys for people: one text for each key of the sequence. */
export function shownKeys(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const parts = key === "+" ? ["+"] : key.split("+");
    return parts
      .map((part) => SHOWN[part] ?? (parts.length > 1 && part.length === 1 ? part.toUpperCase() : part))
      .join(IS_MAC ? "" : " ");
  });
}

/** Name the key of an event as commands write it; null for one that is only held, as Shift. */
function keyName(event: KeyboardEvent): string | null {
  if (["Shift", "Control", "Meta", "Alt", "AltGraph", "Dead", "Process"].includes(event.key)) return null;
  const modified = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}`;
  const name = event.key === " " ? "Space" : event.key;
  return modified + (name.length > 1 ? `${event.shiftKey ? "Shift+" : ""}${name}` : letter(event));
}

/** Capitals are letters with Shift, whatever Caps Lock says; other alphabets count by where the key is. */
function letter(event: KeyboardEvent): string {
  const latin = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = event.key.charCodeAt(0) > 0x7f && latin !== undefined ? latin : event.key;
  if (!/^[a-z]$/i.test(key)) return key;
  return event.shiftKey ? key.toUpperCase() : key.toLowerCase();
}

const TEXT_FIELDS = "textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=button])";

/** Whether the key belongs to what has the focus: a button that it presses, or the dialog that is open. */
function keepsKey(event: KeyboardEvent): boolean {
  if (document.querySelector("dialog[data-modal][open]") !== null) return true;
  if (event.key !== "Enter" && event.key !== " ") return false;
  // With Ctrl, Enter is only a link's own.
  const keepers = event.ctrlKey || event.metaKey ? "a[href]" : "button, a[href], summary, input, [role=menuitem]";
  return isWithin(event, keepers);
}

function isWithin({ target }: Event, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
