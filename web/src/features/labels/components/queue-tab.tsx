import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { casesQuery } from "../api/cases.ts";
import { type QueueAsked, queueQuery } from "../api/scans.ts";
import { route } from "../model/address.ts";
import { encodeUrl, raterFile } from "../model/cases.ts";
import { type Asked, askedOfCases, DEFAULTS } from "../model/queue.ts";
import { Queue } from "./queue.tsx";
import { QueueSetup } from "./queue-setup.tsx";
import styles from "./queue-tab.module.css";
import { SetupButton } from "./setup-button.tsx";

interface QueueTabProps {
  file: string;
  name: string;
  /** Which scanner the set is for, if that is known. */
  scanner: string | undefined;
}

/** Label cases one at a time: those of a scan, or, as a second rater, those of the set. */
export function QueueTab({ file, name, scanner }: QueueTabProps) {
  const search = route.useSearch();
  const { source, rater } = search;
  // A second rater writes beside the set, so that neither sees what the other says.
  const written = rater === undefined ? name : raterFile(name, rater);
  const target = { file: rater === undefined ? file : encodeUrl(written), name: written };
  if (source === "set") return <SetQueue file={file} target={target} seed={search.seed ?? DEFAULTS.seed} />;
  if (source === "scan" && search.scan !== undefined && search.scanner !== undefined) {
    const asked: QueueAsked = {
      scan: search.scan,
      scanner: search.scanner,
      size: search.size ?? DEFAULTS.size,
      by: search.by ?? DEFAULTS.by,
      seed: search.seed ?? DEFAULTS.seed,
    };
    return <ScanQueue asked={asked} main={file} target={target} />;
  }
  return <QueueSetup file={file} name={name} scanner={scanner} />;
}

interface Target {
  file: string;
  name: string;
}

function ScanQueue({ asked, main, target }: { asked: QueueAsked; main: string; target: Target }) {
  const queue = useQuery(queueQuery(asked));
  const items = useMemo(
    () =>
      queue.data?.items.map(
        (item): Asked => ({
          key: item.key,
          about: item.about,
          transcript: item.transcript_id,
          result: item.uuid,
        }),
      ),
    [queue.data],
  );
  if (queue.error !== null) {
    return (
      <>
        <ErrorState error={queue.error} title="The results could not be chosen." onRetry={queue.refetch} />
        <p className={styles.again}>
          <SetupButton />
        </p>
      </>
    );
  }
  if (items === undefined) return <Skeleton label="Choosing results" />;
  const { question = null, classes = [] } = queue.data ?? {};
  return <Queue asked={items} main={main} target={target} scan={asked} question={question} classes={classes} />;
}

function SetQueue({ file, target, seed }: { file: string; target: Target; seed: number }) {
  const cases = useQuery(casesQuery(file));
  const items = useMemo(
    () => (cases.data === undefined ? undefined : askedOfCases(cases.data.items, seed)),
    [cases.data, seed],
  );
  if (cases.error !== null) {
    return <ErrorState error={cases.error} title="The cases could not be read." onRetry={cases.refetch} />;
  }
  if (items === undefined) return <Skeleton label="Loading the cases" />;
  return <Queue asked={items} main={file} target={target} scan={null} question={null} classes={[]} />;
}
