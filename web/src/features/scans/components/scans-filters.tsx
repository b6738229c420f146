import { useRef } from "react";
import { Chip } from "../../../ui/chip.tsx";
import { SearchField } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu, type MenuItem } from "../../../ui/menu.tsx";
import type { Scan } from "../api/list-scans.ts";
import { FILTERS, type Filter, filterValues, type ScansSearch } from "../model/scan-list.ts";
import styles from "./scans-place.module.css";

interface ScansFiltersProps {
  search: ScansSearch;
  /** Scans that are here: what can be chosen. */
  scans: readonly Scan[];
  onSearch: (change: ScansSearch) => void;
  children: React.ReactNode;
}

/** What narrows the list: a text, and values of scans as chips. */
export function ScansFilters({ search, scans, onSearch, children }: ScansFiltersProps) {
  const field = useRef<HTMLInputElement>(null);
  const toggle = (filter: Filter, value: string) => {
    const chosen = search[filter] ?? [];
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    onSearch({ [filter]: next.length === 0 ? undefined : next });
  };
  useKeys("Scans", [
    { keys: ["/", "Mod+f"], label: "Find a scan", run: () => field.current?.focus() },
    {
      keys: "g s",
      label: "Group by scanners, by tag, or not",
      run: () => onSearch({ group: nextGroup(search.group) }),
    },
  ]);
  const item =
    (filter: Filter) =>
    (value: string): MenuItem => ({
      label: `${filter}: ${value}`,
      checked: search[filter]?.includes(value) === true,
      run: () => toggle(filter, value),
    });
  return (
    <div className={styles.filters}>
      <SearchField
        ref={field}
        name="Find a scan"
        placeholder="Name, scanner, model, tag, id"
        value={search.q ?? ""}
        onChange={(q) => onSearch({ q: q === "" ? undefined : q })}
      />
      <Menu
        button={
          <>
            <Icon name="filter" /> Filter
          </>
        }
        name="Filter"
        groups={FILTERS.map((filter) => filterValues(scans, filter).map(item(filter)))}
      />
      {FILTERS.flatMap((filter) =>
        (search[filter] ?? []).map((value) => (
          <Chip
            key={`${filter} ${value}`}
            tone="accent"
            removeName={`Without ${filter} ${value}`}
            onRemove={() => toggle(filter, value)}
          >
            {filter}: {value}
          </Chip>
        )),
      )}
      <span className={styles.space} />
      {children}
    </div>
  );
}

function nextGroup(group: ScansSearch["group"]): ScansSearch["group"] {
  if (group === undefined) return "scanners";
  return group === "scanners" ? "tag" : undefined;
}
