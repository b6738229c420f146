import { PlaceHeader } from "../../ui/place-header.tsx";

/** Stands in place of the page where the editor cannot ask the server for it. */
export function OldEditor() {
  return (
    <main>
      <PlaceHeader title="This editor's Inspect extension is too old" />
      <p>
        Update the extension, then open this again. Until then, <code>scout view</code> shows the same in a browser.
      </p>
    </main>
  );
}
