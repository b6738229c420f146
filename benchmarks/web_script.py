"""What `benchmarks.web` runs in the page: both look at every frame that is drawn."""

from __future__ import annotations

BLANK = """
(() => {
  const POINTS = 8;
  let [longest, since, running] = [0, null, true];
  const isBlank = () => {
    const column = document.querySelector('section:has(article), section:has([aria-busy=true])') ?? document.body;
    const box = column.getBoundingClientRect();
    let empty = 0;
    for (let point = 1; point <= POINTS; point++) {
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * point / (POINTS + 1));
      const row = at?.closest('article, [data-index]');
      if (row === null || row === undefined || row.textContent.trim() === '' || at.closest('[aria-busy=true]') !== null) empty += 1;
    }
    return empty > POINTS / 2;
  };
  const look = now => {
    if (!running) return;
    if (isBlank()) since ??= now; else since = null;
    if (since !== null) longest = Math.max(longest, now - since);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.blankest = () => { running = false; return longest; };
})()
"""
"""Sets `window.blankest`: for how many milliseconds, at most, most of the column showed no text."""

FRAMES = """
(() => {
  const times = [];
  let running = true;
  const look = now => { if (running) { times.push(now); requestAnimationFrame(look); } };
  requestAnimationFrame(look);
  window.drawn = () => {
    running = false;
    const deltas = times.slice(1).map((time, at) => time - times[at]);
    const all = times.at(-1) - times[0];
    return { 'a second': 1000 * deltas.length / all, longest: Math.max(...deltas) };
  };
})()
"""
"""Sets `window.drawn`: how many frames were drawn a second, and the milliseconds of the longest one."""
