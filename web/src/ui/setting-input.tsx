import type { Setting } from "../domain/setting-values.ts";
import type { FieldControl } from "./field.tsx";
import styles from "./setting-input.module.css";

interface SettingInputProps {
  setting: Setting;
  control: FieldControl;
  /** As it was typed; "" is the default. */
  text: string;
  /** What holds without it. */
  placeholder: string;
  onChange: (text: string) => void;
  disabled?: boolean;
}

const CHOICES: Readonly<Record<string, readonly [string, string][]>> = {
  switch: [
    ["true", "yes"],
    ["false", "no"],
  ],
};
const MOST_LINES = 10;

/** The control that fits a setting. What is empty leaves the default, which the placeholder tells. */
export function SettingInput({ setting, control, text, placeholder, onChange, disabled }: SettingInputProps) {
  const { kind, choices } = setting;
  if (kind === "switch" || kind === "choice") {
    const offered = CHOICES[kind] ?? choices.map((choice) => [choice, choice] as const);
    const isOther = text !== "" && !offered.some(([value]) => value === text);
    return (
      <select
        {...control}
        className={styles.input}
        value={text}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{placeholder === "" ? "not set" : `not set: ${placeholder}`}</option>
        {offered.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
        {isOther && <option value={text}>{text}</option>}
      </select>
    );
  }
  const written = {
    ...control,
    value: text,
    placeholder,
    disabled,
    spellCheck: false,
    autoComplete: "off",
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.target.value),
  };
  if (kind === "list" || kind === "json" || text.includes("\n")) {
    const lines = Math.min(MOST_LINES, Math.max(kind === "json" ? 2 : 1, text.split("\n").length));
    return <textarea {...written} className={`${styles.input} mono`} rows={lines} />;
  }
  const mode = { integer: "numeric", number: "decimal" } as const;
  return (
    <input
      {...written}
      type="text"
      className={styles.input}
      inputMode={kind === "integer" || kind === "number" ? mode[kind] : undefined}
    />
  );
}
