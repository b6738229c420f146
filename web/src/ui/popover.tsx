import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import styles from "./popover.module.css";

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
export function Popover({
  button,
  name,
  title,
  kind,
  children,
  role = "dialog",
  side = "below",
  buttonRef,
}: PopoverProps) {
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
        title={title ?? name}
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
