/** Theme and density: kept by the browser, or said by the editor that shows the page. */

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const THEME = "scout-theme";
const DENSITY = "scout-density";
const listeners = new Set<() => void>();
/** What was chosen where storage is refused. */
const unkept = new Map<string, string | null>();

export function useTheme(): Theme {
  return useSyncExternalStore(listen, () => (kept(THEME) as Theme | null) ?? "system");
}

export function useDensity(): Density {
  return useSyncExternalStore(listen, () => (kept(DENSITY) as Density | null) ?? "comfortable");
}

export function setTheme(theme: Theme): void {
  keep(THEME, theme === "system" ? null : theme);
}

export function setDensity(density: Density): void {
  keep(DENSITY, density === "comfortable" ? null : density);
}

/** Follow what is chosen here or in another tab, what the system says, and what the editor says of itself. */
export function followTheme(): void {
  listeners.add(show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  addEventListener("storage", () => {
    for (const told of listeners) told();
  });
  // An editor names its theme in the classes of the body, and changes them when another one is chosen.
  new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] });
  show();
}

function show(): void {
  const root = document.documentElement;
  root.dataset.theme = editorTheme() ?? chosenTheme();
  root.dataset.density = kept(DENSITY) ?? "comfortable";
}

function editorTheme(): "light" | "dark" | null {
  const classes = document.body.classList;
  if (classes.contains("vscode-light") || classes.contains("vscode-high-contrast-light")) return "light";
  return classes.contains("vscode-dark") || classes.contains("vscode-high-contrast") ? "dark" : null;
}

function chosenTheme(): "light" | "dark" {
  const chosen = kept(THEME);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return unkept.get(name) ?? null;
  }
}

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    unkept.set(name, value);
  }
  for (const told of listeners) told();
}
