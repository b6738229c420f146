import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ask } from "../../../api/ask.ts";
import type { ScanItem, ScannerComparison } from "../../../api/generated/types.gen.ts";
import { PlaceHeader } from "../../../ui/layout.tsx";
import { AsCommand, CopyButton, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { type CompareSearch, compareCommand, comparisonMarkdown } from "../model/comparison.ts";
import styles from "./compare-place.module.css";
import { Comparison } from "./comparison.tsx";

/** The newest scans can be chosen. */
const CHOICES = 200;

/** Two scans side by side, or two scanners of one. */
export function ComparePlace() {
  const search: CompareSearch = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const change = (to: CompareSearch) => void navigate({ search: (was) => ({ ...was, ...to }), replace: true });
  const { a = "", b = "", scanner, scanner_b, scans: location } = search;
  const choices = useQuery(ask("/scans", { query: { limit: CHOICES, location } }));
  const pair = scanner !== undefined && scanner_b !== undefined ? { scanner, scanner_b } : {};
  const comparison = useQuery({
    ...ask("/compare", { query: { a, b, ...pair, location } }),
    enabled: a !== "" && b !== "" && (a !== b || scanner_b !== undefined),
  });
  const found = comparison.data;
  const scans = choices.data?.items ?? [];
  const [scanA, scanB] = [a, b].map((id) => scans.find((scan) => scan.scan_id === id));
  const shown = found?.scanners.find((each) => each.scanner === scanner) ?? found?.scanners[0];
  const pick = (to: CompareSearch) => change({ ...to, scanner: undefined, scanner_b: undefined, flip: undefined });
  const swap = () =>
    change({
      a: search.b,
      b: search.a,
      scanner: scanner_b ?? scanner,
      scanner_b: scanner_b && scanner,
      flip: undefined,
    });
  return (
    <>
      <PlaceHeader
        title="Compare"
        actions={
          found !== undefined && (
            <>
              <CopyButton text={() => comparisonMarkdown(found)} what="as Markdown" named />
              <AsCommand commands={[{ name: "This comparison", command: compareCommand(search) }]} />
            </>
          )
        }
      >
        <ScanChoice name="A" scans={scans} chosen={search.a} onChoose={(id) => pick({ a: id })} />
        <button type="button" data-kind="plain" title="Swap A and B" aria-label="Swap A and B" onClick={swap}>
          ⇄
        </button>
        <ScanChoice name="B" scans={scans} chosen={search.b} onChoose={(id) => pick({ b: id })} />
      </PlaceHeader>
      <ScannerPair
        a={scanA}
        b={scanB}
        common={found?.scanners ?? []}
        search={search}
        chosen={shown?.scanner}
        onChange={change}
      />
      {comparison.isError && (
        <ErrorState error={comparison.error} title="These cannot be compared." onRetry={comparison.refetch} />
      )}
      {comparison.isLoading && <Skeleton />}
      {comparison.isPending && !comparison.isFetching && (
        <EmptyState title="Choose two scans" command="scout scan diff latest~1 latest">
          Or the same scan twice, and two of its scanners. What they said of the same inputs is compared.
        </EmptyState>
      )}
      {found !== undefined && shown === undefined && (
        <EmptyState title="They have no scanner in common">Choose a scanner of each above.</EmptyState>
      )}
      {found !== undefined && shown !== undefined && (
        <Comparison
          key={`${shown.scanner} ${shown.second_scanner}`}
          comparison={found}
          found={shown}
          names={[scanA?.name ?? "A", scanB?.name ?? "B"]}
          search={search}
          onChange={change}
        />
      )}
    </>
  );
}

interface ScanChoiceProps {
  name: string;
  scans: readonly ScanItem[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

function ScanChoice({ name, scans, chosen, onChoose }: ScanChoiceProps) {
  const isListed = scans.some((scan) => scan.scan_id === chosen);
  return (
    <label className={styles.choice}>
      <b aria-hidden="true">{name}</b>
      <select aria-label={`Scan ${name}`} value={chosen ?? ""} onChange={(event) => onChoose(event.target.value)}>
        {!isListed && <option value={chosen ?? ""}>{chosen ?? "choose a scan"}</option>}
        {scans.map((scan) => (
          <option key={scan.scan_id} value={scan.scan_id}>
            {scan.name} · {scan.scan_id.slice(0, 6)} · {scan.model ?? "no model"}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ScannerPairProps {
  a: ScanItem | undefined;
  b: ScanItem | undefined;
  common: readonly ScannerComparison[];
  search: CompareSearch;
  chosen: string | undefined;
  onChange: (change: CompareSearch) => void;
}

/** Which scanner is compared with which: the same of both scans, or two. */
function ScannerPair({ a, b, common, search, chosen, onChange }: ScannerPairProps) {
  if (a === undefined || b === undefined) return null;
  const first = search.scanner ?? chosen ?? a.scanner_names[0] ?? "";
  const second = search.scanner_b ?? (a === b ? "" : first);
  const choose = (scanner: string, scanner_b?: string) => onChange({ scanner, scanner_b, flip: undefined });
  return (
    <div className={styles.pair}>
      {search.scanner_b === undefined &&
        common.length > 1 &&
        common.map(({ scanner, lost, gained, changed }) => (
          <button key={scanner} type="button" aria-pressed={scanner === chosen} onClick={() => choose(scanner)}>
            {scanner} <span className="muted">{lost.length + gained.length + changed.length}</span>
          </button>
        ))}
      <span className={styles.choice}>
        <label>
          scanner of A{" "}
          <select value={first} onChange={(event) => choose(event.target.value, second || undefined)}>
            {a.scanner_names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          with that of B{" "}
          <select
            value={second}
            onChange={({ target: { value } }) => choose(first, value === first && a !== b ? undefined : value)}
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
