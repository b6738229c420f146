import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { RunningScanItem } from "../../api/generated/types.gen.ts";
import { type RunningScans as Known, runningScansQuery } from "../../api/live.ts";
import { formatCounted, formatDuration, formatShare } from "../../domain/format.ts";
import { scanAddress } from "../../domain/scan-address.ts";
import { Icon, Progress } from "../../ui/drawings.tsx";
import { Menu } from "../../ui/floating.tsx";
import { useKeys } from "../../ui/keyboard.ts";
import { toast } from "../../ui/toast.ts";
import { EVERYWHERE, pageMode, placesOf } from "../places.ts";
import { CHOICES, choose, useChosen } from "../theme.ts";
import styles from "./rail.module.css";

const CancelScan = lazy(() =>
  import("../../features/run/components/cancel-scan.tsx").then((module) => ({ default: module.CancelScan })),
);
const NONE: Known = {};

/** The places at the left, and what holds for all of them. */
export function Rail({ onHelp, onPalette }: { onHelp: () => void; onPalette: () => void }) {
  const { routesByPath } = useRouter();
  const navigate = useNavigate();
  const mode = pageMode();
  const places = placesOf(routesByPath, mode);
  useKeys(
    EVERYWHERE,
    places.map(({ key, name, path }) => ({
      keys: key,
      label: `Go to ${name}`,
      keysOnly: true,
      run: () => void navigate({ to: path }),
    })),
  );
  return (
    <nav className={styles.rail} aria-label="Places" hidden={mode === "single-file"}>
      {places
        .filter((place) => place.isInRail)
        .map(({ key, name, path, icon }) => (
          <Link
            key={path}
            to={path}
            className={styles.place}
            title={`${name} (${key})`}
            activeProps={{ "aria-current": "page" }}
          >
            <Icon name={icon} />
            <span>{name}</span>
          </Link>
        ))}
      <div className={styles.gap} />
      <RunningScans />
      <button
        type="button"
        data-kind="plain"
        aria-label="Do or open anything"
        title="Do or open anything (Ctrl K)"
        onClick={onPalette}
      >
        <Icon name="find" />
      </button>
      <button type="button" data-kind="plain" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
        ?
      </button>
      <Appearance />
    </nav>
  );
}

function Appearance() {
  const chosen = { theme: useChosen("theme"), density: useChosen("density") };
  const groups = (["theme", "density"] as const).map((name) =>
    CHOICES[name].map(([value, label]) => ({
      label,
      checked: value === chosen[name],
      run: () => choose(name, value),
    })),
  );
  const [themes = [], densities = []] = groups;
  useKeys(EVERYWHERE, [
    ...themes.map(({ label, run }) => ({ label: `Theme: ${label.toLowerCase()}`, run })),
    ...densities.map(({ label, run }) => ({ label: `Density: ${label.toLowerCase()}`, run })),
  ]);
  return <Menu kind="plain" side="right" name="Appearance" button={<Icon name="theme" />} groups={groups} />;
}

/** How far the scans are that run, while one reads on; each can be opened and cancelled, and its end is told. */
function RunningScans() {
  const { data: known = NONE } = useQuery(runningScansQuery);
  const [asked, setAsked] = useState<RunningScanItem | null>(null);
  const running = Object.values(known).filter((scan) => scan.state === "running");
  useToldEnds(known);
  return (
    <>
      <ul className={styles.running} aria-label="Running scans">
        {running.map((scan) => (
          <li key={scan.location}>
            <Link {...scanAddress(scan)} title={told(scan)}>
              <span>{scan.total === 0 ? "…" : formatShare((scan.done ?? 0) / scan.total)}</span>
              <Progress label={told(scan)} done={scan.done ?? 0} total={scan.total} />
            </Link>
            <button
              type="button"
              data-kind="plain"
              aria-label={`Cancel ${scan.name} …`}
              title={`Cancel ${scan.name} …`}
              onClick={() => setAsked(scan)}
            >
              <Icon name="close" size={10} />
            </button>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <Suspense>
          <CancelScan scan={known[asked.location] ?? asked} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  );
}

/** Say in passing that a scan has ended which ran while the page was open. */
function useToldEnds(known: Known): void {
  const navigate = useNavigate();
  const ran = useRef(new Set<string>());
  useEffect(() => {
    for (const scan of Object.values(known)) {
      if (scan.state === "running") ran.current.add(scan.location);
      else if (ran.current.delete(scan.location)) {
        const run = () => void navigate(scanAddress(scan));
        toast(`${scan.name} ${ended(scan)}`, { action: { label: "Open the scan", run } });
      }
    }
  }, [known, navigate]);
}

function told({ name, done, total, left_seconds, error_count }: RunningScanItem): string {
  const left = left_seconds === null ? "" : `, ${formatDuration(left_seconds)} left`;
  const errors = error_count === 0 ? "" : `, ${formatCounted(error_count, "error")}`;
  return `${name}: ${done ?? 0} of ${total}${left}${errors}`;
}

function ended({ state, done, total, error_count }: RunningScanItem): string {
  if (state === "complete") return `is complete: ${total} of ${total}.`;
  if (state === "errors") return `has ended with ${formatCounted(error_count, "error")}.`;
  return `was interrupted at ${done ?? 0} of ${total}.`;
}
