/** How a place is laid out: its head, tabs, panes with edges that move. */

import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useState } from "react";
import { InertText } from "./content/inert-text.tsx";
import { inertWords } from "./content/text.ts";
import styles from "./layout.module.css";

interface PlaceHeaderProps {
  /** Strangers may have written it. */
  title: string;
  /** Facts beside the title, in one line. */
  children?: ReactNode;
  /** What can be done here, at the right. */
  actions?: ReactNode;
}

/** The head of a place; its title is that of the window as well. */
export function PlaceHeader({ title, children, actions }: PlaceHeaderProps) {
  const words = inertWords(title);
  useEffect(() => {
    document.title = `${words} · Scout`;
  }, [words]);
  return (
    <header className={styles.header}>
      <h1 title={words}>
        <InertText text={title} />
      </h1>
      <div className={styles.facts}>{children}</div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}

interface TabsProps<Id extends string> {
  /** What the tabs are for. */
  label: string;
  tabs: readonly { id: Id; label: ReactNode }[];
  chosen: Id;
  onChoose: (id: Id) => void;
  /** What the chosen tab shows. */
  children: ReactNode;
  /** At the right of the tabs. */
  actions?: ReactNode;
}

/** Tabs and the panel of the chosen one: arrows, Home and End choose. */
export function Tabs<Id extends string>({ label, tabs, chosen, onChoose, children, actions }: TabsProps<Id>) {
  const name = useId();
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const step = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const next = step === undefined ? undefined : tabs.at(step % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    document.getElementById(`${name}-${next.id}`)?.focus();
  };
  return (
    <>
      <div className={styles.bar}>
        <div role="tablist" aria-label={label} className={styles.tabs} onKeyDown={walk}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              id={`${name}-${tab.id}`}
              type="button"
              role="tab"
              aria-selected={tab.id === chosen}
              aria-controls={`${name}-panel`}
              tabIndex={tab.id === chosen ? 0 : -1}
              onClick={() => onChoose(tab.id)}
            >
              {tab.label}
            </button>
          ))}
        </div>
        {actions}
      </div>
      <div id={`${name}-panel`} role="tabpanel" aria-labelledby={`${name}-${chosen}`} className={styles.panel}>
        {children}
      </div>
    </>
  );
}

interface EdgeProps {
  /** What it is the edge of: "Evidence". */
  label: string;
  width: number;
  /** How wide it is now, where the width does not tell. */
  measured?: (edge: HTMLElement) => number | undefined;
  /** On which side of what it makes wider it stands. */
  side?: "start" | "end";
  min?: number;
  max?: number;
  className: string | undefined;
  /** Null: as wide as it is by itself. */
  onResize: (width: number | null) => void;
}

const STEP = 16;

/** An edge that is dragged, moved by the arrows, and put back by a double click. */
export function Edge({ label, width, measured, side = "end", min, max, className, onResize }: EdgeProps) {
  const [from, setFrom] = useState<{ x: number; width: number } | null>(null);
  const sign = side === "end" ? 1 : -1;
  const grab = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrom({ x: event.clientX, width: measured?.(event.currentTarget) ?? width });
  };
  const step = (event: KeyboardEvent) => {
    const to = { ArrowLeft: width - sign * STEP, ArrowRight: width + sign * STEP, Home: min, End: max }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onResize(to);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule of the text has no value.
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={className}
      onPointerDown={grab}
      onPointerMove={(event) => from !== null && onResize(from.width + sign * (event.clientX - from.x))}
      onPointerUp={() => setFrom(null)}
      onPointerCancel={() => setFrom(null)}
      onDoubleClick={() => onResize(null)}
      onKeyDown={step}
    />
  );
}

interface SplitPaneProps {
  /** Under this name the browser keeps the width. */
  name: string;
  /** What the pane is, for its edge: "Evidence". */
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

/** Two panes with an edge that moves. */
export function SplitPane({ name, label, side, width, min = 160, max = 900, pane, children }: SplitPaneProps) {
  const [kept, keep] = useKeptNumber(`scout-${name}`);
  const shown = kept ?? width;
  const fixed = (
    <div className={styles.pane} style={{ flex: `0 1 ${shown}px` }}>
      {pane}
    </div>
  );
  const edge = (
    <Edge
      label={label}
      width={shown}
      side={side === "start" ? "end" : "start"}
      min={min}
      max={max}
      className={styles.edge}
      onResize={(to) => keep(to === null ? null : Math.min(max, Math.max(min, to)))}
    />
  );
  return (
    <div className={styles.split}>
      {side === "start" && pane !== null && fixed}
      {side === "start" && pane !== null && edge}
      <div className={styles.rest}>{children}</div>
      {side === "end" && pane !== null && edge}
      {side === "end" && pane !== null && fixed}
    </div>
  );
}

/** A number that the browser keeps for the next time. Null: as it is by itself. */
function useKeptNumber(name: string): [number | null, (value: number | null) => void] {
  const [value, setValue] = useState(() => {
    try {
      const kept = Number(localStorage.getItem(name) ?? Number.NaN);
      return Number.isFinite(kept) ? kept : null;
    } catch {
      return null;
    }
  });
  const keep = (now: number | null) => {
    setValue(now);
    try {
      if (now === null) localStorage.removeItem(name);
      else localStorage.setItem(name, String(now));
    } catch {
      // Storage is refused: it holds until the page is closed.
    }
  };
  return [value, keep];
}
