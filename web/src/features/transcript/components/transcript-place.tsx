import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { citationsByNumber, coloursOf, scannerKey } from "../../../domain/citations.ts";
import { citationsQuery } from "../api/read-citations.ts";
import { descriptionQuery } from "../api/read-description.ts";
import { Reading } from "../model/reading.ts";
import { TranscriptContext, type TranscriptView } from "../model/transcript-context.ts";
import { ReadingColumn } from "./reading-column.tsx";
import styles from "./transcript-place.module.css";

const route = getRouteApi("/transcripts/$id/");

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
  const description = useQuery(descriptionQuery(at));
  const citations = useQuery(citationsQuery(at, search.scan ?? []));
  const view = useMemo((): TranscriptView => {
    const items = citations.data?.items ?? [];
    const keys = (citations.data?.verdicts ?? []).map((one) => scannerKey(one.scan, one.scanner));
    return {
      at,
      reading,
      cited: citationsByNumber(items, "message"),
      colours: coloursOf(keys),
      hits: new Map(),
      hit: null,
    };
  }, [at, reading, citations.data]);
  useEffect(() => {
    if (search.message !== undefined && search.message > 0) reading.goTo(search.message);
  }, [search.message, reading]);
  const expected = description.data?.values.message_count;
  return (
    <TranscriptContext value={view}>
      <div className={styles.place}>
        <ReadingColumn expected={typeof expected === "number" ? expected : null} />
      </div>
    </TranscriptContext>
  );
}
