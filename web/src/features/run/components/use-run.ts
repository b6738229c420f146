import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { send } from "../../../api/client.ts";
import type { DryRunItem, NewRun, RunItem } from "../../../api/generated/types.gen.ts";
import { optionFields } from "../../../domain/options.ts";
import { argName, chosenScanners, draftOf, type RunSearch, readRefusal } from "../model/run-form.ts";

/** Transcripts that are tried before the whole is run. */
const TRIED = 5;
const WRITE_MS = 250;

export type Run = ReturnType<typeof useRun>;

/** The form of a run, and what can be done with the job that it describes. */
export function useRun() {
  const form = useForm();
  return { ...form, ...useActions(form) };
}

function useForm() {
  const { search, change, note } = useTypedSearch();
  const scanners = useQuery(ask("/project/scanners"));
  const { data: jobs } = useQuery(ask("/project/jobs"));
  const { data: table } = useQuery(ask("/project/options", { query: { explain: false } }));
  // The same with where values come from, which a process of its own finds out.
  const explained = useQuery(ask("/project/options"));
  const fields = optionFields((explained.data ?? table)?.items ?? [], "job");
  const chosen = search.job === undefined ? chosenScanners(scanners.data?.items ?? [], search.scanner) : [];
  const base = jobs?.items.find((job) => job.path === search.job);
  const draft = draftOf(search, chosen, fields, base);
  /** Whether all is known that the job needs, there is something to scan with, and nothing that cannot be. */
  const isReady =
    fields.length > 0 && (chosen.length > 0 || base?.problem === null) && Object.keys(draft.mistakes).length === 0;
  return { search, change, note, scanners, jobs: jobs?.items ?? [], explained, fields, chosen, base, draft, isReady };
}

function useActions({ search, note, fields, chosen, draft, isReady }: ReturnType<typeof useForm>) {
  const { job, mistakes } = draft;
  const key = JSON.stringify(job);
  // It takes a process of its own, hence seconds.
  const counting = useQuery({
    queryKey: ["transcripts", "/runs", key],
    queryFn: async ({ signal }) =>
      (await send("POST", "/runs", { body: { job, dry_run: true } as NewRun, signal })) as DryRunItem,
    enabled: search.counted === true && isReady,
  });
  // In a process of its own, which goes on when the page is closed.
  const starting = useMutation({
    mutationFn: async ({ as }: { as: "trial" | "run"; key: string }) => {
      const limit = typeof job.limit === "number" ? Math.min(TRIED, job.limit) : TRIED;
      const body = { job: as === "trial" ? { ...job, limit } : job };
      return (await send("POST", "/runs", { body: body as NewRun })) as RunItem;
    },
    onSuccess: ({ scan_id }, { as }) => note({ [as]: scan_id ?? undefined }),
  });
  // A refusal holds for that job only, and is gone with the next change.
  const error = counting.error ?? (starting.variables?.key === key ? starting.error : null);
  const shown = new Set([
    "where",
    "location",
    ...fields.map(({ name }) => name),
    ...chosen.flatMap((scanner) => scanner.fields.map(({ name }) => argName(scanner.id, name))),
  ]);
  const refusal = error === null ? undefined : readRefusal(error.message, shown, chosen);
  const busy = starting.isPending ? starting.variables.as : counting.isFetching && "count";
  const isEnabled = isReady && busy === false;
  return {
    isEnabled,
    busy,
    refusal,
    /** What is wrong, by the name of the field: found here, or said by the server. */
    errors: { ...refusal?.fields, ...mistakes } as Readonly<Record<string, string>>,
    counted: search.counted ? counting.data : undefined,
    count: () => {
      if (!isEnabled) return;
      starting.reset();
      if (search.counted) void counting.refetch();
      note({ counted: true });
    },
    start: (as: "trial" | "run") => {
      if (isEnabled) starting.mutate({ as, key });
    },
  };
}

/** What is typed is there at once; the address follows when the typing pauses, as navigation is slower than fingers. */
function useTypedSearch() {
  const address: RunSearch = useSearch({ from: "/run" });
  const navigate = useNavigate({ from: "/run" });
  const [search, setSearch] = useState(address);
  const latest = useRef(search);
  const addressText = textOf(address);
  const written = useRef(addressText);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (now: RunSearch) => {
    latest.current = now;
    setSearch(now);
    clearTimeout(waiting.current);
  };
  useEffect(() => () => clearTimeout(waiting.current), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the address is another, whatever was shown.
  useEffect(() => {
    // Somebody went back, or opened a link to another run.
    if (addressText !== written.current) show(address);
    written.current = addressText;
  }, [addressText]);
  const write = () => {
    written.current = textOf(latest.current);
    void navigate({ search: latest.current, replace: true });
  };
  return {
    search,
    /** Change what is asked; what was counted is then no longer true. */
    change: (patch: Partial<RunSearch>) => {
      show({ ...latest.current, ...patch, counted: undefined });
      waiting.current = setTimeout(write, WRITE_MS);
    },
    /** Note what was done: it stands in the address at once. */
    note: (patch: Partial<RunSearch>) => {
      show({ ...latest.current, ...patch });
      write();
    },
  };
}

/** The same for the same params, in whichever order they came. */
function textOf(search: RunSearch): string {
  const said = Object.entries(search).filter(([, value]) => value !== undefined);
  return JSON.stringify(said.toSorted());
}
