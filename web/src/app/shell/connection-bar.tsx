import { useSyncExternalStore } from "react";
import { connection, onConnection } from "../../api/connection.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import styles from "./connection-bar.module.css";

/** Says once that the server is gone or wants a token; it goes away by itself. */
export function ConnectionBar() {
  const state = useSyncExternalStore(onConnection, connection);
  return (
    <div role="status" className={styles.place}>
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
