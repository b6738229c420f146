import { useEffect, useState } from "react";
import { formatAgo, formatTime } from "../domain/format.ts";

const MINUTE_MS = 60_000;

/** How long ago something was, kept true; the time itself is its title. */
export function RelativeTime({ iso }: { iso: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(ticking);
  }, []);
  return (
    <time dateTime={iso} title={formatTime(iso)}>
      {formatAgo(iso, now)}
    </time>
  );
}
