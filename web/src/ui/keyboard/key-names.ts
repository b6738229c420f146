/** How keys are named, written and told from text. */

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

/** Read `g g` as the keys of a sequence, for each way to give a command. */
export function parseKeys(keys: string | readonly string[] | undefined): readonly (readonly string[])[] {
  if (keys === undefined) return [];
  return (typeof keys === "string" ? [keys] : keys).map((each) => each.split(" "));
}

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
export function keyName(event: KeyboardEvent): string | null {
  if (["Shift", "Control", "Meta", "Alt", "AltGraph", "Dead", "Process"].includes(event.key)) return null;
  const modified = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}`;
  if (event.key === " ") return `${modified}${event.shiftKey ? "Shift+" : ""}Space`;
  if (event.key.length > 1) return `${modified}${event.shiftKey ? "Shift+" : ""}${event.key}`;
  return modified + letter(event);
}

/** Capitals are letters with Shift, whatever Caps Lock says; other alphabets count by where the key is. */
function letter(event: KeyboardEvent): string {
  const latin = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = event.key.charCodeAt(0) > 0x7f && latin !== undefined ? latin : event.key;
  if (!/^[a-z]$/i.test(key)) return key;
  return event.shiftKey ? key.toUpperCase() : key.toLowerCase();
}

const TEXT_FIELDS = "textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=button])";

export function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TEXT_FIELDS) !== null;
}

/** Whether the key belongs to what has the focus: a button that it presses, or the dialog that is open. */
export function keepsKey(event: KeyboardEvent): boolean {
  if (document.querySelector("dialog[data-modal][open]") !== null) return true;
  if (event.key !== "Enter" && event.key !== " ") return false;
  // With Ctrl, Enter is only a link's own.
  const keepers = event.ctrlKey || event.metaKey ? "a[href]" : "button, a[href], summary, input, [role=menuitem]";
  return event.target instanceof Element && event.target.closest(keepers) !== null;
}
