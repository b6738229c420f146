// Runs before the first paint, so that a dark page does not flash.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("scout-theme");
  } catch {
    // Storage is refused: the system says which theme.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
