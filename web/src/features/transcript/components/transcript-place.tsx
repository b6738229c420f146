import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { TranscriptCitations } from "../../../api/generated/types.gen.ts";
import { citationsByNumber, coloursOf, scannerKey } from "../../../domain/citations.ts";
import { formatCount } from "../../../domain/format.ts";
import { FindBar, FindCount } from "../../../ui/fields.tsx";
import { route, useChangeAddress, useReadingAddress } from "../model/address.ts";
import { useFind } from "../model/find.ts";
import { messagePage, minimapOf, pageOf, RECENT_SCANS, type TranscriptAddress } from "../model/questions.ts";
import { Reading, TranscriptContext, type TranscriptView, useTranscript } from "../model/reading.ts";
import { useReadingKeys } from "../model/reading-keys.ts";
import { EventsColumn } from "./events-column.tsx";
import { HeaderLine } from "./header-line.tsx";
import { MinimapStrip } from "./minimap-strip.tsx";
import { OutlinePanel } from "./outline-panel.tsx";
import { RailPanel } from "./rail-panel.tsx";
import { FocusView, ReadingColumn } from "./reading-column.tsx";
import styles from "./transcript-place.module.css";

/** The reading view of one transcript. */
export function TranscriptPlace() {
  const { id } = route.useParams();
  const { location } = route.useSearch();
  // Another transcript is another page of the book: nothing that was opened in one is open in the next.
  return <OneTranscript key={`${location}\n${id}`} id={id} location={location} />;
}

function OneTranscript({ id, location }: { id: string; location: string | undefined }) {
  const search = route.useSearch();
  const at = useMemo(() => ({ id, location }), [id, location]);
  const [reading] = useState(() => new Reading());
  const [eventReading] = useState(() => new Reading());
  // Before what is sought: that begins where one reads.
  useReadingAddress(reading, "message");
  useReadingAddress(eventReading, "event");
  const kind = search.view === "events" ? "event" : "message";
  const shown = kind === "event" ? eventReading : reading;
  const sought = {
    text: search.find ?? "",
    regex: search.regex === true,
    case: search.case === true,
    word: search.word === true,
  };
  const { hits, hit, ...finding } = useFind(at, shown, kind, sought);
  const isBegun = useIsBegun(at);
  const map = useQuery({ ...minimapOf(at), enabled: isBegun });
  const verdicts = useVerdicts(at, isBegun);
  const marked = useMarked(verdicts.found);
  const view: TranscriptView = useMemo(
    () => ({ at, reading, map: map.data, isBegun, sought: kind, hits, hit, ...marked }),
    [at, reading, map.data, isBegun, kind, hits, hit, marked],
  );
  return (
    <TranscriptContext value={view}>
      <Shown eventReading={eventReading} verdicts={verdicts} sought={sought} finding={finding} problem={map.error} />
    </TranscriptContext>
  );
}

interface ShownProps {
  eventReading: Reading;
  verdicts: ReturnType<typeof useVerdicts>;
  sought: Parameters<typeof useFind>[3];
  finding: Pick<ReturnType<typeof useFind>, "result" | "shown" | "step">;
  /** A log that breaks off: its beginning is shown, and what is wrong is said. */
  problem: Error | null;
}

function Shown({ eventReading, verdicts, sought, finding, problem }: ShownProps) {
  const view = useTranscript();
  const { at, reading, map } = view;
  const isEvents = view.sought === "event";
  const search = route.useSearch();
  const change = useChangeAddress();
  const [asked, setAsked] = useState(0);
  const { id, location } = at;
  const description = useQuery(ask("/transcripts/{id}", { path: { id }, query: { location } })).data;
  const values = description?.values ?? {};
  // As the list has it, until all of it is read; null until one of them says.
  const total = map?.messages ?? (typeof values.message_count === "number" ? values.message_count : null);
  const { focus: isFocused = false, rail = "verdicts" } = search;
  const { neighbours, onNeighbour } = useNeighbours(view);
  const onView = useViewChange(view);
  const onFind = () => {
    setAsked((before) => before + 1);
    change({ find: sought.text });
  };
  useEffect(() => {
    reading.onAway = isEvents ? () => change({ view: undefined }) : null;
  }, [reading, isEvents, change]);
  const inView = isEvents ? { shown: eventReading, total: map?.events ?? 0 } : { shown: reading, total: total ?? 0 };
  useReadingKeys(view, { ...inView, isFocused, onView, onFind, onNeighbour });
  return (
    <div className={styles.place}>
      <HeaderLine {...{ values, total, neighbours, onView, onFind, onNeighbour }} />
      <MinimapStrip />
      {problem !== null && (
        <p className={styles.unreadable} role="alert">
          Only a part of this transcript can be read. {problem.message}
        </p>
      )}
      {search.find !== undefined && <TranscriptFindBar sought={sought} finding={finding} asked={asked} />}
      <div className={styles.columns} data-rail={rail === "none" ? "none" : "shown"}>
        <OutlinePanel total={total ?? 0} />
        <Column eventReading={eventReading} total={total ?? 0} />
        {rail !== "none" && (
          <RailPanel
            {...verdicts}
            tab={rail}
            onTab={(tab) => change({ rail: tab })}
            onScans={(scan) => change({ scan })}
            description={description}
            onEvent={(event) => change({ view: "events", event }, true)}
          />
        )}
      </div>
    </div>
  );
}

function Column({ eventReading, total }: { eventReading: Reading; total: number }) {
  const { view, focus } = route.useSearch();
  if (view === "events") return <EventsColumn reading={eventReading} />;
  return focus === true ? <FocusView total={total} /> : <ReadingColumn expected={total} />;
}

function TranscriptFindBar({ sought, finding, asked }: Pick<ShownProps, "sought" | "finding"> & { asked: number }) {
  const change = useChangeAddress();
  const seek = useCallback((find: string) => change({ find }), [change]);
  const { result, shown, step } = finding;
  const { matches, done, stopped } = result;
  const told = stopped === null ? "" : ` (${stopped})`;
  const none = done ? "not found" : "…";
  const words = matches === 0 ? none : `${formatCount(shown)} of ${formatCount(matches)}${done ? "" : "+"}`;
  return (
    <FindBar
      label="Find in this transcript"
      sought={sought.text}
      choices={sought}
      asked={asked}
      onSeek={seek}
      onChoose={(name, isOn) => change({ [name]: isOn || undefined })}
      onStep={step}
      onClose={() => change({ find: undefined, regex: undefined, case: undefined, word: undefined })}
    >
      <FindCount error={result.error}>{sought.text === "" ? "" : `${words}${told}`}</FindCount>
    </FindBar>
  );
}

/** Whether the first messages are there (or cannot be read): what else is asked would hold the server up before. */
function useIsBegun(at: TranscriptAddress): boolean {
  const { message = 1, view } = route.useSearch();
  const [isBegun, setBegun] = useState(view === "events");
  const [page] = useState(pageOf(Math.max(1, message)));
  const { isPending } = useQuery({ ...messagePage(at, page, false), enabled: !isBegun });
  if (!(isBegun || isPending)) setBegun(true);
  return isBegun;
}

/** What scans say of the transcript: those of the address, else the newest one; undefined until that is known. */
function useVerdicts({ id, location }: TranscriptAddress, isBegun: boolean) {
  const asked = route.useSearch({ select: (search) => search.scan });
  const recent = useQuery({ ...RECENT_SCANS, enabled: isBegun && asked === undefined });
  const newest = recent.data?.items.slice(0, 1).map((scan) => scan.scan_id);
  const scans = asked ?? newest;
  const found = useQuery({
    ...ask("/transcripts/{id}/citations", { path: { id }, query: { scan: scans ?? [], location } }),
    enabled: isBegun && scans !== undefined && scans.length > 0,
  });
  return { scans, found: found.data, error: found.error ?? (asked === undefined ? recent.error : null) };
}

function useMarked(found: TranscriptCitations | undefined) {
  return useMemo(() => {
    // There are few colours: scanners that cite something come first.
    const said = [...(found?.items ?? []), ...(found?.verdicts ?? [])];
    return {
      cited: citationsByNumber(found?.items ?? [], "message"),
      citedEvents: citationsByNumber(found?.items ?? [], "event"),
      colours: coloursOf(said.map((one) => scannerKey(one.scan, one.scanner))),
    };
  }, [found]);
}

/** Change between messages and events; events begin with the one that made the message that one is at. */
function useViewChange({ at, reading, map, sought }: TranscriptView): () => void {
  const queries = useQueryClient();
  const change = useChangeAddress();
  return () => {
    if (sought === "event") return change({ view: undefined }, true);
    const { current } = reading.state;
    const page = queries.getQueryData(messagePage(at, pageOf(current), map !== undefined).queryKey);
    const event = page?.items.find((message) => message.number === current)?.event;
    change({ view: "events", ...(event != null && { event }) }, true);
  };
}

/** The transcripts beside this one in the list that one came from; going there, what one looks at stays. */
function useNeighbours({ at: { id, location }, isBegun }: TranscriptView) {
  const { where, order_by } = route.useSearch();
  const question = ask("/transcripts/{id}/neighbours", { path: { id }, query: { where, order_by, location } });
  const { data } = useQuery({ ...question, enabled: isBegun });
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = route.useNavigate();
  // A key that is pressed before the list has answered waits for it, and is forgotten where one has gone on meanwhile.
  const onNeighbour = async (direction: 1 | -1) => {
    const here = router.state.location.pathname;
    const { next, previous } = await queries.ensureQueryData(question);
    const beside = direction === 1 ? next : previous;
    if (beside === null || router.state.location.pathname !== here) return;
    await navigate({
      to: "/transcripts/$id",
      params: { id: beside },
      search: (before) => ({ ...before, message: undefined, event: undefined, span: undefined }),
    });
  };
  return { neighbours: data, onNeighbour: (direction: 1 | -1) => void onNeighbour(direction).catch(() => undefined) };
}
