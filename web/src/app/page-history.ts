/** Where the page stands: behind `#`, so that addresses work from disk, in the editor, and below any path. */

import { createHashHistory, createMemoryHistory, type RouterHistory } from "@tanstack/react-router";
import { addressFromEditor, isInEditor, keepAddress, keptAddress, stateFromEditor } from "../api/editor.ts";

/** Make the history; old addresses become those of today before anything is shown, also when one is typed later. */
export function createPageHistory(): RouterHistory {
  const history = isInEditor ? createEditorHistory() : createHashHistory();
  const renew = () => {
    const today = addressOfToday(history.location.href);
    if (today !== null) history.replace(today);
  };
  renew();
  history.subscribe(renew);
  return history;
}

/** A webview has no address bar: the editor keeps the address, and says where to go. */
function createEditorHistory(): RouterHistory {
  const first = keptAddress() ?? addressFromEditor(stateFromEditor(document)) ?? "/";
  const history = createMemoryHistory({ initialEntries: [first] });
  history.subscribe(({ location }) => keepAddress(location.href));
  addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const address = addressFromEditor(data);
    if (address !== null) history.push(address);
  });
  return history;
}

// Addresses of the page that was published before this one (links in notes, and what the editor sends) as they are now.

const SCAN = /^(.*?)\/+scan_id=([A-Za-z0-9_.-]+)(?:\/(.+))?$/;
const PLACE = /^(?:[a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/|[A-Za-z]:[\\/])/i;

/** Give the address of today (`/scans/abc?scans=...`) for one of then; null if it is not one. */
export function addressOfToday(href: string): string | null {
  const [path = "", ...search] = href.split("?");
  const asked = new URLSearchParams(search.join("?"));
  const [place, directory, ...below] = path.split("/").filter(Boolean).map(decoded);
  if (place === "validation") return "/labels";
  if (directory === undefined) return null;
  const location = decodeLocation(directory);
  if (location === null) return null;
  if (place === "transcripts") return transcriptAddress(location, below, asked);
  if (place === "scans") return `/scans?${query({ location: joined(location, below) })}`;
  return place === "scan" ? scanAddress(location, below, asked) : null;
}

function transcriptAddress(location: string, [id]: string[], asked: URLSearchParams): string {
  if (id === undefined) return `/transcripts?${query({ location })}`;
  const [message, event] = [asked.get("message"), asked.get("event")];
  return `/transcripts/${encodeURIComponent(id)}?${query({ location, message, event })}`;
}

/** The editor may name the scan's own folder, so that its id stands in either part. */
function scanAddress(location: string, below: string[], asked: URLSearchParams): string {
  const whole = joined(location, below);
  const [, scans, id = "", result] = SCAN.exec(whole) ?? [];
  if (scans === undefined) return `/scans?${query({ location: whole })}`;
  return `/scans/${encodeURIComponent(id)}?${query({ scans, scanner: asked.get("scanner"), result })}`;
}

/** Read a place that was written as base64, of either alphabet; null if that is not what it is. */
function decodeLocation(written: string): string | null {
  try {
    const bytes = atob(written.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)));
    return PLACE.test(text) ? text : null;
  } catch {
    return null;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function joined(location: string, below: string[]): string {
  return [location.replace(/\/+$/, ""), ...below].join("/");
}

function query(values: Record<string, string | null | undefined>): string {
  const said = Object.entries(values).filter((each): each is [string, string] => typeof each[1] === "string");
  return new URLSearchParams(said).toString();
}
