import { CatchBoundary, Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { connection, onConnection } from "../../api/connection.ts";
import { Icon } from "../../ui/drawings.tsx";
import { keyRegistry, useKeys } from "../../ui/keyboard.ts";
import { CopyButton, Toasts } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.ts";
import { EVERYWHERE } from "../places.ts";
import { Rail } from "./rail.tsx";
import styles from "./shell.module.css";

const KeyHelp = lazy(() => import("./overlays.tsx").then((module) => ({ default: module.KeyHelp })));
const Palette = lazy(() => import("./overlays.tsx").then((module) => ({ default: module.Palette })));

/** What stands around every place. */
export function Shell() {
  const [open, setOpen] = useState<"help" | "palette" | null>(null);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    addEventListener("keydown", keyRegistry.handle);
    return () => removeEventListener("keydown", keyRegistry.handle);
  }, []);
  useKeys(EVERYWHERE, [
    { keys: "Mod+k", label: "Do or open anything", keysOnly: true, run: () => setOpen("palette") },
    { keys: "?", label: "Show the keys", run: () => setOpen("help") },
    // The editor's webview has no key of its own for that.
    { keys: "Backspace", label: "Back to where one was", run: () => history.back() },
  ]);
  useFocusOnArrival(main);
  return (
    <div className={styles.shell}>
      {/* A link to #main would be an address of the page. */}
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Rail onHelp={() => setOpen("help")} onPalette={() => setOpen("palette")} />
      <div className={styles.content}>
        <ConnectionBar />
        <main ref={main} className={styles.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Toasts />
      {/* What cannot be loaded, as the server is gone, does not take the page with it. */}
      <CatchBoundary
        getResetKey={() => String(open)}
        errorComponent={() => null}
        onCatch={(error) => toast(String(error), { tone: "error" })}
      >
        <Suspense>
          {open === "help" && <KeyHelp onClose={() => setOpen(null)} />}
          {open === "palette" && <Palette onClose={() => setOpen(null)} />}
        </Suspense>
      </CatchBoundary>
    </div>
  );
}

/** Says once that the server is gone or wants a token; it goes away by itself. */
function ConnectionBar() {
  const state = useSyncExternalStore(onConnection, connection);
  return (
    <div role="status">
      {state === "gone" && (
        <p className={styles.bar}>
          <Icon name="warning" />
          <span>
            The server does not answer. What you see may be old. Start it again with <code>scout view</code>: this page
            goes on by itself.
          </span>
          <CopyButton text="scout view" what="the command" />
        </p>
      )}
      {state === "locked" && (
        <p className={styles.bar}>
          <Icon name="warning" />
          <span>
            The server asks for a token. Open the link that <code>scout view</code> prints below its address: it works
            once, for ten minutes. Starting it again prints a new one.
          </span>
        </p>
      )}
    </div>
  );
}

/** Another place takes the focus, so that keys and screen readers begin there; another state of the same place does not. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
        if (!pathChanged || fromLocation === undefined) return;
        if (main.current?.contains(document.activeElement) !== true) main.current?.focus({ preventScroll: true });
      }),
    [router, main],
  );
}
