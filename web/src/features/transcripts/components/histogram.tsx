import { type PointerEvent, type SyntheticEvent, useRef, useState } from "react";
import type { HistogramBin } from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { formatField } from "../model/fields.ts";
import styles from "./histogram.module.css";

type Range = readonly [number, number];

interface HistogramProps {
  by: string;
  bins: readonly HistogramBin[];
  chosen: Range | null;
  onChoose: (range: Range | null) => void;
}

/** Numbers by ranges: a click or a drag over bars filters, and so do the two fields. */
export function Histogram({ by, bins, chosen, onChoose }: HistogramProps) {
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const most = bins.reduce((largest, bin) => Math.max(largest, bin.count), 0);
  const edge = (at: number, side: "start" | "stop") => bins[at]?.[side] ?? 0;
  const ends = (from: number, to: number): Range => [
    tidy(edge(Math.min(from, to), "start"), Math.floor),
    tidy(edge(Math.max(from, to), "stop"), Math.ceil),
  ];
  const range = drag === null ? chosen : ends(...drag);
  const barAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(bins.length - 1, Math.floor(((event.clientX - left) / width) * bins.length)));
  };
  const release = () => {
    if (drag !== null) onChoose(ends(...drag));
    setDrag(null);
  };
  return (
    <div className={styles.histogram}>
      <div
        aria-hidden="true"
        className={styles.bars}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([barAt(event), barAt(event)]);
        }}
        onPointerMove={(event) => drag !== null && setDrag([drag[0], barAt(event)])}
        onPointerUp={release}
        onPointerCancel={() => setDrag(null)}
      >
        {bins.map((bin) => (
          <span
            key={bin.start}
            title={`${formatField(by, bin.start)} to ${formatField(by, bin.stop)}: ${formatCount(bin.count)}`}
            data-in={range !== null && bin.stop > range[0] && bin.start < range[1] ? "" : undefined}
            style={{ height: `${bin.count === 0 ? 0 : Math.max(4, (100 * bin.count) / most)}%` }}
          />
        ))}
      </div>
      <RangeFields
        key={chosen?.join(" ")}
        from={edge(0, "start")}
        to={edge(bins.length - 1, "stop")}
        chosen={chosen}
        onChoose={onChoose}
      />
    </div>
  );
}

interface RangeFieldsProps {
  from: number;
  to: number;
  chosen: Range | null;
  onChoose: (range: Range | null) => void;
}

function RangeFields({ from, to, chosen, onChoose }: RangeFieldsProps) {
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const given = new FormData(form.current ?? undefined);
    const [low, high] = [given.get("low"), given.get("high")].map((text) =>
      text === null || text === "" ? Number.NaN : Number(text),
    ) as [number, number];
    if (Number.isNaN(low) && Number.isNaN(high)) onChoose(null);
    else onChoose([Number.isNaN(low) ? tidy(from, Math.floor) : low, Number.isNaN(high) ? tidy(to, Math.ceil) : high]);
  };
  const field = (name: "low" | "high", label: string, value: number | undefined, hint: number) => (
    <input
      name={name}
      type="text"
      inputMode="decimal"
      aria-label={label}
      defaultValue={value}
      placeholder={String(hint)}
    />
  );
  return (
    <form ref={form} className={styles.fields} onSubmit={submit}>
      {field("low", "At least", chosen?.[0], tidy(from, Math.floor))}
      <span className="muted">to</span>
      {field("high", "At most", chosen?.[1], tidy(to, Math.ceil))}
      {chosen === null ? (
        <button type="submit" className="unseen">
          Filter by the range
        </button>
      ) : (
        <button type="button" data-kind="link" onClick={() => onChoose(null)}>
          all
        </button>
      )}
    </form>
  );
}

/** Three digits are enough for an end of a range; it is moved outwards, so that nothing gets lost. */
function tidy(value: number, round: (value: number) => number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return Number((round(value / unit) * unit).toPrecision(12));
}
