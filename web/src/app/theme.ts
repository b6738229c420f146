/** Theme and density: kept by the browser, or said by the editor that shows the page. */

import { useSyncExternalStore } from "react";

/** What can be chosen, each with its name; the first holds by itself. */
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
/** What was chosen where storage is refused. */
const unkept = new Map<Name, string>();

export function useChosen(name: Name): string {
  return useSyncExternalStore(listen, () => chosen(name));
}

export function choose(name: Name, value: string): void {
  try {
    if (value === CHOICES[name][0][0]) localStorage.removeItem(`scout-${name}`);
    else localStorage.setItem(`scout-${name}`, value);
  } catch {
    unkept.set(name, value);
  }
  tell();
}

/** Follow what is chosen here or in another tab, what the system says, and what the editor says of itself. */
export function followTheme(): void {
  listeners.add(show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  addEventListener("storage", tell);
  // An editor names its theme in the classes of the body, and changes them when another one is chosen.
  new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] });
  show();
}

function show(): void {
  const root = document.documentElement;
  const theme = chosen("theme");
  const ofSystem = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = editorTheme() ?? (theme === "system" ? ofSystem : theme);
  root.dataset.density = chosen("density");
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

function tell(): void {
  for (const told of listeners) told();
}

function chosen(name: Name): string {
  const [first, ...others] = CHOICES[name].map(([value]) => value);
  return others.find((value) => value === kept(name)) ?? first ?? "";
}

function kept(name: Name): string | null {
  try {
    return localStorage.getItem(`scout-${name}`);
  } catch {
    return unkept.get(name) ?? null;
  }
}
