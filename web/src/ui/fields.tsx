/** Fields of forms, and fields to look for something. */

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Setting } from "../domain/setting-values.ts";
import { Icon, IconButton } from "./drawings.tsx";
import styles from "./fields.module.css";

/** What is typed is no prose. */
const PLAIN = { spellCheck: false, autoComplete: "off" };

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

interface TextFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  required?: boolean;
  /** What is typed is code: a path, a condition. */
  isCode?: boolean;
}

/** One line of text with its label. */
export function TextField({ value, onChange, placeholder, required, isCode = false, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          {...PLAIN}
          type="text"
          className={isCode ? "mono" : undefined}
          value={value}
          placeholder={placeholder}
          required={required}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps<Id extends string> extends Omit<FieldProps, "children"> {
  value: Id | undefined;
  options: readonly { id: Id; name: string }[];
  onChange: (id: Id) => void;
}

/** One of several with its label. */
export function SelectField<Id extends string>({ value, options, onChange, ...field }: SelectFieldProps<Id>) {
  return (
    <Field {...field}>
      {(control) => (
        <select {...control} value={value ?? ""} onChange={(event) => onChange(event.target.value as Id)}>
          {options.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
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
        {...PLAIN}
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

const SWITCH = [
  ["true", "yes"],
  ["false", "no"],
] as const;
const MODES: Readonly<Record<string, "numeric" | "decimal">> = { integer: "numeric", number: "decimal" };
const MOST_LINES = 10;

/** The control that fits a setting. What is empty leaves the default, which the placeholder tells. */
export function SettingInput({ setting, control, text, placeholder, onChange, disabled }: SettingInputProps) {
  const { kind, choices } = setting;
  const written = {
    ...control,
    value: text,
    disabled,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
      onChange(event.target.value),
  };
  if (kind === "switch" || kind === "choice") {
    const offered = kind === "switch" ? SWITCH : choices.map((choice) => [choice, choice] as const);
    const isOther = text !== "" && !offered.some(([value]) => value === text);
    return (
      <select {...written} className={styles.setting}>
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
  if (kind === "list" || kind === "json" || text.includes("\n")) {
    const lines = Math.min(MOST_LINES, Math.max(kind === "json" ? 2 : 1, text.split("\n").length));
    return (
      <textarea {...written} {...PLAIN} placeholder={placeholder} className={`${styles.setting} mono`} rows={lines} />
    );
  }
  return (
    <input
      {...written}
      {...PLAIN}
      type="text"
      placeholder={placeholder}
      className={styles.setting}
      inputMode={MODES[kind]}
    />
  );
}

interface FindChoices {
  case: boolean;
  word: boolean;
  regex: boolean;
}

interface FindBarProps {
  /** What is looked in: "Find in all results". */
  label: string;
  /** What is looked for now. */
  sought: string;
  choices: FindChoices;
  /** Changes when somebody asks for the field once more. */
  asked?: number;
  /** Where one is among the hits, or why nothing was looked for. */
  children: ReactNode;
  onSeek: (text: string) => void;
  onChoose: (name: keyof FindChoices, isOn: boolean) => void;
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

const TYPING_MS = 200;
const CHOICES = [
  ["case", "Aa", "capital letters matter"],
  ["word", "ab|", "whole words"],
  ["regex", ".*", "regular expression (RE2)"],
] as const;

/** A field for what is looked for, how, and the steps from hit to hit; who shows it asks the server. */
export function FindBar(props: FindBarProps) {
  const { label, sought, choices, asked = 0, children, onSeek, onChoose, onStep, onClose } = props;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(sought);
  useEffect(() => {
    if (asked >= 0) field.current?.select();
  }, [asked]);
  useEffect(() => {
    if (text === sought) return;
    const typing = setTimeout(() => onSeek(text), TYPING_MS);
    return () => clearTimeout(typing);
  }, [text, sought, onSeek]);
  return (
    <search className={styles.find}>
      <Icon name="find" />
      <input
        ref={field}
        type="text"
        aria-label={label}
        placeholder={label}
        value={text}
        {...PLAIN}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (text === sought) onStep(event.shiftKey ? -1 : 1);
          else onSeek(text);
        }}
      />
      {CHOICES.map(([name, sign, means]) => (
        <button
          key={name}
          type="button"
          className={styles.choice}
          aria-pressed={choices[name]}
          aria-label={`${sign}: ${means}`}
          title={`${sign}: ${means}`}
          onClick={() => onChoose(name, !choices[name])}
        >
          {sign}
        </button>
      ))}
      {children}
      <IconButton name="Previous hit" icon="up" onClick={() => onStep(-1)} />
      <IconButton name="Next hit" icon="down" onClick={() => onStep(1)} />
      <IconButton name="Close" icon="close" onClick={onClose} />
    </search>
  );
}

/** How many hits there are, or why there are none. */
export function FindCount({ error, children }: { error: string | null; children: string }) {
  return (
    <span className={error === null ? styles.count : styles.refused} role="status">
      {error ?? children}
    </span>
  );
}
