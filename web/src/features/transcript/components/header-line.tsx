import { useQueryClient } from "@tanstack/react-query";
import { addressOf, read } from "../../../api/client.ts";
import type { MessageItem, Neighbours, TranscriptDescription } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatDuration, formatRough } from "../../../domain/format.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Chip, Icon, Keys } from "../../../ui/drawings.tsx";
import { Menu } from "../../../ui/floating.tsx";
import { PlaceHeader } from "../../../ui/layout.tsx";
import { toast } from "../../../ui/toast.ts";
import { messagesAsMarkdown } from "../model/messages.ts";
import { canOpenRaw, messagePage, pageOf, rawAddress, type TranscriptAddress } from "../model/questions.ts";
import { useTranscript } from "../model/reading.ts";
import { copyLink } from "../model/reading-keys.ts";
import styles from "./header-line.module.css";

type Values = TranscriptDescription["values"];

interface HeaderProps {
  values: Values;
  total: number | null;
  neighbours: Neighbours | undefined;
  onView: () => void;
  onFind: () => void;
  onNeighbour: (direction: 1 | -1) => void;
}

/** What the transcript is, and what can be done with it. */
export function HeaderLine({ values, total, neighbours, onView, onFind, onNeighbour }: HeaderProps) {
  const { at, sought } = useTranscript();
  const told = (name: string) => words(values[name]);
  return (
    <PlaceHeader
      title={told("task_id") || at.id}
      actions={
        <>
          {neighbours !== undefined && <NeighbourSteps neighbours={neighbours} onNeighbour={onNeighbour} />}
          <button type="button" aria-pressed={sought === "event"} onClick={onView}>
            {sought === "event" ? "Messages" : "Events"}
          </button>
          <button type="button" onClick={onFind}>
            Find <Keys keys="Mod+f" />
          </button>
          <CopyMenu values={values} />
        </>
      }
    >
      <div className={styles.facts}>
        {told("task_set") !== "" && (
          <span>
            <InertText text={told("task_set")} />
          </span>
        )}
        {typeof values.task_repeat === "number" && <span>epoch {values.task_repeat}</span>}
        {told("model") !== "" && <Chip>{told("model")}</Chip>}
        <Score values={values} />
        {total !== null && <span>{formatCounted(total, "message")}</span>}
        {typeof values.total_time === "number" && <span>{formatDuration(values.total_time)}</span>}
        {typeof values.total_tokens === "number" && <span>{formatRough(values.total_tokens)} tokens</span>}
        {told("limit") !== "" && <Chip tone="warn">{`limit: ${told("limit")}`}</Chip>}
        {told("error") !== "" && (
          <Chip tone="error" title={told("error").slice(0, 2000)}>
            {told("error").split("\n", 1)[0]?.slice(0, 60)}
          </Chip>
        )}
      </div>
    </PlaceHeader>
  );
}

const OUTCOMES = new Map([
  [true, { tone: "good", sign: "✓ " }],
  [false, { tone: "error", sign: "✗ " }],
] as const);

function Score({ values: { score, success, score_explanation } }: { values: Values }) {
  if (score === null || score === undefined) return null;
  const { tone, sign = "" } = OUTCOMES.get(success as boolean) ?? {};
  return (
    <Chip {...(tone && { tone })} title={words(score_explanation).slice(0, 2000)}>
      {sign}
      {formatValue(score, 24)}
    </Chip>
  );
}

interface NeighbourProps {
  neighbours: Neighbours;
  onNeighbour: (direction: 1 | -1) => void;
}

function NeighbourSteps({ neighbours: { previous, next, number, total }, onNeighbour }: NeighbourProps) {
  return (
    <span className={styles.neighbours}>
      <button
        type="button"
        data-kind="plain"
        disabled={previous === null}
        aria-label="Previous transcript"
        title="Previous transcript of the list ( [ )"
        onClick={() => onNeighbour(-1)}
      >
        <Icon name="left" size={12} /> <span className={styles.word}>prev</span>
      </button>
      <span>{number === null ? "not in the list" : `${formatCount(number)} of ${formatCount(total)}`}</span>
      <button
        type="button"
        data-kind="plain"
        disabled={next === null}
        aria-label="Next transcript"
        title="Next transcript of the list ( ] )"
        onClick={() => onNeighbour(1)}
      >
        <span className={styles.word}>next</span> <Icon name="right" size={12} />
      </button>
    </span>
  );
}

function CopyMenu({ values }: { values: Values }) {
  const { at, reading, map } = useTranscript();
  const { id, location } = at;
  const queries = useQueryClient();
  const item = (label: string, what: string, make: () => Promise<string>) => ({
    label,
    run: async () => {
      try {
        await navigator.clipboard.writeText(await make());
        toast(`${what} copied`);
      } catch {
        toast(`${what} could not be copied`, { tone: "error" });
      }
    },
  });
  const markdown = async (first: number, last: number) => {
    const messages: MessageItem[] = [];
    for (let page = pageOf(first); page <= pageOf(last); page += 1) {
      messages.push(...(await queries.ensureQueryData(messagePage(at, page, map !== undefined))).items);
    }
    return messagesAsMarkdown(messages.filter(({ number }) => number >= first && number <= last));
  };
  const json = async () => {
    const path = { id, number: reading.state.current };
    const { body } = await read("/transcripts/{id}/messages/{number}", { path, query: { location } });
    return JSON.stringify(body, null, 2);
  };
  const open = (address: string) => window.open(address, "_blank", "noreferrer");
  return (
    <Menu
      button="Copy as"
      groups={[
        [
          item("This message as Markdown", "The message", () => markdown(reading.state.current, reading.state.current)),
          item("This message as JSON", "The message", json),
          item("What is on the screen as Markdown", "The messages", () =>
            markdown(reading.state.first, reading.state.last),
          ),
        ],
        [
          { label: "A link to this message", keys: "y", run: () => void copyLink(reading.state.current) },
          item("The id of the transcript", "The id", async () => id),
        ],
        commandsOf(at, values).map(([name, command]) =>
          item(`As command: ${name}`, "The command", async () => command),
        ),
        canOpenRaw
          ? [
              { label: "Open this message raw", run: () => open(rawAddress(at, "message", reading.state.current)) },
              {
                label: "Download the transcript raw",
                run: () => open(addressOf("/transcripts/{id}/raw", { path: { id }, query: { location } })),
              },
            ]
          : [{ label: "Raw files open in a browser only", run: () => undefined, disabled: true }],
      ]}
    />
  );
}

function commandsOf({ id, location }: TranscriptAddress, values: Values) {
  const place = location ?? (words(values.source_uri) || "logs");
  const condition = `transcript_id = '${id.replaceAll("'", "''")}'`;
  const python = [
    "from inspect_scout import transcripts_from",
    `transcripts = transcripts_from(${JSON.stringify(place)}).where("${condition}")`,
  ];
  return [
    ["Terminal", shellLine(["scout", "view", place])],
    ["Python", python.join("\n")],
  ] as const;
}

function words(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
