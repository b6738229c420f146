// Runs before the first paint, so that a dark page does not flash.
(() => {
  const root = document.documentElement;
  let theme = null;
  let density = null;
  try {
    theme = localStorage.getItem("scout-theme");
    density = localStorage.getItem("scout-density");
  } catch {
    // Storage is refused: the system says which theme.
  }
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.density = density === "compact" ? "compact" : "comfortable";
})();
