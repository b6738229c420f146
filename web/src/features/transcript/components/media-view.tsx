import type { MediaItem } from "../../../api/generated/types.gen.ts";
import { Media } from "../../../ui/content/media.tsx";
import { attachmentAddress } from "../model/address.ts";
import { useTranscript } from "../model/transcript-context.ts";

/** An image, a recording or a document of a message, from our server only. */
export function MediaView({ media }: { media: MediaItem }) {
  const { at } = useTranscript();
  const href = media.reference === null ? null : attachmentAddress(at, media.reference);
  return <Media kind={media.kind} format={media.format} mediaType={media.media_type} href={href} />;
}
