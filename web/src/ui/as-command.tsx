import styles from "./as-command.module.css";
import { Popover } from "./popover.tsx";
import { CommandLine } from "./states.tsx";

interface AsCommandProps {
  /** What does the same: one or more commands, or Python, each by its name. */
  commands: readonly { name: string; command: string }[];
}

/** What does the same as this screen or action, to be copied. */
export function AsCommand({ commands }: AsCommandProps) {
  return (
    <Popover button="as command" title="What does the same in a terminal or in Python">
      {() => (
        <div className={styles.commands}>
          {commands.map(({ name, command }) => (
            <section key={name}>
              <h3>{name}</h3>
              <CommandLine command={command} />
            </section>
          ))}
        </div>
      )}
    </Popover>
  );
}
