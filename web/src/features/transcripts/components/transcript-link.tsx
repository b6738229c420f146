import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useContext } from "react";
import { type Hit, transcriptHref } from "../model/links.ts";
import { ListContext } from "../model/list-context.ts";

interface TranscriptLinkProps {
  id: string;
  title?: string;
  hit?: Hit;
  className?: string | undefined;
  children: ReactNode;
}

/** A link to a transcript; a click with Ctrl opens it beside, as any link. */
export function TranscriptLink({ id, title, hit, className, children }: TranscriptLinkProps) {
  const { history } = useRouter();
  const list = useContext(ListContext);
  const href = transcriptHref(id, list, hit);
  return (
    <a
      href={history.createHref(href)}
      title={title}
      className={className}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        history.push(href);
      }}
    >
      {children}
    </a>
  );
}
