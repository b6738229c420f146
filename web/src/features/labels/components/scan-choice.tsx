import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { formatTime } from "../../../domain/format.ts";
import { Field } from "../../../ui/field.tsx";
import type { ChosenScan } from "../model/use-chosen-scan.ts";

interface ScanChoiceProps {
  items: readonly ScanItem[];
  scan: string | undefined;
  scanner: string | undefined;
  names: readonly string[];
  onChange: (chosen: ChosenScan) => void;
}

export function ScanChoice({ items, scan, scanner, names, onChange }: ScanChoiceProps) {
  const isListed = items.some((each) => each.scan_id === scan);
  return (
    <>
      <Field label="Scan">
        {(control) => (
          <select
            {...control}
            value={scan ?? ""}
            onChange={(event) => onChange({ scan: event.target.value, scanner: undefined })}
          >
            {!isListed && scan !== undefined && <option value={scan}>{scan}</option>}
            {items.map((each) => (
              <option key={each.scan_id} value={each.scan_id}>
                {`${formatTime(each.timestamp)} ${each.name} (${each.scan_id.slice(0, 6)})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Scanner">
        {(control) => (
          <select
            {...control}
            value={scanner ?? ""}
            onChange={(event) => onChange({ scan, scanner: event.target.value })}
          >
            {names.length === 0 && scanner !== undefined && <option value={scanner}>{scanner}</option>}
            {names.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
