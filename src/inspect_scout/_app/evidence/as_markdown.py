"""Evidence as Markdown, to be pasted elsewhere. Texts of transcripts stand in fences that they cannot end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..._support.terminal import one_line, visible
from .as_text import (
    MAX_NAME_CHARACTERS,
    dropped_text,
    facts_text,
    gap_text,
    headline,
    marked_text,
    others_text,
    passage_title,
    verdict_texts,
)
from .records import Evidence, Passage, ScanEvidence

_LEAST_FENCE = 3


def evidence_markdown(found: ScanEvidence | Evidence) -> str:
    """Write evidence as Markdown."""
    parts = found.evidence if isinstance(found, ScanEvidence) else (found,)
    blocks = [block for evidence in parts for block in _evidence(evidence)]
    if isinstance(found, ScanEvidence) and found.others:
        blocks.append(f"{others_text(found.others)}.")
    return "\n\n".join(blocks)


def _evidence(evidence: Evidence) -> Iterator[str]:
    for verdict in evidence.verdicts:
        yield f"## {code(headline(verdict))}"
        for what, text in verdict_texts(verdict):
            yield f"{what}:\n\n{fenced(text)}"
    if not evidence.verdicts:
        yield f"## {code(facts_text(evidence.transcript))}"
    else:
        yield code(facts_text(evidence.transcript))
    for remark in evidence.remarks:
        yield code(remark)
    for kind, count in (("message", evidence.messages), ("event", evidence.events)):
        shown = [passage for passage in evidence.passages if passage.kind == kind]
        if shown:
            yield from _passages(shown, count, kind)
    if evidence.dropped:
        yield dropped_text(evidence.dropped)


def _passages(shown: list[Passage], count: int, kind: str) -> Iterator[str]:
    last = 0
    for passage in shown:
        if passage.number > last + 1:
            yield gap_text(passage.number - last - 1, kind)
        last = passage.number
        yield f"### {code(passage_title(passage))}"
        yield fenced(marked_text(passage.parts))
    if last < count:
        yield gap_text(count - last, kind)


def fenced(text: str) -> str:
    """Put a text between fences that are longer than any in it."""
    shown = visible(text)
    fence = "`" * max(_LEAST_FENCE, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def code(text: str) -> str:
    """Write a text of one line as code, which nothing in it can end."""
    shown = one_line(text, MAX_NAME_CHARACTERS * 4)
    mark = "`" * (_longest_run(shown) + 1)
    room = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{mark}{room}{shown}{room}{mark}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
