import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { TranscriptDescription } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { Chip } from "../../../ui/chip.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Keys } from "../../../ui/keyboard/keys.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { toast } from "../../../ui/toast.ts";
import { messagePageQuery, PAGE, readMessage } from "../api/read-messages.ts";
import { type ListAsked, neighboursQuery } from "../api/read-neighbours.ts";
import { rawAddress, rawTranscriptAddress, type TranscriptAddress } from "../model/address.ts";
import { messagesAsMarkdown } from "../model/as-markdown.ts";
import type { Reading } from "../model/reading.ts";
import { copyLink } from "../model/use-reading-keys.ts";
import styles from "./header-line.module.css";

interface HeaderProps {
  at: TranscriptAddress;
  reading: Reading;
  description: TranscriptDescription | undefined;
  total: number | null;
  list: ListAsked;
  isEvents: boolean;
  onView: () => void;
  onFind: () => void;
  onNeighbour: (direction: 1 | -1) => void;
}

/** What the transcript is, and what can be done with it. */
export function HeaderLine({ description, total, onFind, ...shown }: HeaderProps) {
  const values = description?.values ?? {};
  return (
    <PlaceHeader
      title={words(values.task_id) || shown.at.id}
      actions={
        <>
          <Neighbours {...shown} />
          <button type="button" aria-pressed={shown.isEvents} onClick={shown.onView}>
            {shown.isEvents ? "Messages" : "Events"}
          </button>
          <button type="button" onClick={onFind}>
            Find <Keys keys="Mod+f" />
          </button>
          <CopyMenu at={shown.at} reading={shown.reading} commands={commandsOf(shown.at, values)} />
        </>
      }
    >
      <div className={styles.facts}>
        {words(values.task_set) !== "" && (
          <span>
            <InertText text={words(values.task_set)} />
          </span>
        )}
        {typeof values.task_repeat === "number" && <span>epoch {values.task_repeat}</span>}
        {words(values.model) !== "" && <Chip>{words(values.model)}</Chip>}
        <Score values={values} />
        {total !== null && <span>{formatCounted(total, "message")}</span>}
        {typeof values.total_time === "number" && <span>{formatDuration(values.total_time)}</span>}
        {typeof values.total_tokens === "number" && <span>{formatRough(values.total_tokens)} tokens</span>}
        {words(values.limit) !== "" && <Chip tone="warn">{`limit: ${words(values.limit)}`}</Chip>}
        {words(values.error) !== "" && (
          <Chip tone="error" title={words(values.error).slice(0, 2000)}>
            {firstLine(words(values.error))}
          </Chip>
        )}
      </div>
    </PlaceHeader>
  );
}

function Score({ values }: { values: Readonly<Record<string, unknown>> }) {
  if (values.score === null || values.score === undefined) return null;
  const tone = values.success === true ? "good" : values.success === false ? "error" : undefined;
  const mark = values.success === true ? "✓ " : values.success === false ? "✗ " : "";
  return (
    <Chip {...(tone === undefined ? {} : { tone })} title={words(values.score_explanation).slice(0, 2000)}>
      {mark}
      {formatValue(values.score, 24)}
    </Chip>
  );
}

function Neighbours({ at, list, onNeighbour }: Pick<HeaderProps, "at" | "list" | "onNeighbour">) {
  const { data } = useQuery(neighboursQuery(at, list));
  if (data === undefined) return null;
  return (
    <span className={styles.neighbours}>
      <button
        type="button"
        data-kind="plain"
        disabled={data.previous === null}
        aria-label="Previous transcript"
        title="Previous transcript of the list ( [ )"
        onClick={() => onNeighbour(-1)}
      >
        <Icon name="left" size={12} /> <span className={styles.word}>prev</span>
      </button>
      <span>
        {data.number === null ? "not in the list" : `${formatCount(data.number)} of ${formatCount(data.total)}`}
      </span>
      <button
        type="button"
        data-kind="plain"
        disabled={data.next === null}
        aria-label="Next transcript"
        title="Next transcript of the list ( ] )"
        onClick={() => onNeighbour(1)}
      >
        <span className={styles.word}>next</span> <Icon name="right" size={12} />
      </button>
    </span>
  );
}

interface CopyProps extends Pick<HeaderProps, "at" | "reading"> {
  commands: readonly { name: string; command: string }[];
}

function CopyMenu({ at, reading, commands }: CopyProps) {
  const queries = useQueryClient();
  const copy = (what: string, make: () => Promise<string>) => async () => {
    try {
      await navigator.clipboard.writeText(await make());
      toast(`${what} copied`);
    } catch {
      toast(`${what} could not be copied`, { tone: "error" });
    }
  };
  const seen = async () => {
    const { first, last } = reading.state;
    const pages = [];
    for (let page = Math.floor((first - 1) / PAGE); page <= Math.floor((last - 1) / PAGE); page += 1) {
      pages.push(await queries.ensureQueryData(messagePageQuery(at, page)));
    }
    return pages.flatMap((page) => page.items).filter((one) => one.number >= first && one.number <= last);
  };
  const current = async () => {
    const { items } = await queries.ensureQueryData(
      messagePageQuery(at, Math.floor((reading.state.current - 1) / PAGE)),
    );
    return items.filter((one) => one.number === reading.state.current);
  };
  const open = (address: string) => () => window.open(address, "_blank", "noreferrer");
  return (
    <Menu
      button={
        <>
          Copy as <Icon name="down" size={12} />
        </>
      }
      groups={[
        [
          {
            label: "This message as Markdown",
            run: copy("The message", async () => messagesAsMarkdown(await current())),
          },
          {
            label: "This message as JSON",
            run: copy("The message", async () => JSON.stringify(await readMessage(at, reading.state.current), null, 2)),
          },
          {
            label: "What is on the screen as Markdown",
            run: copy("The messages", async () => messagesAsMarkdown(await seen())),
          },
        ],
        [
          { label: "A link to this message", keys: "y", run: () => void copyLink(reading.state.current) },
          { label: "The id of the transcript", run: copy("The id", async () => at.id) },
        ],
        commands.map(({ name, command }) => ({
          label: `As command: ${name}`,
          run: copy("The command", async () => command),
        })),
        [
          {
            label: "Open this message raw",
            run: () => open(rawAddress(at, "message", reading.state.current))(),
          },
          { label: "Download the transcript raw", run: open(rawTranscriptAddress(at)) },
        ],
      ]}
    />
  );
}

function commandsOf(at: TranscriptAddress, values: Readonly<Record<string, unknown>>) {
  const place = at.location ?? (words(values.source_uri) || "logs");
  return [
    { name: "Terminal", command: `scout view ${quoted(place)}` },
    {
      name: "Python",
      command: [
        "from inspect_scout import transcripts_from",
        `transcripts = transcripts_from(${JSON.stringify(place)}).where("transcript_id = '${at.id.replaceAll("'", "''")}'")`,
      ].join("\n"),
    },
  ];
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function words(value: unknown): string {
  return value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 60) ?? "";
}
