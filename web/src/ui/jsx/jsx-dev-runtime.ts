/** The same while one works on the page, and in tests. */

import { jsx, jsxs } from "./jsx-runtime.ts";

// biome-ignore lint/performance/noBarrelFile: the compiler asks for these names here.
export { Fragment, type JSX } from "./jsx-runtime.ts";

export function jsxDEV(type: React.ElementType, props: object, key?: React.Key, isStatic?: boolean) {
  return isStatic === true ? jsxs(type, props, key) : jsx(type, props, key);
}
