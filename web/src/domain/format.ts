/** How numbers and times are written, everywhere alike: short, and with their unit. */

const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Whole: `12,345`. */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** With its noun: `1 message`, `83 messages`; the plural is given where it is not an `s`. */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** Roughly: `812`, `3.1 k`, `41 k`, `1.2 M`. For tokens. */
export function formatRough(count: number): string {
  return scaled(count, ["", "k", "M", "G", "T"]);
}

/** `264 MB`; a kilobyte is a thousand bytes. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);
}

function scaled(count: number, units: readonly string[]): string {
  let [value, at] = [Math.abs(count), 0];
  // What would be written as 1000 of a unit is 1 of the next.
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = at === 0 || value >= 9.95 ? 0 : 1;
  return `${count < 0 ? "-" : ""}${trimmed(value, digits)} ${units[at]}`.trimEnd();
}

/** `0.8 s`, `12 s`, `2 m 41 s`, `3 h 12 m`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds < 0.05) return "< 0.1 s";
  if (seconds < 9.95) return `${trimmed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, "m", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, "h", "m");
  return pair(Math.round(seconds / 3600), 24, "d", "h");
}

function pair(count: number, large: number, largeUnit: string, smallUnit: string): string {
  const rest = count % large;
  return `${Math.floor(count / large)} ${largeUnit}${rest === 0 ? "" : ` ${rest} ${smallUnit}`}`;
}

/** In dollars: `$0.12`, `$1,234`; small ones with two digits that say something: `$0.0012`. */
export function formatCost(dollars: number): string {
  if (dollars === 0) return "$0";
  if (dollars < 0.0001) return "< $0.0001";
  if (dollars < 0.095) return `$${Number(dollars.toPrecision(2))}`;
  return dollars < 999.995 ? `$${dollars.toFixed(2)}` : `$${formatCount(dollars)}`;
}

/** A share as a percentage: `34 %`, `0.4 %`; never `0 %` or `100 %` for what is only near. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent > 99.95) return "> 99.9 %";
  const isNearEnd = (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
  return `${trimmed(percent, isNearEnd ? 1 : 0)} %`;
}

/** A share with its interval: `34 % (24 to 45)`. */
export function formatInterval(share: number, low: number, high: number): string {
  return `${formatShare(share)} (${Math.round(low * 100)} to ${Math.round(high * 100)})`;
}

/** Local time to the minute: `2026-11-30 20:51`. Empty if it is no time. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const [day, hour] = [
    [time.getFullYear(), time.getMonth() + 1, time.getDate()],
    [time.getHours(), time.getMinutes()],
  ].map((parts) => parts.map((part) => String(part).padStart(2, "0"))) as [string[], string[]];
  return `${day.join("-")} ${hour.join(":")}`;
}

/** How long ago: `now`, `4 min ago`, `3 h ago`, `2 d ago`; what is older than a week, or to come, as a day. */
export function formatAgo(iso: string, now: number): string {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  if (Number.isNaN(seconds)) return "";
  // Clocks of two machines differ by a little.
  if (seconds < -60 || seconds >= 7 * 86_400) return formatTime(iso).slice(0, 10);
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
