/** What was opened lately, for the palette: kept by the browser. */

import type { AnyRouter } from "@tanstack/react-router";

export interface Recent {
  href: string;
  title: string;
}

const NAME = "scout-recent";
const MOST = 30;

/** Note each transcript, scan or label file when it is left: by then its title is known. */
export function followRecent(router: AnyRouter): void {
  const leave = ({ href, pathname }: { href: string; pathname: string }) => {
    if (pathname.split("/").filter(Boolean).length < 2) return;
    remember({ href, title: document.title.replace(/ · Scout$/, "") });
  };
  router.subscribe("onBeforeNavigate", ({ fromLocation, pathChanged }) => {
    if (pathChanged && fromLocation !== undefined) leave(fromLocation);
  });
  addEventListener("pagehide", () => leave(router.state.location));
}

export function recentPlaces(): readonly Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent) : [];
  } catch {
    return [];
  }
}

function remember(recent: Recent): void {
  const path = pathOf(recent.href);
  const others = recentPlaces().filter((each) => pathOf(each.href) !== path);
  try {
    localStorage.setItem(NAME, JSON.stringify([recent, ...others].slice(0, MOST)));
  } catch {
    // Storage is refused: the palette does without.
  }
}

function pathOf(href: string): string {
  return href.split("?")[0] ?? "";
}

function isRecent(value: unknown): value is Recent {
  const { href, title } = (value ?? {}) as Partial<Recent>;
  return typeof href === "string" && href.startsWith("/") && typeof title === "string";
}
