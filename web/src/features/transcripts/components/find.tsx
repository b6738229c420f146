import { CancelledError, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { readStream } from "../../../api/client.ts";
import type { TranscriptHit } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { Icon, Progress } from "../../../ui/drawings.tsx";
import { SearchField } from "../../../ui/fields.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { EmptyState } from "../../../ui/states.tsx";
import { excerptOf, type FindEvent, type Found, NOTHING_FOUND, withEvents } from "../model/found.ts";
import { type Sought, transcriptHref } from "../model/leaving.ts";
import { type ListedRow, type SharedTable, serverOrder } from "../model/list.ts";
import { useFoundRows, useListAddress } from "../model/use-list.ts";
import { TranscriptLink } from "./cells.tsx";
import styles from "./find.module.css";

const TOGGLES = [
  { name: "case", sign: "Aa", label: "Capital letters matter" },
  { name: "word", sign: "ab|", label: "Whole words only" },
  { name: "regex", sign: ".*", label: "Regular expression" },
] as const;

/** Where the text is typed that is looked for in all transcripts. */
export function FindField() {
  const { search, change } = useListAddress();
  const { q = "" } = search;
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q);
  const [was, setWas] = useState(q);
  if (was !== q) {
    setWas(q);
    setTyped(q);
  }
  const find = (text: string) => change({ q: text === "" ? undefined : text }, q === "");
  const focus = () => {
    field.current?.focus();
    field.current?.select();
  };
  useKeys("Transcripts", [
    { keys: ["/", "Mod+f"], label: "Find a text in all transcripts", run: focus },
    ...(q === "" ? [] : [{ label: "Leave the search", run: () => find("") }]),
  ]);
  return (
    <search className={styles.field}>
      <SearchField
        ref={field}
        name="Find a text in all transcripts"
        value={typed}
        onChange={(text) => {
          setTyped(text);
          if (text === "" && q !== "") find("");
        }}
        onEnter={() => {
          find(typed);
          field.current?.blur();
        }}
      />
      {TOGGLES.map(({ name, sign, label }) => (
        <button
          key={name}
          type="button"
          data-kind="plain"
          title={label}
          aria-pressed={search[name] === true}
          className={styles.toggle}
          onClick={() => change({ [name]: search[name] === true ? undefined : true })}
        >
          <span aria-hidden="true">{sign}</span>
          <span className="unseen">{label}</span>
        </button>
      ))}
    </search>
  );
}

/** Hits come by the hundreds: they are shown together. */
const SHOWN_MS = 120;
const MOST_HITS = 2000;
const MOST_SECONDS = 600;

/** Look for a text in all transcripts of the list, until it is found, stopped, or no longer shown. */
function useFind(sought: Sought) {
  const { list } = useListAddress();
  const queries = useQueryClient();
  const { location, where } = list;
  const order_by = serverOrder(list.order_by);
  const query = { ...sought, location, where, order_by, limit: MOST_HITS, seconds: MOST_SECONDS };
  // Under no topic of the server: a search does not begin anew because a transcript was added.
  const queryKey = ["found in all", query];
  const { data, error, isFetching } = useQuery({
    queryKey,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      let found = NOTHING_FOUND;
      const waiting: FindEvent[] = [];
      const show = () => {
        // Shown after its end, it would stay in the cache as if it were whole.
        if (waiting.length === 0 || signal.aborted) return;
        found = withEvents(found, waiting.splice(0));
        queries.setQueryData(queryKey, found);
      };
      const showing = setInterval(show, SHOWN_MS);
      try {
        for await (const { data: event } of readStream<FindEvent>("/transcripts/find", { query, signal })) {
          waiting.push(event);
        }
      } finally {
        clearInterval(showing);
        show();
      }
      return found;
    },
  });
  const found = data ?? NOTHING_FOUND;
  return {
    found,
    state: stateOf(isFetching, error, found),
    error,
    stop: () => void queries.cancelQueries({ queryKey }, { revert: false }),
  };
}

function stateOf(isFetching: boolean, error: Error | null, { progress }: Found) {
  if (isFetching) return "searching";
  if (error !== null && !(error instanceof CancelledError)) return "failed";
  return error === null && progress?.done === true ? "done" : "stopped";
}

/** The transcripts that have the text, each with its hits below. */
export function FoundTable({ table, sought }: { table: SharedTable; sought: Sought }) {
  const { search, list } = useListAddress();
  const { history } = useRouter();
  const finding = useFind(sought);
  const { state } = finding;
  const { ids, hits, progress } = finding.found;
  const rows = useFoundRows(ids, list.location, search.columns);
  const isWhole = state === "done" && (progress?.problems ?? []).length === 0;
  const detail = useCallback(
    ({ transcript_id: id }: ListedRow) => (
      <HitLines
        hits={hits.get(id) ?? []}
        hrefOf={({ number }) => transcriptHref(id, list, { message: number, ...sought })}
      />
    ),
    [hits, list, sought],
  );
  const open = ({ transcript_id: id }: ListedRow) => {
    const [first] = hits.get(id) ?? [];
    history.push(transcriptHref(id, list, first && { message: first.number, ...sought }));
  };
  return (
    <>
      <FindProgress {...finding} />
      {ids.length > 0 && (
        <DataTable {...table} label="Transcripts with the text" rows={rows} measured detail={detail} onOpen={open} />
      )}
      {ids.length === 0 && (state === "done" || state === "stopped") && (
        <EmptyState title={isWhole ? "No message has this text" : "No message that was read has this text"} />
      )}
    </>
  );
}

/** The server tells the first ones. */
const TOLD_PROBLEMS = 20;

/** How far the search has come, and what it has found. */
function FindProgress({ found, state, error, stop }: ReturnType<typeof useFind>) {
  const { change } = useListAddress();
  const isSearching = state === "searching";
  const label = isSearching ? "Stop the search" : "Leave the search";
  const end = () => (isSearching ? stop() : change({ q: undefined }, true));
  useKeys("Transcripts", [
    ...(isSearching ? [{ keys: "s", label, run: stop }] : []),
    { keys: "Escape", label, run: end },
  ]);
  const { searched = 0, total = null, problems = [], stopped = null } = found.progress ?? {};
  const problem = state === "failed" ? error?.message : stopped;
  return (
    <div className={styles.progress}>
      {isSearching && (
        <div className={styles.meter}>
          <Progress label="Transcripts searched" done={searched} total={total} />
        </div>
      )}
      <p role="status" className={styles.words}>
        {foundWords(found, state)}
      </p>
      <button type="button" onClick={end}>
        {isSearching ? "Stop" : label} <kbd>Esc</kbd>
      </button>
      {typeof problem === "string" && (
        <p role="alert" className={styles.problem}>
          <Icon name="warning" size={14} /> {problem}
        </p>
      )}
      {problems.length > 0 && (
        <details className={styles.problem}>
          <summary>
            {formatCounted(problems.length, "transcript")}
            {problems.length >= TOLD_PROBLEMS && " or more"} could not be read
          </summary>
          <ul>
            {problems.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function foundWords({ ids, told, progress }: Found, state: string): string {
  if (state === "failed" && progress === null) return "Nothing was searched.";
  const { searched = 0, total, items = told, matches = told } = progress ?? {};
  const of = typeof total === "number" && searched < total ? ` of ${formatCount(total)}` : "";
  const looked = `${formatCount(searched)}${of} transcripts searched`;
  if (items === 0) return state === "searching" ? `${looked} ...` : `Not found: ${looked}.`;
  const where = `${formatCounted(matches, "match", "matches")} in ${formatCounted(items, "message")} of ${formatCounted(ids.length, "transcript")}`;
  const untold = items > told ? `; the first ${formatCount(told)} messages are shown` : "";
  return `${where}${untold} · ${looked}${state === "stopped" ? ", then stopped" : ""}`;
}

const FEW_HITS = 3;
const MANY_HITS = 30;

/** Where the text was found in one transcript: each line leads to its message. */
function HitLines({ hits, hrefOf }: { hits: readonly TranscriptHit[]; hrefOf: (hit: TranscriptHit) => string }) {
  const [isAll, setAll] = useState(false);
  const shown = hits.slice(0, isAll ? MANY_HITS : FEW_HITS);
  const rest = formatCounted(hits.length - shown.length, "message");
  return (
    <ul className={styles.hits}>
      {shown.map((hit) => {
        const { text, marks, cut } = excerptOf(hit);
        return (
          <li key={hit.number}>
            <TranscriptLink href={hrefOf(hit)} className={styles.hit}>
              <span className={styles.number}>M{hit.number}</span>
              <span className={styles.text}>
                {cut.before && "... "}
                <InertText text={text} marks={marks} />
                {cut.after && " ..."}
              </span>
              {hit.count > 1 && <span className={styles.count}>{formatCount(hit.count)} times</span>}
            </TranscriptLink>
          </li>
        );
      })}
      {hits.length > shown.length && (
        <li>
          {isAll ? (
            <span className="muted">{rest} more: open the transcript to see all.</span>
          ) : (
            <button type="button" data-kind="link" onClick={() => setAll(true)}>
              {rest} more
            </button>
          )}
        </li>
      )}
    </ul>
  );
}
