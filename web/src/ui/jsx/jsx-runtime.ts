/**
 * How elements are made: as by React, but characters that turn the direction of a text are shown as what they are.
 *
 * A name that turns round hides what it says, and what stands after it. Names are shown in hundreds of places; here none of them
 * can forget it. Fields keep their values as they are, and texts to be read are cut up by `ui/content/inert.ts` before.
 */

import * as react from "react/jsx-runtime";

export type { JSX } from "react/jsx-runtime";

export const Fragment = react.Fragment;

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const TOLD = ["title", "aria-label", "alt", "placeholder"];

export function jsx(type: React.ElementType, props: object, key?: React.Key) {
  return react.jsx(type, straight(props), key);
}

export function jsxs(type: React.ElementType, props: object, key?: React.Key) {
  return react.jsxs(type, straight(props), key);
}

/** Of components as well: links of the router, say, make their elements elsewhere. */
function straight(props: object): object {
  const given = props as Record<string, unknown>;
  let changed = given;
  for (const name of TOLD) {
    const text = given[name];
    if (typeof text === "string" && text.search(TURNING) >= 0) changed = { ...changed, [name]: shown(text) };
  }
  const children = straightChild(given.children);
  return children === given.children ? changed : { ...changed, children };
}

function straightChild(child: unknown): unknown {
  if (typeof child === "string") return shown(child);
  if (!Array.isArray(child)) return child;
  const straightened = child.map(straightChild);
  return straightened.some((each, place) => each !== child[place]) ? straightened : child;
}

/** Its number in place of each character that turns: `<202E>`. */
export function shown(text: string): string {
  return text.replace(TURNING, (found) => `<${found.charCodeAt(0).toString(16).toUpperCase()}>`);
}
