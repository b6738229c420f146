/** Where a scan is, and how a command names it. */

/** The folder that holds the directory of a scan: what the address of a scan, and requests about it, name. */
export function folderOf(location: string): string {
  return location.replace(/\/+$/, "").replace(/\/[^/]*$/, "");
}

/** As commands name a scan: by the beginning of its id, with its folder if it is not that of the project. */
export function commandName({ scan_id }: { scan_id: string }): string {
  return scan_id.slice(0, 8);
}

/** A word of a shell: quoted unless it is plain. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
