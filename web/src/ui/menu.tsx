import type { KeyboardEvent, ReactNode, RefObject } from "react";
import { Icon, type IconName } from "./icon.tsx";
import { Keys } from "./keyboard/keys.tsx";
import styles from "./menu.module.css";
import { Popover } from "./popover.tsx";

export interface MenuItem {
  label: string;
  run: () => void;
  icon?: IconName;
  /** Given: one of several that can be chosen. */
  checked?: boolean;
  keys?: string;
  isDangerous?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  button: ReactNode;
  /** Its name, if the button shows no words. */
  name?: string;
  /** Groups of items, with a line between them. */
  groups: readonly (readonly MenuItem[])[];
  kind?: "plain" | "primary" | "link";
  side?: "below" | "right";
  buttonRef?: RefObject<HTMLButtonElement | null>;
}

/** A button that opens a list of things to do or to choose from: arrows, Home, End and first letters walk through it. */
export function Menu({ groups, button, ...shown }: MenuProps) {
  const isWords = typeof button === "string";
  return (
    <Popover
      role="menu"
      button={
        <>
          {button}
          {isWords && <Icon name="down" size={12} />}
        </>
      }
      {...shown}
    >
      {(close) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the popover around it is the menu.
        <div onKeyDown={walk}>
          {groups.map((items) => (
            <div key={items.map((item) => item.label).join("\n")} className={styles.group}>
              {items.map((item) => (
                <MenuLine key={item.label} item={item} close={close} />
              ))}
            </div>
          ))}
        </div>
      )}
    </Popover>
  );
}

function MenuLine({ item, close }: { item: MenuItem; close: () => void }) {
  const role =
    item.checked === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": item.checked };
  return (
    <button
      type="button"
      {...role}
      tabIndex={-1}
      className={styles.item}
      data-kind={item.isDangerous ? "danger" : "plain"}
      disabled={item.disabled}
      onClick={() => {
        close();
        item.run();
      }}
    >
      <span className={styles.icon}>
        {item.icon !== undefined && <Icon name={item.icon} />}
        {item.checked === true && <Icon name="check" />}
      </span>
      <span className={styles.label}>{item.label}</span>
      {item.keys !== undefined && <Keys keys={item.keys} />}
    </button>
  );
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]:enabled")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  const step =
    steps[event.key] ?? (event.key.length === 1 && event.key !== " " ? beginning(items, event.key, at) : undefined);
  if (step === undefined) return;
  event.preventDefault();
  items.at(step % items.length)?.focus();
}

function beginning(items: readonly HTMLElement[], letter: string, after: number): number | undefined {
  const found = [...items.keys()].filter((at) => startsWith(items[at], letter));
  return found.find((at) => at > after) ?? found[0];
}

function startsWith(item: HTMLElement | undefined, letter: string): boolean {
  return item?.textContent?.toLowerCase().startsWith(letter.toLowerCase()) === true;
}
