import { EmptyState } from "../../ui/states.tsx";

/** Stands in place of the page where the editor cannot ask the server for it. */
export function OldEditor() {
  return (
    <main>
      <EmptyState title="The Inspect extension of this editor is too old for this version of Scout.">
        Update the extension, then open this again. Until then, scout view shows the same in a browser.
      </EmptyState>
    </main>
  );
}
