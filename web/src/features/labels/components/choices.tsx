import { formatTime } from "../../../domain/format.ts";
import { SelectField } from "../../../ui/fields.tsx";
import type { AskedScan, useChosenScan } from "../model/use-chosen-scan.ts";

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
