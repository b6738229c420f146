import type { ScanItem, ScannerComparison } from "../../../api/generated/types.gen.ts";
import type { CompareSearch } from "../model/compare-search.ts";
import styles from "./compare-place.module.css";

interface ScannerPairProps {
  a: ScanItem | undefined;
  b: ScanItem | undefined;
  common: readonly ScannerComparison[];
  search: CompareSearch;
  chosen: string | undefined;
  onChange: (change: CompareSearch) => void;
}

/** Which scanner is compared with which: the same of both scans, or two. */
export function ScannerPair({ a, b, common, search, chosen, onChange }: ScannerPairProps) {
  if (a === undefined || b === undefined) return null;
  const first = search.scanner ?? chosen ?? a.scanner_names[0] ?? "";
  const second = search.scanner_b ?? (a === b ? "" : first);
  return (
    <div className={styles.pair}>
      {search.scanner_b === undefined &&
        common.length > 1 &&
        common.map(({ scanner, lost, gained, changed }) => (
          <button
            key={scanner}
            type="button"
            aria-pressed={scanner === chosen}
            onClick={() => onChange({ scanner, flip: undefined })}
          >
            {scanner} <span className="muted">{lost.length + gained.length + changed.length}</span>
          </button>
        ))}
      <span className={styles.choice}>
        <label>
          scanner of A{" "}
          <select
            value={first}
            onChange={(event) =>
              onChange({ scanner: event.target.value, scanner_b: second || undefined, flip: undefined })
            }
          >
            {a.scanner_names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          with that of B{" "}
          <select
            value={second}
            onChange={(event) => {
              const scanner_b = event.target.value;
              const isSame = scanner_b === first && a !== b;
              onChange({ scanner: first, scanner_b: isSame ? undefined : scanner_b, flip: undefined });
            }}
          >
            {second === "" && <option value="">choose a scanner</option>}
            {b.scanner_names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </span>
    </div>
  );
}
