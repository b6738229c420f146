/** What floats above the page: popovers, menus and dialogs. Focus and Escape are theirs. */

import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { Icon, IconButton, type IconName, Keys } from "./drawings.tsx";
import styles from "./floating.module.css";

interface PopoverProps {
  /** What the button shows. */
  button: ReactNode;
  /** Its name, if it shows no words. */
  name?: string;
  title?: string;
  kind?: "plain" | "primary" | "link";
  /** What opens; `close` closes it. */
  children: (close: () => void) => ReactNode;
  role?: "menu" | "dialog";
  side?: "below" | "right";
  /** The button, for who wants to open it by a key. */
  buttonRef?: RefObject<HTMLButtonElement | null>;
}

/** A button and what it opens beside itself; a click elsewhere and Escape close it. */
export function Popover(props: PopoverProps) {
  const { button, name, title = name, kind, children, role = "dialog", side = "below", buttonRef } = props;
  const id = useId();
  const own = useRef<HTMLButtonElement>(null);
  const anchor = buttonRef ?? own;
  const floating = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen || anchor.current === null || floating.current === null) return;
    place(floating.current, anchor.current, side);
    const first = floating.current.querySelector<HTMLElement>("[autofocus], [role^=menuitem], input, select, button");
    first?.focus({ preventScroll: true });
  }, [isOpen, side, anchor]);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        data-kind={kind}
        aria-label={name}
        title={title}
        aria-haspopup={role}
        aria-expanded={isOpen}
        popoverTarget={id}
      >
        {button}
      </button>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles that it can have take a name. */}
      <div
        ref={floating}
        id={id}
        popover="auto"
        role={role}
        aria-label={name}
        className={styles.floating}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {isOpen && children(() => floating.current?.hidePopover())}
      </div>
    </>
  );
}

const GAP = 4;

/** Put what floats beside its button, wholly inside the window. */
function place(floating: HTMLElement, anchor: HTMLElement, side: "below" | "right"): void {
  const from = anchor.getBoundingClientRect();
  const { width, height } = floating.getBoundingClientRect();
  const left = side === "right" ? from.right + GAP : from.left;
  const below = side === "right" ? from.top : from.bottom + GAP;
  const isTooLow = below + height > innerHeight - GAP;
  const top = isTooLow && side === "below" && from.top > height ? from.top - height - GAP : below;
  floating.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  floating.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
}

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

interface MenuProps extends Omit<PopoverProps, "children" | "role" | "title"> {
  /** Groups of items, with a line between them. */
  groups: readonly (readonly MenuItem[])[];
}

/** A button that opens a list of things to do or to choose from: arrows, Home, End and first letters walk through it. */
export function Menu({ groups, button, ...shown }: MenuProps) {
  const withArrow = (
    <>
      {button}
      <Icon name="down" size={12} />
    </>
  );
  return (
    <Popover role="menu" button={typeof button === "string" ? withArrow : button} {...shown}>
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
  const letter = event.key === " " ? "" : event.key.toLowerCase();
  const begins = (item: HTMLElement) => letter.length === 1 && item.textContent?.toLowerCase().startsWith(letter);
  const after = items.findIndex((item, place) => place > at && begins(item));
  const step = steps[event.key] ?? (after < 0 ? items.findIndex(begins) : after);
  if (step < 0 && steps[event.key] === undefined) return;
  event.preventDefault();
  items.at(step % items.length)?.focus();
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** What can be done, at the bottom. */
  actions?: ReactNode;
  /** Without a title bar, near the top: the palette. */
  bare?: boolean;
  wide?: boolean;
}

/** A dialog that is open while it is rendered. Escape and a click beside it close it; the focus returns to where it was. */
export function Dialog({ title, onClose, children, actions, bare = false, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same.
    <dialog
      ref={dialog}
      data-modal
      aria-label={title}
      className={`${styles.dialog} ${bare ? styles.bare : ""} ${wide ? styles.wide : ""}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {!bare && (
        <div className={styles.head}>
          <h2>{title}</h2>
          <IconButton name="Close" icon="close" onClick={onClose} />
        </div>
      )}
      <div className={bare ? undefined : styles.body}>{children}</div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** What leaves everything as it is. */
  keep: string;
  /** What is done for good. */
  action: string;
  error?: Error | null;
  /** Whether it cannot be done, or is being done. */
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** What is lost. */
  children: ReactNode;
}

/** Asks before something is done for good, and says what is lost. */
export function ConfirmDialog(props: ConfirmProps) {
  const { title, keep, action, error = null, disabled = false, onConfirm, onClose, children } = props;
  const actions = (
    <>
      <button type="button" onClick={onClose}>
        {keep}
      </button>
      <button type="button" data-kind="danger" disabled={disabled} onClick={() => onConfirm()}>
        {action}
      </button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      {children}
      {error !== null && <p role="alert">{error.message}</p>}
    </Dialog>
  );
}
