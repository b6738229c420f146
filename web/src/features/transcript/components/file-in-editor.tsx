/** Files of the server in the webview of an editor, which cannot load them: they are asked for as all else, and stand in the page. */

import { useQuery } from "@tanstack/react-query";
import { readFile } from "../../../api/client.ts";
import type { MediaItem } from "../../../api/generated/types.gen.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import styles from "./file-in-editor.module.css";

const OPEN_ELSEWHERE = "Open the project with `scout view` in a browser for that.";
const PLAYED: ReadonlySet<string> = new Set(["image", "audio", "video"]);
/** An image or a recording, its bytes in its address: the policy of the page allows `data:`, and not `blob:`. */
export function MediaInEditor({ media, href }: { media: MediaItem; href: string }) {
  const { kind, format, media_type } = media;
  const name = format ? `${kind} (${format})` : kind;
  // An image of another type is a document, which is not opened in an editor.
  const isShown = PLAYED.has(kind) && (media_type == null || media_type.startsWith(`${kind}/`));
  const { data, error } = useQuery({
    queryKey: ["file", href],
    queryFn: ({ signal }) => readAsAddress(href, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isShown,
  });
  if (data === undefined) {
    const told = isShown ? (error?.message ?? "Loading…") : `not shown in the editor. ${OPEN_ELSEWHERE}`;
    return (
      <p className={styles.absent}>
        <InertText text={name} />: {told}
      </p>
    );
  }
  if (kind === "image") return <img className={styles.media} src={data} alt={name} decoding="async" />;
  // biome-ignore lint/a11y/useMediaCaption: recordings of agents have none
  if (kind === "audio") return <audio className={styles.media} src={data} controls aria-label={name} />;
  // biome-ignore lint/a11y/useMediaCaption: recordings of agents have none
  return <video className={styles.media} src={data} controls aria-label={name} />;
}

/** A file as an address that holds it. */
async function readAsAddress(address: string, signal: AbortSignal): Promise<string> {
  const file = await readFile(address, signal);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.addEventListener("load", () => resolve(String(reader.result)));
  reader.addEventListener("error", () => reject(reader.error));
  reader.readAsDataURL(file);
  return promise;
}
