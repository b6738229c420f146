/** The strip over a transcript: where each part of it stands, and which message stands where. */

import type { MinimapBucket } from "../../../api/generated/types.gen.ts";

type StripKind = "error" | "call" | "said" | "given";

export interface StripPart {
  x: number;
  width: number;
  /** Numbers of the first message, and behind the last. */
  start: number;
  stop: number;
  kind: StripKind;
  calls: number;
  errors: number;
}

export interface Strip {
  parts: StripPart[];
  width: number;
  /** Where a message begins. */
  xOf: (number: number) => number;
  /** The message that stands somewhere. */
  numberAt: (x: number) => number;
}

/** Long messages are wider, but not by as much as they are longer: a megabyte would hide all others. */
function weightOf(bucket: MinimapBucket): number {
  const bytes = Object.values(bucket.sizes).reduce((sum, size) => sum + size, 0);
  return (bucket.stop - bucket.start) * (1 + Math.log2(1 + bytes / 200 / (bucket.stop - bucket.start)));
}

export function stripOf(buckets: readonly MinimapBucket[], width: number): Strip {
  const whole = buckets.reduce((sum, bucket) => sum + weightOf(bucket), 0) || 1;
  const parts: StripPart[] = [];
  let x = 0;
  for (const bucket of buckets) {
    const wide = (weightOf(bucket) / whole) * width;
    const { start, stop, calls, errors } = bucket;
    parts.push({ x, width: wide, start, stop, calls, errors, kind: kindOf(bucket) });
    x += wide;
  }
  return {
    parts,
    width,
    xOf: (number) => {
      const part = partWith(parts, (one) => number < one.stop);
      if (part === undefined) return number <= 1 ? 0 : width;
      const inside = (Math.max(number, part.start) - part.start) / (part.stop - part.start);
      return part.x + part.width * inside;
    },
    numberAt: (at) => {
      const part = partWith(parts, (one) => at < one.x + one.width) ?? parts.at(-1);
      if (part === undefined) return 1;
      const inside = Math.max(0, Math.min(0.999, (at - part.x) / part.width));
      return part.start + Math.floor(inside * (part.stop - part.start));
    },
  };
}

function kindOf({ errors, calls, sizes }: MinimapBucket): StripKind {
  if (errors > 0) return "error";
  if (calls > 0 || (sizes.tool ?? 0) > 0) return "call";
  return (sizes.assistant ?? 0) > 0 ? "said" : "given";
}

/** The first part that fits; parts stand in order, so that it is found by halving. */
function partWith(parts: readonly StripPart[], fits: (part: StripPart) => boolean): StripPart | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const part = parts[middle];
    if (part !== undefined && fits(part)) high = middle;
    else low = middle + 1;
  }
  return parts[low];
}
