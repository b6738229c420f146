import { InertText } from "./inert-text.tsx";
import styles from "./media.module.css";

interface MediaProps {
  /** What it is, as the message says. */
  kind: string;
  format: string | null | undefined;
  /** Where our server gives it; null: the log does not hold it, and nothing is fetched from elsewhere. */
  href: string | null;
  /** What the response is; an image of another type (an SVG is a document with scripts) is not shown as one. */
  mediaType?: string | null | undefined;
}

/** An image, a recording or a document of a transcript. */
export function Media({ kind, format, href, mediaType }: MediaProps) {
  const name = format ? `${kind} (${format})` : kind;
  if (href === null) {
    return (
      <p className={styles.absent}>
        <InertText text={name} />: not in the log, and not fetched from elsewhere
      </p>
    );
  }
  const shown = mediaType == null || mediaType.startsWith(`${kind}/`) ? kind : "document";
  switch (shown) {
    case "image":
      return (
        <a className={styles.frame} href={href} target="_blank" rel="noreferrer" aria-label={`Open ${name}`}>
          <img src={href} alt={name} loading="lazy" decoding="async" />
        </a>
      );
    case "audio":
      // biome-ignore lint/a11y/useMediaCaption: recordings of agents have none
      return <audio className={styles.player} src={href} controls preload="none" aria-label={name} />;
    case "video":
      // biome-ignore lint/a11y/useMediaCaption: recordings of agents have none
      return <video className={styles.player} src={href} controls preload="none" aria-label={name} />;
    default:
      return (
        <a className={styles.document} href={href} target="_blank" rel="noreferrer">
          Open <InertText text={name} /> in a tab
        </a>
      );
  }
}
