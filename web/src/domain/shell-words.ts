/** Words of a command line as a POSIX shell reads them. */

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quote a word if it needs it. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
