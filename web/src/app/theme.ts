/** Theme and density: kept by the browser, or said by the editor that shows the page. */

import { useSyncExternalStore } from "react";

/** What can be chosen, each with its name. */
export const CHOICES = {
  theme: [
    ["system", "As the system"],
    ["light", "Light"],
    ["dark", "Dark"],
  ],
  density: [
    ["comfortable", "Comfortable"],
    ["compact", "Compact"],
  ],
} as const;
type Name = keyof typeof CHOICES;

const listeners = new Set<() => void>();
const chosen: Record<Name, string> = { theme: "system", density: "comfortable" };

export function useChosen(name: Name): string {
  return useSyncExternalStore(listen, () => chosen[name]);
}

export function choose(name: Name, value: string): void {
  chosen[name] = value;
  try {
    localStorage.setItem(`scout-${name}`, value);
  } catch {
    // Storage is refused: it holds until the page is closed.
  }
  for (const told of listeners) told();
}

/** Follow what is chosen here or in another tab, what the system says, and what the editor says of itself. */
export function followTheme(): void {
  listeners.add(show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  addEventListener("storage", load);
  // An editor names its theme in the classes of the body, and changes them when another one is chosen.
  new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] });
  load();
}

function load(): void {
  try {
    chosen.theme = localStorage.getItem("scout-theme") ?? "system";
    chosen.density = localStorage.getItem("scout-density") ?? "comfortable";
  } catch {
    // Storage is refused: what holds goes on to hold.
  }
  for (const told of listeners) told();
}

function show(): void {
  const { dataset } = document.documentElement;
  const ofSystem = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const isSaid = chosen.theme === "light" || chosen.theme === "dark";
  dataset.theme = editorTheme() ?? (isSaid ? chosen.theme : ofSystem);
  dataset.density = chosen.density;
}

function editorTheme(): "light" | "dark" | null {
  const classes = document.body.classList;
  if (classes.contains("vscode-light") || classes.contains("vscode-high-contrast-light")) return "light";
  return classes.contains("vscode-dark") || classes.contains("vscode-high-contrast") ? "dark" : null;
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
