import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link, useRouterState } from "@tanstack/react-router";
import { PlaceHeader } from "../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";

/** A place that failed: the others still work. */
export function BrokenPlace({ error, reset }: ErrorComponentProps) {
  return (
    <>
      <PlaceHeader title="Something went wrong" />
      <ErrorState
        title="This place could not be shown."
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={reset}
      />
    </>
  );
}

export function UnknownPlace() {
  const address = useRouterState({ select: (state) => state.location.href });
  return (
    <>
      <PlaceHeader title="Not found" />
      <EmptyState title="There is no such place">
        <p>
          <code>{address}</code> leads nowhere. Choose a place at the left, or <Link to="/">begin again</Link>.
        </p>
      </EmptyState>
    </>
  );
}

export function LoadingPlace() {
  return <Skeleton />;
}

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
