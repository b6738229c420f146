import { shownKeys } from "./key-names.ts";

/** Keys as they are written on them: `<Keys keys="g g" />`. */
export function Keys({ keys }: { keys: string }) {
  return (
    <>
      {shownKeys(keys.split(" ")).map((key, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a sequence may hold a key twice, and never changes.
        <kbd key={at}>{key}</kbd>
      ))}
    </>
  );
}
