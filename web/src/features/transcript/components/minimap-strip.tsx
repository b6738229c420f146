import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { MinimapMark } from "../../../api/generated/types.gen.ts";
import { scannerKey } from "../../../domain/citations.ts";
import { formatCounted } from "../../../domain/format.ts";
import { type Strip, type StripPart, stripOf } from "../model/layout.ts";
import { useReading, useTranscript } from "../model/reading.ts";
import styles from "./minimap-strip.module.css";

const HEIGHT = 34;
const MARGIN = 10;
/** Between parts that are wide enough; narrow ones are one band. */
const GAP = 2;
const WIDE = 8;

/** The whole transcript as one strip: click and drag go there, arrows by one part. */
export function MinimapStrip() {
  const { reading, map, hits, sought } = useTranscript();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const strip = useMemo(() => stripOf(map?.buckets ?? [], Math.max(0, width - 2 * MARGIN)), [map, width]);
  const current = useReading(reading, (state) => state.current);
  const total = map?.messages ?? 0;
  const goes = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    reading.goTo(strip.numberAt(event.clientX - left - MARGIN));
  };
  return (
    <div
      ref={box}
      className={styles.strip}
      role="slider"
      tabIndex={0}
      aria-label="Map of the transcript"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={current}
      aria-valuetext={`Message ${current} of ${total}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goes(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) goes(event);
      }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const by = Math.max(1, Math.round(total / 50));
        reading.goTo(Math.max(1, Math.min(total, current + step * by)));
      }}
    >
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <g transform={`translate(${MARGIN} 0)`}>
          {strip.parts.map((part) => (
            <Part key={part.start} part={part} />
          ))}
          {map?.marks.map((mark) => (
            <MarkSign key={`${mark.kind} ${mark.event}`} mark={mark} x={strip.xOf((mark.message ?? 0) + 1)} />
          ))}
          {sought === "message" &&
            [...hits.keys()].map((number) => (
              <rect key={number} className={styles.hit} x={strip.xOf(number)} y={28} width={2} height={5} />
            ))}
          <Flags strip={strip} />
          {strip.parts.length > 0 && sought === "message" && <Seen strip={strip} />}
        </g>
      </svg>
    </div>
  );
}

function Part({ part: { kind, x, width, start, stop, calls, errors } }: { part: StripPart }) {
  const messages = stop - start === 1 ? `M${start}` : `M${start} to M${stop - 1}`;
  const failed = errors > 0 ? `, ${formatCounted(errors, "error")}` : "";
  return (
    <rect className={styles[kind]} x={x} y={12} width={Math.max(0.5, width - (width > WIDE ? GAP : 0))} height={14}>
      <title>{`${messages}: ${formatCounted(calls, "call")}${failed}`}</title>
    </rect>
  );
}

/** What happened between messages: compactions as lines, sub-agents as diamonds, errors and limits as bars. */
function MarkSign({ mark: { kind, name, count, event }, x }: { mark: MinimapMark; x: number }) {
  const many = (count ?? 1) > 1 ? ` (${count})` : "";
  const signs: Readonly<Record<string, [string | undefined, string]>> = {
    compaction: [styles.compaction, `M${x} 8V30`],
    agent: [styles.agent, `M${x} 26.5l3 3-3 3-3-3z`],
  };
  const [className, line] = signs[kind] ?? [styles.trouble, `M${x - 1} 8h2v22h-2z`];
  return (
    <path className={className} d={line}>
      <title>{`${name ?? kind}${many}, E${event}`}</title>
    </path>
  );
}

function Flags({ strip }: { strip: Strip }) {
  const { cited, colours } = useTranscript();
  return [...cited].flatMap(([number, citations]) => {
    const x = strip.xOf(number);
    const keys = [...new Set(citations.map((one) => scannerKey(one.scan, one.scanner)))];
    return keys.map((key, place) => (
      <path
        key={`${number} ${key}`}
        className={styles.flag}
        data-colour={colours.get(key)}
        d={`M${x + place * 5 - 4} 2h8l-4 8z`}
      />
    ));
  });
}

/** What is seen of it now. */
function Seen({ strip }: { strip: Strip }) {
  const { reading } = useTranscript();
  const first = useReading(reading, (state) => state.first);
  const last = useReading(reading, (state) => state.last);
  const x = strip.xOf(first);
  return <rect className={styles.seen} x={x} y={9} width={Math.max(6, strip.xOf(last + 1) - x)} height={20} rx={1} />;
}
