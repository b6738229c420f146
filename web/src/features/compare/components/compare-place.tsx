import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { choicesQuery, comparisonQuery } from "../api/compare-scans.ts";
import { type CompareSearch, compareCommand } from "../model/compare-search.ts";
import { comparisonMarkdown } from "../model/comparison-markdown.ts";
import styles from "./compare-place.module.css";
import { Comparison } from "./comparison.tsx";
import { ScannerPair } from "./scanner-pair.tsx";

/** Two scans side by side, or two scanners of one. */
export function ComparePlace() {
  const search = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const change = (to: CompareSearch) => void navigate({ search: (was) => ({ ...was, ...to }), replace: true });
  const choices = useQuery(choicesQuery(search.scans));
  const comparison = useQuery(comparisonQuery(search));
  const scans = choices.data?.items ?? [];
  const [a, b] = [search.a, search.b].map((id) => scans.find((scan) => scan.scan_id === id));
  const shown =
    comparison.data?.scanners.find((each) => each.scanner === search.scanner) ?? comparison.data?.scanners[0];
  const pick = (to: CompareSearch) => change({ ...to, scanner: undefined, scanner_b: undefined, flip: undefined });
  const swap = () =>
    change({
      a: search.b,
      b: search.a,
      scanner: search.scanner_b ?? search.scanner,
      scanner_b: search.scanner_b && search.scanner,
      flip: undefined,
    });
  return (
    <>
      <PlaceHeader
        title="Compare"
        actions={
          comparison.data !== undefined && (
            <>
              <CopyButton text={() => comparisonMarkdown(comparison.data)} what="as Markdown" named />
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
        a={a}
        b={b}
        common={comparison.data?.scanners ?? []}
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
      {comparison.data !== undefined && shown === undefined && (
        <EmptyState title="They have no scanner in common">Choose a scanner of each above.</EmptyState>
      )}
      {comparison.data !== undefined && shown !== undefined && (
        <Comparison
          key={`${shown.scanner} ${shown.second_scanner}`}
          comparison={comparison.data}
          found={shown}
          names={[a?.name ?? "A", b?.name ?? "B"]}
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
        {chosen === undefined && <option value="">choose a scan</option>}
        {chosen !== undefined && !isListed && <option value={chosen}>{chosen}</option>}
        {scans.map((scan) => (
          <option key={scan.scan_id} value={scan.scan_id}>
            {scan.name} · {scan.scan_id.slice(0, 6)} · {scan.model ?? "no model"}
          </option>
        ))}
      </select>
    </label>
  );
}
