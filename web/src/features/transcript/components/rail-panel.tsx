import { useQuery } from "@tanstack/react-query";
import type { TranscriptCitations, TranscriptDescription } from "../../../api/generated/types.gen.ts";
import { Menu } from "../../../ui/menu.tsx";
import { Tabs } from "../../../ui/tabs.tsx";
import { recentScansQuery } from "../api/list-recent-scans.ts";
import { InfoPanel } from "./info-panel.tsx";
import { LabelPanel } from "./label-panel.tsx";
import styles from "./rail-panel.module.css";
import { VerdictsPanel } from "./verdicts-panel.tsx";

type RailTab = "verdicts" | "label" | "info";

interface RailProps {
  tab: RailTab;
  onTab: (tab: RailTab) => void;
  /** Undefined: it is not known yet. */
  scans: readonly string[] | undefined;
  onScans: (scans: string[]) => void;
  found: TranscriptCitations | undefined;
  error: Error | null;
  description: TranscriptDescription | undefined;
  onEvent: (number: number) => void;
}

/** At the right: what scanners say, what a person says, and what is known. */
export function RailPanel({ tab, onTab, scans, onScans, found, error, description, onEvent }: RailProps) {
  const count = found?.verdicts?.length ?? 0;
  const tabs = [
    { id: "verdicts", label: count > 0 ? `Verdicts ${count}` : "Verdicts" },
    { id: "label", label: "Label" },
    { id: "info", label: "Info" },
  ] as const;
  return (
    <aside className={styles.rail} aria-label="Verdicts, label and info">
      <Tabs
        label="About the transcript"
        tabs={tabs}
        chosen={tab}
        onChoose={onTab}
        actions={tab === "verdicts" ? <ScanChoice scans={scans ?? []} onScans={onScans} /> : null}
      >
        {tab === "verdicts" && (
          <VerdictsPanel found={found} error={error} isAsked={scans?.length !== 0} onEvent={onEvent} />
        )}
        {tab === "label" && <LabelPanel />}
        {tab === "info" && <InfoPanel description={description} />}
      </Tabs>
    </aside>
  );
}

interface ChoiceProps extends Pick<RailProps, "onScans"> {
  scans: readonly string[];
}

function ScanChoice({ scans, onScans }: ChoiceProps) {
  const recent = useQuery(recentScansQuery());
  const items = recent.data?.items ?? [];
  if (items.length === 0) return null;
  const known = new Set(items.map((scan) => scan.scan_id));
  const others = scans.filter((scan) => !known.has(scan));
  return (
    <Menu
      button={scans.length === 1 ? "of 1 scan" : `of ${scans.length} scans`}
      groups={[
        items.map((scan) => ({
          label: `${scan.name} ${scan.scan_id.slice(0, 6)} ${scan.timestamp.slice(0, 10)}`,
          checked: scans.includes(scan.scan_id),
          run: () =>
            onScans(
              scans.includes(scan.scan_id) ? scans.filter((one) => one !== scan.scan_id) : [...scans, scan.scan_id],
            ),
        })),
        others.map((scan) => ({
          label: scan,
          checked: true,
          run: () => onScans(scans.filter((one) => one !== scan)),
        })),
      ].filter((group) => group.length > 0)}
    />
  );
}
