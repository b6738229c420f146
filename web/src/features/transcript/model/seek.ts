import type { Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";
import type { Reading, Target } from "./reading.ts";

type Rows = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** What an item has its number in. */
export type SeekAttribute = "data-message" | "data-event";

const PADDING = 8;
const MOST_MS = 4000;
/** So many frames without a change, and the target has come to rest. */
const STILL_FRAMES = 12;

/**
 * Go to messages. Heights of rows are known once they are shown, and what they hold comes later: the target is held in its
 * place frame by frame until nothing moves any more, or the reader scrolls.
 */
export function useSeek(
  scroller: RefObject<HTMLDivElement | null>,
  rows: Rows,
  reading: Reading,
  attribute: SeekAttribute,
): void {
  useEffect(() => {
    let frame = 0;
    const stop = () => cancelAnimationFrame(frame);
    const goes = (target: Target) => {
      stop();
      const began = performance.now();
      let still = 0;
      const step = () => {
        const box = scroller.current;
        if (box === null || !reading.isPinned || performance.now() - began > MOST_MS) return;
        still = hold(box, rows, target, attribute) ? still + 1 : 0;
        if (still < STILL_FRAMES) frame = requestAnimationFrame(step);
      };
      step();
    };
    const detach = reading.attach(goes);
    return () => {
      detach();
      stop();
    };
  }, [scroller, rows, reading, attribute]);
}

/** Move the target to its place; tells whether it was there already. */
function hold(box: HTMLDivElement, rows: Rows, target: Target, attribute: SeekAttribute): boolean {
  const mark = target.mark ? box.querySelector("mark[data-mark=current]") : null;
  const found = mark ?? box.querySelector(`[${attribute}="${target.number}"]`);
  if (found === null) {
    const [offset] = rows.getOffsetForIndex(target.number - 1, "start") ?? [0];
    box.scrollTop = offset;
    return false;
  }
  const { top } = box.getBoundingClientRect();
  const place = mark === null ? PADDING : box.clientHeight / 3;
  const distance = found.getBoundingClientRect().top - top - place;
  const before = box.scrollTop;
  if (Math.abs(distance) > 1) box.scrollTop = before + distance;
  // A mark is waited for: the text that it is in may be on its way.
  return Math.abs(box.scrollTop - before) <= 1 && (!target.mark || mark !== null);
}
