/** Whether a text is JSON that is worth a tree. */

const MOST_JSON = 200_000;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The object or list that a text is; undefined where it is anything else. */
export function jsonOf(text: string): Json[] | { [key: string]: Json } | undefined {
  if (text.length > MOST_JSON || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
