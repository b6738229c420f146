import { formatTime } from "../../../domain/format.ts";
import { Field } from "../../../ui/fields.tsx";
import type { AskedScan, useChosenScan } from "../model/use-chosen-scan.ts";

interface SelectProps<Id extends string> {
  label: string;
  help?: string;
  value: Id | undefined;
  options: readonly { id: Id; name: string }[];
  onChange: (id: Id) => void;
}

export function SelectField<Id extends string>({ label, help, value, options, onChange }: SelectProps<Id>) {
  return (
    <Field label={label} help={help}>
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

interface ScanChoiceProps extends ReturnType<typeof useChosenScan> {
  onChange: (chosen: AskedScan) => void;
}

export function ScanChoice({ items, scan, scanner, names, onChange }: ScanChoiceProps) {
  const scans = items.map(({ scan_id, timestamp, name }) => ({
    id: scan_id,
    name: `${formatTime(timestamp)} ${name} (${scan_id.slice(0, 6)})`,
  }));
  if (scan !== undefined && !scans.some(({ id }) => id === scan)) scans.unshift({ id: scan, name: scan });
  const scanners = names.length === 0 && scanner !== undefined ? [scanner] : names;
  return (
    <>
      <SelectField
        label="Scan"
        value={scan}
        options={scans}
        onChange={(id) => onChange({ scan: id, scanner: undefined })}
      />
      <SelectField
        label="Scanner"
        value={scanner}
        options={scanners.map((name) => ({ id: name, name }))}
        onChange={(name) => onChange({ scan, scanner: name })}
      />
    </>
  );
}
