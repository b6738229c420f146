/** What addresses call files of labels and their cases: base64 as URLs have it. */

export function encodeUrl(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What was encoded; what is not encoded stays as it is. */
export function decodeUrl(written: string): string {
  try {
    const binary = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (each) => each.charCodeAt(0)));
  } catch {
    return written;
  }
}

/** The name of a labelled case: of the JSON of its id, its ids, or its task and epoch. */
export function caseKey(about: unknown): string {
  return encodeUrl(JSON.stringify(about));
}
