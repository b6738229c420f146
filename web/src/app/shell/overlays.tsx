/** What the keys do, and the palette: loaded when one of them is opened. */

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { fuzzyFilter } from "../../domain/fuzzy.ts";
import { InertText } from "../../ui/content/inert-text.tsx";
import { Keys } from "../../ui/drawings.tsx";
import { Dialog } from "../../ui/floating.tsx";
import { keyRegistry } from "../../ui/keyboard.ts";
import { EVERYWHERE, newestScansQuery, pageMode, placesOf } from "../places.ts";
import { recentPlaces } from "../recent.ts";
import styles from "./overlays.module.css";

/** All keys that do something here, as they are registered now. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const scopes = keyRegistry
    .scopes()
    .map(({ name, commands }) => ({ name, commands: commands.filter(({ keys }) => keys !== undefined) }))
    .filter(({ commands }) => commands.length > 0);
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className={styles.scopes}>
        {scopes.map(({ name, commands }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {commands.map(({ label, keys = [] }) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>
                    {[keys].flat().map((each, at) => (
                      <span key={each}>
                        {at > 0 && " or "}
                        <Keys keys={each} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

interface Item {
  group: string;
  label: string;
  keys?: string | undefined;
  run: () => void;
}

const MOST = 50;
const ID_SHOWN = 6;
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
/** What was opened, by the first word of its address. */
const OPENED: Readonly<Record<string, string>> = { scans: "Scan", labels: "Labels" };

/** All that can be done and where one can go, found by some letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const items = useItems();
  const found = fuzzyFilter(typed, items, (item) => `${item.label} ${item.group}`).slice(0, MOST);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const choose = (item: Item | undefined) => {
    if (item === undefined) return;
    onClose();
    // The dialog gives the focus back first: what runs may move it.
    setTimeout(item.run);
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "Enter") choose(found[at]);
    const step = STEPS[event.key];
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setAt((at + step + found.length) % found.length);
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
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, and says which line is chosen.
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
          <div
            key={`${item.group} ${item.label}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.line}
            onClick={() => choose(item)}
          >
            <span>
              <InertText text={item.label} />
            </span>
            <small>{item.group}</small>
            {item.keys !== undefined && <Keys keys={item.keys} />}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>Nothing fits “{typed}”.</p>}
    </Dialog>
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
      group: OPENED[href.split("/")[1] ?? ""] ?? "Transcript",
      label: title,
      run: () => router.history.push(href),
    }));
    const commands = keyRegistry
      .scopes()
      .flatMap(({ name, commands: registered }) =>
        registered
          .filter((command) => command.keysOnly !== true)
          .map(({ label, keys = [], run }) => ({ group: name, label, keys: [keys].flat()[0], run: () => run() })),
      );
    const scans = (data?.items ?? []).map(({ name, scan_id }) => ({
      group: "Scan",
      label: `${name} ${scan_id.slice(0, ID_SHOWN)}`,
      run: () => router.history.push(`/scans/${encodeURIComponent(scan_id)}`),
    }));
    // What belongs to this place goes first, what there is everywhere last.
    const own = commands.filter((item) => item.group !== EVERYWHERE);
    const general = commands.filter((item) => item.group === EVERYWHERE);
    const all: Item[] = [...own, ...places, ...recent, ...scans, ...general];
    return [...new Map(all.map((item) => [`${item.group} ${item.label}`, item])).values()];
  }, [router, data]);
}
