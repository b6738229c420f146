/** Read a target as it is typed: true, false, a number, nothing, or a text. */
export function readTarget(typed: string): string | number | boolean | null {
  const text = typed.trim();
  if (text === "") return null;
  if (/^(?:true|yes)$/i.test(text)) return true;
  if (/^(?:false|no)$/i.test(text)) return false;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
