import { useQueries, useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { OutlineTurn } from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/drawings.tsx";
import { agentsOf, outlineFrom, pagesFor } from "../model/questions.ts";
import { useReading, useTranscript } from "../model/reading.ts";
import styles from "./outline-panel.module.css";

/** Messages whose turns are read at once. */
const BLOCK = 200;
const HEIGHT = 23;

/** What prompts have around thoughts. */
const TAG = /^<thinking(?:_summary)?>/;

/** The turns of the transcript as headings. Rows are messages; those that are results of tools have no height. */
export function OutlinePanel({ total }: { total: number }) {
  const { at, reading, sought, isBegun } = useTranscript();
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => HEIGHT / 2,
    overscan: 12,
  });
  const items = rows.getVirtualItems();
  const pages = pagesFor((items[0]?.index ?? 0) + 1, (items.at(-1)?.index ?? 0) + 1, total, BLOCK, 20);
  const found = useQueries({
    queries: pages.map((page) => ({ ...outlineFrom(at, page * BLOCK + 1, BLOCK), enabled: isBegun })),
  });
  const current = useReading(reading, (state) => state.current);
  const agents = useQuery({ ...agentsOf(at), enabled: isBegun }).data?.items.map((agent) => agent.name);
  const names = new Set(agents);
  useEffect(() => {
    rows.scrollToIndex(current - 1, { align: "auto" });
  }, [current, rows]);
  return (
    <nav className={styles.outline} aria-label="Outline">
      <div className={styles.title}>
        main <i>{formatCount(total)}</i>
      </div>
      <div ref={box} className={styles.list}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          <div className={styles.shown} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map(({ key, index, size }) => {
              const page = found[Math.floor(index / BLOCK) - (pages[0] ?? 0)]?.data;
              if (page === undefined) return <div key={key} style={{ height: size }} />;
              const turn = page.turns.find((one) => one.number === index + 1);
              return (
                <div key={key} data-index={index} ref={rows.measureElement}>
                  {turn !== undefined && (
                    <Heading turn={turn} agents={names} isCurrent={sought === "message" && turn.number === current} />
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </nav>
  );
}

interface HeadingProps {
  turn: OutlineTurn;
  /** Names of sub-agents: calls of these are marked. */
  agents: ReadonlySet<string>;
  isCurrent: boolean;
}

function Heading({ turn, agents, isCurrent }: HeadingProps) {
  const { reading, cited } = useTranscript();
  const calls = (turn.calls ?? []).map((call) => (agents.has(call) ? `◆ ${call}` : call));
  return (
    <button
      type="button"
      className={styles.turn}
      aria-current={isCurrent || undefined}
      title={turn.text}
      onClick={() => reading.goTo(turn.number)}
    >
      <span className={styles.number}>{turn.number}</span>
      <span>{turn.role}</span>
      <i data-failed={turn.error || undefined}>
        <InertText text={calls.length > 0 ? calls.join(", ") : turn.text.replace(TAG, "")} />
        {turn.error === true && " failed"}
      </i>
      {cited.has(turn.number) && <Icon name="flag" size={11} />}
    </button>
  );
}
