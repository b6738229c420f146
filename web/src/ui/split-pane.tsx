import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { useKeptNumber } from "./kept-number.ts";
import styles from "./split-pane.module.css";

interface SplitPaneProps {
  /** Under this name the browser keeps the width. */
  name: string;
  /** What the pane is, for its handle: "Evidence". */
  label: string;
  /** Where the pane of a fixed width stands; the other one takes what is left. */
  side: "start" | "end";
  /** Pixels, unless the reader has chosen others. */
  width: number;
  min?: number;
  max?: number;
  /** Null: it is closed, and the other one has all the room. */
  pane: ReactNode;
  children: ReactNode;
}

const STEP = 16;

/** Two panes with an edge that is dragged, moved by the arrows, and put back by a double click. */
export function SplitPane({ name, label, side, width, min = 160, max = 900, pane, children }: SplitPaneProps) {
  const [kept, keep] = useKeptNumber(name);
  const [dragged, setDragged] = useState<number | null>(null);
  const from = useRef<{ x: number; width: number } | null>(null);
  const shown = dragged ?? kept ?? width;
  const clamp = (to: number) => Math.min(max, Math.max(min, to));
  const sign = side === "start" ? 1 : -1;
  const drag = (event: PointerEvent) => {
    if (from.current !== null) setDragged(clamp(from.current.width + sign * (event.clientX - from.current.x)));
  };
  const release = () => {
    from.current = null;
    if (dragged !== null) keep(dragged);
    setDragged(null);
  };
  const step = (event: KeyboardEvent) => {
    const to = { ArrowLeft: shown - sign * STEP, ArrowRight: shown + sign * STEP, Home: min, End: max }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    keep(clamp(to));
  };
  const handle = (
    // biome-ignore lint/a11y/useSemanticElements: a rule of the text has no value.
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={shown}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={styles.handle}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: shown };
      }}
      onPointerMove={drag}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={() => keep(null)}
      onKeyDown={step}
    />
  );
  const isOpen = pane !== null;
  const fixed = (
    <div className={styles.pane} style={{ flex: `0 1 ${shown}px` }}>
      {pane}
    </div>
  );
  return (
    <div className={styles.split}>
      {side === "start" && isOpen && fixed}
      {side === "start" && isOpen && handle}
      <div className={styles.rest}>{children}</div>
      {side === "end" && isOpen && handle}
      {side === "end" && isOpen && fixed}
    </div>
  );
}
