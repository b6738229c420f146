import { describe, expect, it, vi } from "vitest";
import { Reading } from "./reading.ts";

describe("Reading", () => {
  it("goes where it was asked to before the column was there", () => {
    const reading = new Reading();
    reading.goTo(70);
    const goes = vi.fn();
    reading.attach(goes);
    expect(goes).toHaveBeenCalledWith({ number: 70, mark: false });
    expect(reading.state.current).toBe(70);
  });

  it("stays at the message that was asked for until the reader scrolls", () => {
    const reading = new Reading();
    reading.goTo(70);
    reading.sees(69, 75);
    expect(reading.state.current).toBe(70);
    reading.release();
    reading.sees(80, 90);
    expect(reading.state.current).toBe(80);
  });

  it("opens a part, a message, and all parts of one", () => {
    const reading = new Reading();
    reading.toggle(7, 2);
    expect([reading.isOpen(7, 2), reading.isOpen(7, 1), reading.isOpen(7)]).toEqual([true, false, false]);
    reading.toggle(7);
    expect([reading.isOpen(7, 2), reading.isOpen(7, 1)]).toEqual([true, true]);
    reading.toggle(7);
    expect([reading.isOpen(7, 2), reading.isOpen(7, 1)]).toEqual([false, false]);
  });

  it("tells of changes, and of nothing else", () => {
    const reading = new Reading();
    const listener = vi.fn();
    reading.subscribe(listener);
    reading.sees(1, 1);
    reading.openText(3);
    reading.openText(3);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
