import { Dialog } from "../../ui/dialog.tsx";
import { type Command, keyRegistry } from "../../ui/keyboard/key-registry.ts";
import { Keys } from "../../ui/keyboard/keys.tsx";
import styles from "./key-help.module.css";

/** All keys that do something here, as they are registered now. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const scopes = keyRegistry
    .scopes()
    .map(({ name, commands }) => ({
      name,
      commands: commands.filter((command) => command.keys !== undefined),
    }))
    .filter(({ commands }) => commands.length > 0);
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className={styles.scopes}>
        {scopes.map(({ name, commands }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.label}>
                  <dt>{command.label}</dt>
                  <dd>
                    <CommandKeys command={command} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function CommandKeys({ command }: { command: Command }) {
  const ways = typeof command.keys === "string" ? [command.keys] : (command.keys ?? []);
  return ways.map((keys, at) => (
    <span key={keys}>
      {at > 0 && " or "}
      <Keys keys={keys} />
    </span>
  ));
}
