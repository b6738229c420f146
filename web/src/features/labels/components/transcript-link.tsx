import { Link } from "@tanstack/react-router";
import { InertText } from "../../../ui/content/inert-text.tsx";

/** The transcript of a case, where the case says which one it is. */
export function TranscriptLink({ id, words }: { id: string | undefined; words: string }) {
  if (id === undefined) return <InertText text={words} />;
  return (
    <Link to="/transcripts/$id" params={{ id }}>
      <InertText text={words} />
    </Link>
  );
}
