/** Everything that keys do, in one place: what is registered runs, and stands in the help overlay and in the palette. */

import { isTypedInto, keepsKey, keyName, parseKeys } from "./key-names.ts";

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

export interface Scope {
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
    const found = new Map<string, Command[]>();
    for (const scope of this.#newestFirst()) {
      const commands = found.get(scope.name) ?? [];
      commands.push(...scope.commands);
      found.set(scope.name, commands);
    }
    return [...found].map(([name, commands]) => ({ name, commands }));
  }

  /** Run what an event of the keyboard asks for. */
  readonly handle = (event: KeyboardEvent): void => {
    const name = keyName(event);
    if (event.defaultPrevented || event.isComposing || name === null || keepsKey(event)) return;
    const isFresh = event.timeStamp - this.#pressedAt > SEQUENCE_MS;
    const pressed = isFresh ? [] : this.#pressed;
    this.#pressed = [];
    if (this.#press([...pressed, name], event)) return;
    if (pressed.length > 0) this.#press([name], event);
  };

  #press(pressed: readonly string[], event: KeyboardEvent): boolean {
    const typing = isTypedInto(event.target);
    let isBegun = false;
    for (const command of this.#newestFirst().flatMap((scope) => scope.commands)) {
      for (const keys of parseKeys(command.keys)) {
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
