import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JobItem, OptionItem, ScannerFileItem } from "../../../api/generated/types.gen.ts";
import { optionsQuery, optionTableQuery } from "../../../api/options.ts";
import { type OptionField, optionFields } from "../../../domain/options.ts";
import { jobsQuery, scannersQuery } from "../api/run-queries.ts";
import { commandsOf, type NamedCommand } from "../model/run-command.ts";
import {
  type ChosenScanner,
  chosenScanners,
  type Draft,
  draftOf,
  NOT_OPTIONS,
  type RunSearch,
} from "../model/run-form.ts";

export interface RunForm {
  search: RunSearch;
  /** Change what is asked; what was counted is then no longer true. */
  change: (patch: Partial<RunSearch>) => void;
  /** Note what was done: it stands in the address at once. */
  note: (patch: Partial<RunSearch>) => void;
  files: readonly ScannerFileItem[];
  jobs: readonly JobItem[];
  chosen: readonly ChosenScanner[];
  base: JobItem | undefined;
  /** Limit and seed, which stand with the selection, and the others. */
  fields: readonly OptionField[];
  options: readonly OptionField[];
  draft: Draft;
  commands: readonly NamedCommand[];
  /** Whether all is known that the job needs, there is something to scan with, and nothing that cannot be. */
  isReady: boolean;
}

const NO_FILES: readonly ScannerFileItem[] = [];
const NO_JOBS: readonly JobItem[] = [];
const NO_OPTIONS: readonly OptionItem[] = [];

export function useRunForm(): RunForm {
  const { search, change, note } = useTypedSearch();
  const { data: { items: files } = { items: NO_FILES } } = useQuery(scannersQuery);
  const { data: { items: jobs } = { items: NO_JOBS } } = useQuery(jobsQuery);
  const { data: described } = useQuery(optionTableQuery);
  const { data: explained = described } = useQuery(optionsQuery);
  const table = explained?.items ?? NO_OPTIONS;
  const fields = useMemo(() => optionFields(table, "job"), [table]);
  const chosen = useMemo(
    () => (search.job === undefined ? chosenScanners(files, search.scanner ?? []) : []),
    [files, search.scanner, search.job],
  );
  const base = jobs.find((job) => job.path === search.job);
  const draft = useMemo(() => draftOf(search, chosen, fields, base), [search, chosen, fields, base]);
  const commands = useMemo(() => commandsOf(search, chosen, draft, fields), [search, chosen, draft, fields]);
  const options = useMemo(() => fields.filter(({ name }) => !NOT_OPTIONS.has(name)), [fields]);
  const isReady =
    fields.length > 0 && (chosen.length > 0 || base?.problem === null) && Object.keys(draft.mistakes).length === 0;
  return { search, change, note, files, jobs, chosen, base, fields, options, draft, commands, isReady };
}

const WRITE_MS = 250;

/** What is typed is there at once; the address follows when the typing pauses, as navigation is slower than fingers. */
function useTypedSearch() {
  const address: RunSearch = useSearch({ from: "/run" });
  const navigate = useNavigate({ from: "/run" });
  const [search, setSearch] = useState(address);
  const written = useRef(JSON.stringify(address));
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const addressText = JSON.stringify(address);
  useEffect(() => {
    // Somebody went back, or opened a link to another run.
    if (addressText === written.current) return;
    written.current = addressText;
    setSearch(JSON.parse(addressText));
  }, [addressText]);
  const write = useCallback(
    (now: RunSearch) => {
      clearTimeout(waiting.current);
      const next = JSON.parse(JSON.stringify(now)) as RunSearch;
      written.current = JSON.stringify(next);
      void navigate({ search: next, replace: true });
    },
    [navigate],
  );
  const latest = useRef(search);
  latest.current = search;
  useEffect(() => () => clearTimeout(waiting.current), []);
  const change = useCallback(
    (patch: Partial<RunSearch>) => {
      const now = { ...latest.current, ...patch, counted: undefined };
      latest.current = now;
      setSearch(now);
      clearTimeout(waiting.current);
      waiting.current = setTimeout(() => write(now), WRITE_MS);
    },
    [write],
  );
  const note = useCallback(
    (patch: Partial<RunSearch>) => {
      const now = { ...latest.current, ...patch };
      latest.current = now;
      setSearch(now);
      write(now);
    },
    [write],
  );
  return { search, change, note };
}
