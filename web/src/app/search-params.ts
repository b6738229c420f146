/**
 * Search params of addresses: plain text (`?columns=task&columns=model&q=12`), read by the schema of each route.
 *
 * A parameter that cannot be read counts as absent: an old or mistyped link shows the place and no error.
 */

import * as v from "valibot";

/** Any text. */
export const text = v.fallback(v.optional(v.string()), undefined);

/** Several texts, each a parameter of its own. */
export const texts = v.fallback(
  v.optional(
    v.pipe(
      v.union([v.string(), v.array(v.string())]),
      v.transform((given) => (typeof given === "string" ? [given] : given)),
    ),
  ),
  undefined,
);

/** A whole number from 0 on. */
export const count = v.fallback(
  v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer(), v.minValue(0))),
  undefined,
);

/** Said or not: `?errors=1`. */
export const flag = v.fallback(
  v.optional(
    v.pipe(
      v.union([v.literal("1"), v.literal("true"), v.literal(true)]),
      v.transform(() => true as const),
    ),
  ),
  undefined,
);

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.fallback(v.optional(v.picklist(words)), undefined);
}

/** What `validateSearch` of a route takes: `searchParams({ q: text, columns: texts })`. */
export const searchParams = v.object;

export function parseSearch(written: string): Record<string, string | string[]> {
  const params = new URLSearchParams(written);
  const given = ([first = "", ...others]: string[]) => (others.length === 0 ? first : [first, ...others]);
  return Object.fromEntries([...params.keys()].map((name) => [name, given(params.getAll(name))]));
}

export function writeSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each === undefined || each === null || each === false) continue;
      params.append(name, each === true ? "1" : String(each));
    }
  }
  const written = params.toString();
  return written === "" ? "" : `?${written}`;
}
