import { lazy, Suspense } from "react";
import { explanationParts } from "../../../domain/citations.ts";
import type { Mark } from "../../../domain/marks.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";

const Markdown = lazy(() =>
  import("../../../ui/content/markdown.tsx").then(({ Markdown: default_ }) => ({ default: default_ })),
);

/** An explanation as Markdown, in which what it cites is marked. */
export function ExplanationText({ text, colour }: { text: string; colour: number }) {
  const marks = explanationParts(text).flatMap(({ start, text: part, cite }): Mark[] =>
    cite === null ? [] : [{ start, stop: start + part.length, kind: "cite", colour }],
  );
  return (
    <Suspense fallback={<InertText text={text} marks={marks} />}>
      <Markdown text={text} marks={marks} />
    </Suspense>
  );
}
