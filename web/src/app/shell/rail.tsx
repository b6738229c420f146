import { Link, useNavigate, useRouter } from "@tanstack/react-router";
import { Icon } from "../../ui/icon.tsx";
import { useKeys } from "../../ui/keyboard/use-keys.ts";
import { Menu } from "../../ui/menu.tsx";
import { pageMode } from "../page-mode.ts";
import { EVERYWHERE, placesOf } from "../places.ts";
import { type Density, setDensity, setTheme, type Theme, useDensity, useTheme } from "../theme.ts";
import styles from "./rail.module.css";
import { RunningScans } from "./running-scans.tsx";

/** The places at the left, and what holds for all of them. */
export function Rail({ onHelp, onPalette }: { onHelp: () => void; onPalette: () => void }) {
  const { routesByPath } = useRouter();
  const navigate = useNavigate();
  const mode = pageMode();
  const places = placesOf(routesByPath, mode);
  useKeys(
    EVERYWHERE,
    places.map((place) => ({
      keys: place.key,
      label: `Go to ${place.name}`,
      keysOnly: true,
      run: () => void navigate({ to: place.path }),
    })),
  );
  return (
    <nav className={styles.rail} aria-label="Places" hidden={mode === "single-file"}>
      {places
        .filter((place) => place.isInRail)
        .map((place) => (
          <Link
            key={place.path}
            to={place.path}
            className={styles.place}
            title={`${place.name} (${place.key})`}
            activeProps={{ "aria-current": "page" }}
          >
            <Icon name={place.icon} />
            <span>{place.name}</span>
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

const THEMES: readonly [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];
const DENSITIES: readonly [Density, string][] = [
  ["comfortable", "Comfortable"],
  ["compact", "Compact"],
];

function Appearance() {
  const theme = useTheme();
  const density = useDensity();
  const themes = THEMES.map(([each, label]) => ({
    label,
    checked: each === theme,
    run: () => setTheme(each),
  }));
  const densities = DENSITIES.map(([each, label]) => ({
    label,
    checked: each === density,
    run: () => setDensity(each),
  }));
  useKeys(EVERYWHERE, [
    ...THEMES.map(([each, label]) => ({ label: `Theme: ${label.toLowerCase()}`, run: () => setTheme(each) })),
    ...DENSITIES.map(([each, label]) => ({
      label: `Density: ${label.toLowerCase()}`,
      run: () => setDensity(each),
    })),
  ]);
  return (
    <Menu kind="plain" side="right" name="Appearance" button={<Icon name="theme" />} groups={[themes, densities]} />
  );
}
