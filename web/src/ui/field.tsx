import { type ReactNode, useId } from "react";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";

/** What a control needs to be told by its field. */
export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface FieldProps {
  label: ReactNode;
  /** What it means, below the label. */
  help?: ReactNode;
  /** What is wrong with what was entered. */
  error?: string | undefined;
  /** Beside the label: where its value comes from, say. */
  note?: ReactNode;
  /** `{(control) => <input {...control} />}` */
  children: (control: FieldControl) => ReactNode;
}

/** A label, a control of any kind, and what is said about it. */
export function Field({ label, help, error, note, children }: FieldProps) {
  const id = useId();
  const said = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {note}
      </div>
      {children({
        id,
        "aria-describedby": said === "" ? undefined : said,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          <Icon name="warning" size={12} /> {error}
        </p>
      )}
      {help !== undefined && (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  );
}

interface CheckProps {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Check({ label, checked, onChange, disabled }: CheckProps) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

interface SearchFieldProps {
  name: string;
  value: string;
  onChange: (value: string) => void;
  onEnter?: () => void;
  placeholder?: string;
  ref?: React.Ref<HTMLInputElement>;
}

/** A field to look for something; Escape empties it, then leaves it. */
export function SearchField({ name, value, onChange, onEnter, placeholder = name, ref }: SearchFieldProps) {
  return (
    <span className={styles.search}>
      <Icon name="find" size={14} />
      <input
        ref={ref}
        type="text"
        aria-label={name}
        placeholder={placeholder}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onEnter?.();
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
      />
    </span>
  );
}
