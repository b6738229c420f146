import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import type { TranscriptCitations } from "../../../api/generated/types.gen.ts";
import { citationsByNumber, coloursOf, type ItemKind, scannerKey } from "../../../domain/citations.ts";
import { recentScansQuery } from "../api/list-recent-scans.ts";
import { citationsQuery } from "../api/read-citations.ts";
import { descriptionQuery } from "../api/read-description.ts";
import { messagePageQuery, PAGE } from "../api/read-messages.ts";
import { minimapQuery } from "../api/read-minimap.ts";
import { neighboursQuery } from "../api/read-neighbours.ts";
import type { TranscriptAddress } from "../model/address.ts";
import { Reading } from "../model/reading.ts";
import { TranscriptContext, type TranscriptView } from "../model/transcript-context.ts";
import { route, useChangeAddress, useReadingAddress, useSought } from "../model/use-address.ts";
import { useFind } from "../model/use-find.ts";
import { useReadingKeys } from "../model/use-reading-keys.ts";
import { TranscriptFindBar } from "./find-bar.tsx";
import { FocusView } from "./focus-view.tsx";
import { HeaderLine } from "./header-line.tsx";
import { MinimapStrip } from "./minimap-strip.tsx";
import { OutlinePanel } from "./outline-panel.tsx";
import { RailPanel } from "./rail-panel.tsx";
import { ReadingColumn } from "./reading-column.tsx";
import styles from "./transcript-place.module.css";

const EventsColumn = lazy(() => import("./events-column.tsx").then((module) => ({ default: module.EventsColumn })));

/** The reading view of one transcript. */
export function TranscriptPlace() {
  const { id } = route.useParams();
  const { location } = route.useSearch();
  // Another transcript is another page of the book: nothing that was opened in one is open in the next.
  return <OneTranscript key={`${location}\n${id}`} id={id} location={location} />;
}

function OneTranscript({ id, location }: { id: string; location: string | undefined }) {
  const search = route.useSearch();
  const change = useChangeAddress();
  const at = useMemo(() => ({ id, location }), [id, location]);
  const [reading] = useState(() => new Reading());
  const [eventReading] = useState(() => new Reading());
  // Before what is sought: that begins where one reads.
  useReadingAddress(reading, "message");
  useReadingAddress(eventReading, "event");
  const [sought, seek] = useSought();
  const [asked, setAsked] = useState(0);
  const isEvents = search.view === "events";
  const shown: ItemKind = isEvents ? "event" : "message";
  const finding = useFind(at, isEvents ? eventReading : reading, shown, sought);
  const scans = useShownScans(search.scan);
  const citations = useQuery(citationsQuery(at, scans ?? []));
  const description = useQuery(descriptionQuery(at));
  const known = useTotal(at, description.data?.values.message_count);
  const total = known ?? 0;
  const view = useView(at, reading, citations.data, shown, finding);
  const list = useMemo(
    () => ({ where: search.where ?? [], order_by: search.order_by ?? [] }),
    [search.where, search.order_by],
  );
  const onFind = useCallback(() => {
    setAsked((before) => before + 1);
    seek(sought ?? { text: "", regex: false, case: false, word: false });
  }, [seek, sought]);
  const onNeighbour = useNeighbour(at, list);
  const isFocused = search.focus === true;
  const eventTotal = useQuery({ ...minimapQuery(at), select: (map) => map.events }).data ?? 0;
  const events = isEvents ? { reading: eventReading, total: eventTotal } : null;
  useEffect(() => {
    reading.onAway = isEvents ? () => change({ view: undefined }) : null;
  }, [reading, isEvents, change]);
  const onView = useViewChange(at, reading, isEvents);
  useReadingKeys(view, { total, events, onView, isFocused, onFind, onNeighbour });
  const rail = search.rail ?? "verdicts";
  return (
    <TranscriptContext value={view}>
      <div className={styles.place}>
        <HeaderLine
          {...{ at, reading, list, onFind, onNeighbour }}
          total={known}
          description={description.data}
          isEvents={isEvents}
          onView={onView}
        />
        <MinimapStrip />
        <Unreadable at={at} />
        {sought !== null && (
          <TranscriptFindBar {...{ sought, finding, asked }} onSeek={seek} onClose={() => seek(null)} />
        )}
        <div className={styles.columns} data-rail={rail === "none" ? "none" : "shown"}>
          <OutlinePanel total={total} />
          <Suspense>
            {isEvents ? (
              <EventsColumn reading={eventReading} />
            ) : isFocused ? (
              <FocusView total={total} />
            ) : (
              <ReadingColumn expected={total} />
            )}
          </Suspense>
          {rail !== "none" && (
            <RailPanel
              tab={rail}
              onTab={(tab) => change({ rail: tab })}
              scans={scans}
              onScans={(chosen) => change({ scan: chosen })}
              found={citations.data}
              error={citations.error}
              description={description.data}
              onEvent={(event) => change({ view: "events", event }, true)}
            />
          )}
        </div>
      </div>
    </TranscriptContext>
  );
}

/** A log that breaks off: its beginning is shown, and what is wrong is said. */
function Unreadable({ at }: { at: TranscriptAddress }) {
  const { error } = useQuery(minimapQuery(at));
  if (error === null) return null;
  return (
    <p className={styles.unreadable} role="alert">
      Only a part of this transcript can be read. {error.message}
    </p>
  );
}

/** The scans whose verdicts are shown: those of the address, else the newest one; undefined until that is known. */
function useShownScans(asked: readonly string[] | undefined): string[] | undefined {
  const recent = useQuery({ ...recentScansQuery(), enabled: asked === undefined });
  const newest = recent.data?.items[0]?.scan_id;
  return useMemo(() => {
    if (asked !== undefined) return [...asked];
    if (newest !== undefined) return [newest];
    return recent.isPending ? undefined : [];
  }, [asked, newest, recent.isPending]);
}

/** How many messages there are: as the list has it, until all of it is read; null until one of them says. */
function useTotal(at: TranscriptAddress, told: unknown): number | null {
  const counted = useQuery({ ...minimapQuery(at), select: (map) => map.messages }).data;
  return counted ?? (typeof told === "number" ? told : null);
}

function useView(
  at: TranscriptAddress,
  reading: Reading,
  found: TranscriptCitations | undefined,
  sought: ItemKind,
  { hits, hit }: Pick<TranscriptView, "hits" | "hit">,
): TranscriptView {
  const marked = useMemo(
    () => ({
      cited: citationsByNumber(found?.items ?? [], "message"),
      citedEvents: citationsByNumber(found?.items ?? [], "event"),
      // There are few colours: scanners that cite something come first.
      colours: coloursOf(
        [...(found?.items ?? []), ...(found?.verdicts ?? [])].map((one) => scannerKey(one.scan, one.scanner)),
      ),
    }),
    [found],
  );
  return useMemo(() => ({ at, reading, sought, hits, hit, ...marked }), [at, reading, sought, hits, hit, marked]);
}

/** Change between messages and events; events begin with the one that made the message that one is at. */
function useViewChange(at: TranscriptAddress, reading: Reading, isEvents: boolean): () => void {
  const queries = useQueryClient();
  const change = useChangeAddress();
  return () => {
    if (isEvents) return change({ view: undefined }, true);
    const { current } = reading.state;
    const page = queries.getQueryData(messagePageQuery(at, Math.floor((current - 1) / PAGE)).queryKey);
    const event = page?.items.find((message) => message.number === current)?.event;
    change({ view: "events", ...(event == null ? {} : { event }) }, true);
  };
}

/** Go to the transcript beside this one in the list that one came from; what one looks at stays. */
function useNeighbour(at: TranscriptAddress, list: Parameters<typeof neighboursQuery>[1]) {
  const { data } = useQuery(neighboursQuery(at, list));
  const navigate = route.useNavigate();
  return (direction: 1 | -1) => {
    const id = direction === 1 ? data?.next : data?.previous;
    if (id == null) return;
    void navigate({
      to: "/transcripts/$id",
      params: { id },
      search: (before) => ({ ...before, message: undefined, event: undefined, span: undefined }),
    });
  };
}
