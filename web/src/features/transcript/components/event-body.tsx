import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EventItem } from "../../../api/generated/types.gen.ts";
import { formatBytes } from "../../../domain/format.ts";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { Skeleton } from "../../../ui/states.tsx";
import { eventBodyQuery } from "../api/read-events.ts";
import { rawAddress } from "../model/address.ts";
import { useTranscript } from "../model/transcript-context.ts";
import styles from "./event-body.module.css";

/** Parts of an event that are worth a name of their own, in this order. */
const PARTS = ["input", "tools", "tool_choice", "config", "output", "call"] as const;
const NAMES: Readonly<Record<string, string>> = { call: "raw request" };

/** The whole event, read when somebody asks for it: the input of a model, its tools, the raw request. */
export function EventBody({ event }: { event: EventItem }) {
  const [part, setPart] = useState<string | null>(null);
  if (part === null) {
    const names = event.kind === "model" ? ["input", "tools", "config", "call"] : [];
    const offered = names.filter((name) => name !== "call" || event.model_call?.has_request === true);
    return (
      <div className={styles.parts}>
        {offered.map((name) => (
          <button key={name} type="button" onClick={() => setPart(name)}>
            {NAMES[name] ?? name}
          </button>
        ))}
        <button type="button" onClick={() => setPart("all")}>
          all of it ({formatBytes(event.size)})
        </button>
      </div>
    );
  }
  return <Whole event={event} part={part} onPart={setPart} />;
}

interface WholeProps {
  event: EventItem;
  part: string;
  onPart: (part: string | null) => void;
}

function Whole({ event, part, onPart }: WholeProps) {
  const { at } = useTranscript();
  const { data, error } = useQuery(eventBodyQuery(at, event.number));
  const body = (data?.body ?? {}) as { [key: string]: Json };
  const names = [...PARTS.filter((name) => body[name] != null), "all"];
  return (
    <>
      <div className={styles.parts}>
        {names.map((name) => (
          <button key={name} type="button" aria-pressed={name === part} onClick={() => onPart(name)}>
            {NAMES[name] ?? name}
          </button>
        ))}
        <a href={rawAddress(at, "event", event.number)} target="_blank" rel="noreferrer">
          open raw
        </a>
        <button type="button" onClick={() => onPart(null)}>
          close
        </button>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
      {data === undefined && error === null && <Skeleton lines={3} />}
      {data !== undefined && (
        <div className={styles.tree}>
          {data.shortened && <p className={styles.note}>Very long texts in it stay references.</p>}
          <JsonTree value={part === "all" ? body : (body[part] ?? null)} />
        </div>
      )}
    </>
  );
}
