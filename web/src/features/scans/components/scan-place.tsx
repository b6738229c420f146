import { useQuery } from "@tanstack/react-query";
import { runningScansQuery } from "../../../api/live.ts";
import { Progress } from "../../../ui/progress.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { scanQuery } from "../api/read-scan.ts";
import { useScanSearch } from "../model/use-scan-search.ts";
import { AskedDialog } from "./asked-dialog.tsx";
import { ResultsView } from "./results-view.tsx";
import { ScanHeader } from "./scan-header.tsx";
import { ScannerList } from "./scanner-list.tsx";

/** One scan: what was asked, what its scanners found, and what each result rests on. */
export function ScanPlace() {
  const { scanId, search, change } = useScanSearch();
  const query = useQuery(scanQuery(scanId, search.scans));
  const running = useQuery(runningScansQuery).data;
  if (query.data === undefined) {
    if (query.error === null) return <Skeleton />;
    return <ErrorState error={query.error} title="This scan could not be read." onRetry={query.refetch} />;
  }
  const scan = query.data;
  const now = running?.[scan.location];
  const live = now?.state === "running" ? now : undefined;
  const scanner = scan.scanner_names.find((name) => name === search.scanner) ?? scan.scanner_names[0];
  return (
    <>
      <ScanHeader scan={scan} live={live} scanner={scanner} />
      {live !== undefined && (
        <Progress label="Scan" done={live.done ?? 0} total={live.total} failed={live.error_count} />
      )}
      {scanner === undefined ? (
        <EmptyState title="This scan has no scanners" />
      ) : (
        <SplitPane
          name="scout-scanners"
          label="Scanners"
          side="start"
          width={230}
          pane={
            <ScannerList
              scan={scan}
              live={live}
              chosen={scanner}
              onChoose={(name) =>
                change(
                  { scanner: name, where: undefined, order_by: undefined, result: undefined, row: undefined },
                  true,
                )
              }
            />
          }
        >
          <ResultsView key={scanner} scan={scan} scanner={scanner} />
        </SplitPane>
      )}
      {search.show === "asked" && (
        <AskedDialog scan={scan} scanner={scanner} onClose={() => change({ show: undefined })} />
      )}
    </>
  );
}
