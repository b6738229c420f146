import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { fuzzyFilter } from "../../domain/fuzzy.ts";
import { InertText } from "../../ui/content/inert-text.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { keyRegistry } from "../../ui/keyboard/key-registry.ts";
import { Keys } from "../../ui/keyboard/keys.tsx";
import { newestScansQuery } from "../newest-scans.ts";
import { pageMode } from "../page-mode.ts";
import { EVERYWHERE, placesOf } from "../places.ts";
import { recentPlaces } from "../recent.ts";
import styles from "./palette.module.css";

interface Item {
  group: string;
  label: string;
  keys?: string | undefined;
  run: () => void;
}

const MOST = 50;
const ID_SHOWN = 6;

/** All that can be done and where one can go, found by some letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const items = useItems();
  const found = useMemo(
    () => fuzzyFilter(typed, items, (item) => `${item.label} ${item.group}`).slice(0, MOST),
    [typed, items],
  );
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`#${CSS.escape(`${id}-${at}`)}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);
  const choose = (item: Item | undefined) => {
    if (item === undefined) return;
    onClose();
    // The dialog gives the focus back first: what runs may move it.
    setTimeout(item.run);
  };
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 };
    if (event.key === "Enter") choose(found[at]);
    const step = steps[event.key];
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setAt((step + found.length) % found.length);
  };
  return (
    <Dialog title="Palette" bare onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="What to do, or where to go"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${at}`}
        placeholder="What to do, or where to go"
        autoComplete="off"
        spellCheck={false}
        className={styles.input}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={walk}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((item, index) => (
          <PaletteLine
            key={`${item.group} ${item.label}`}
            id={`${id}-${index}`}
            item={item}
            isChosen={index === at}
            onChoose={() => choose(item)}
          />
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>Nothing fits “{typed}”.</p>}
    </Dialog>
  );
}

interface PaletteLineProps {
  id: string;
  item: Item;
  isChosen: boolean;
  onChoose: () => void;
}

function PaletteLine({ id, item, isChosen, onChoose }: PaletteLineProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, and says which line is chosen.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
    <div id={id} role="option" aria-selected={isChosen} className={styles.line} onClick={onChoose}>
      <span>
        <InertText text={item.label} />
      </span>
      <small>{item.group}</small>
      {item.keys !== undefined && <Keys keys={item.keys} />}
    </div>
  );
}

/** Places, what was opened lately, the newest scans, and the commands that are registered now. */
function useItems(): readonly Item[] {
  const router = useRouter();
  const { data } = useQuery(newestScansQuery);
  return useMemo(() => {
    const places = placesOf(router.routesByPath, pageMode()).map(({ name, path, key }) => ({
      group: "Place",
      label: name,
      keys: key,
      run: () => void router.navigate({ to: path }),
    }));
    const recent = recentPlaces().map(({ href, title }) => ({
      group: href.startsWith("/scans/") ? "Scan" : href.startsWith("/labels/") ? "Labels" : "Transcript",
      label: title,
      run: () => router.history.push(href),
    }));
    const commands = keyRegistry.scopes().flatMap(({ name, commands: registered }) =>
      registered
        .filter((command) => command.keysOnly !== true)
        .map(({ label, keys, run }) => ({
          group: name,
          label,
          keys: typeof keys === "string" ? keys : keys?.[0],
          run: () => run(),
        })),
    );
    const scans = (data?.items ?? []).map(({ name, scan_id }) => ({
      group: "Scan",
      label: `${name} ${scan_id.slice(0, ID_SHOWN)}`,
      run: () => router.history.push(`/scans/${encodeURIComponent(scan_id)}`),
    }));
    // What belongs to this place goes first, what there is everywhere last.
    const own = commands.filter((item) => item.group !== EVERYWHERE);
    const general = commands.filter((item) => item.group === EVERYWHERE);
    const all = [...own, ...places, ...recent, ...scans, ...general];
    const unique = new Map(all.map((item) => [`${item.group} ${item.label}`, item]));
    return [...unique.values()];
  }, [router, data]);
}
