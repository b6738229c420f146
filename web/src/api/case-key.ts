/** The name of a labelled case in URLs: base64 (of URLs) of the JSON of what it is about. */
export function caseKey(id: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify(id));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
