"""Evidence as lines for people: the verdict, then messages, with the words that are cited between » and «."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..._display import Line, Tone, wrap
from ..._scanners import TextPart
from ..._support.json import dumps
from ..._support.terminal import one_line, plural, visible
from .records import Evidence, Passage, ScanEvidence, TranscriptFacts, Verdict

INDENT = "  "
MAX_NAME_CHARACTERS = 200
MAX_ERROR_CHARACTERS = 2000
MAX_VALUE_CHARACTERS = 300
_TAB = 4
_BLANK = Line("")


def evidence_lines(found: ScanEvidence | Evidence, width: int | None) -> Iterator[Line]:
    """Write evidence.

    Args:
        found: Evidence.
        width: Terminal cells of a line (None: nothing is wrapped).
    """
    before = _BLANK
    for line in _lines(found, width):
        # Headings ask for a blank line before and after them; one is enough.
        if line is not _BLANK or before is not _BLANK:
            yield line
        before = line


def _lines(found: ScanEvidence | Evidence, width: int | None) -> Iterator[Line]:
    parts = found.evidence if isinstance(found, ScanEvidence) else (found,)
    for evidence in parts:
        yield _BLANK
        yield from _evidence(evidence, width)
    if isinstance(found, ScanEvidence) and found.others:
        yield _BLANK
        yield from _wrapped(f"{others_text(found.others)}; --all shows them.", width, "", "detail")


def others_text(count: int) -> str:
    """Say how many results of the transcript are not shown."""
    return f"{plural(count, 'more result')} on this transcript found nothing"


def _evidence(evidence: Evidence, width: int | None) -> Iterator[Line]:
    for verdict in evidence.verdicts:
        yield from _verdict(verdict, width)
    yield from _wrapped(facts_text(evidence.transcript), width, INDENT if evidence.verdicts else "", "detail")
    for remark in evidence.remarks:
        yield from _wrapped(remark, width, INDENT, "warning")
    for kind, count in (("message", evidence.messages), ("event", evidence.events)):
        shown = [passage for passage in evidence.passages if passage.kind == kind]
        if shown or (kind == "message" and count):
            yield from _passages(shown, count, kind, width)
    if evidence.dropped:
        yield from _wrapped(dropped_text(evidence.dropped), width, "", "warning")


def dropped_text(count: int) -> str:
    """Say what did not fit into the budget."""
    return f"{plural(count, 'message')} did not fit into the budget."


def facts_text(facts: TranscriptFacts) -> str:
    """Write what is known of a transcript on one line."""
    task = "/".join(part for part in (facts.task_set, facts.task_id) if part)
    if facts.epoch is not None and facts.epoch > 1:
        task += f" epoch {facts.epoch}"
    score = None if facts.score is None else f"score {plain_value(facts.score)}"
    said = [facts.id, task, facts.model, score]
    return "transcript " + " · ".join(one_line(text, MAX_NAME_CHARACTERS) for text in said if text)


def headline(verdict: Verdict) -> str:
    """Write scanner and value on one line."""
    if verdict.error is not None:
        return f"{one_line(verdict.scanner, MAX_NAME_CHARACTERS)}: failed"
    label = f" ({one_line(verdict.label, MAX_NAME_CHARACTERS)})" if verdict.label else ""
    return f"{one_line(verdict.scanner, MAX_NAME_CHARACTERS)}{label}: {plain_value(verdict.value)}"


def plain_value(value: object) -> str:
    """Write a value on one line: text as it is, all else as JSON."""
    return one_line(value if isinstance(value, str) else dumps(value), MAX_VALUE_CHARACTERS)


def verdict_texts(verdict: Verdict) -> list[tuple[str, str]]:
    """List what a verdict says besides its value: what it is, and the text."""
    expected = None if verdict.target is None else f"{verdict.target} ({_agreement(verdict.agrees)})"
    said = (
        ("error", None if verdict.error is None else verdict.error[:MAX_ERROR_CHARACTERS]),
        ("answer", verdict.answer),
        ("explanation", verdict.explanation),
        ("labelled", expected),
        ("cites what was not shown", " ".join(verdict.unseen)),
    )
    return [(what, text) for what, text in said if text]


def _agreement(agrees: object) -> str:
    if isinstance(agrees, bool):
        return "agrees" if agrees else "disagrees"
    return "not compared" if agrees is None else plain_value(agrees)


def _verdict(verdict: Verdict, width: int | None) -> Iterator[Line]:
    yield from _wrapped(headline(verdict), width, "", "bad" if verdict.error is not None else "title")
    for what, text in verdict_texts(verdict):
        yield from _wrapped(f"{what}: {text}", width, INDENT)


def _passages(shown: Sequence[Passage], count: int, kind: str, width: int | None) -> Iterator[Line]:
    last = 0
    for passage in shown:
        if passage.number > last + 1:
            yield from _gap(passage.number - last - 1, kind)
        yield _BLANK
        last = passage.number
        yield from _wrapped(passage_title(passage), width, "", "title" if passage.cited else "detail")
        yield from _text(passage.parts, width)
    if last < count:
        yield from _gap(count - last, kind)


def _gap(count: int, kind: str) -> Iterator[Line]:
    yield _BLANK
    yield Line(gap_text(count, kind), "detail")


def gap_text(count: int, kind: str) -> str:
    """Say how many messages or events are passed over."""
    return f"… {plural(count, kind)} …"


def passage_title(passage: Passage) -> str:
    """Write number and role of a message, and whether it is cited."""
    cite = f"[{'M' if passage.kind == 'message' else 'E'}{passage.number}]"
    cited = f" - cited{' as ' if passage.cited_as else ''}{' '.join(passage.cited_as)}" if passage.cited else ""
    return one_line(f"{cite} {passage.who}{cited}", MAX_NAME_CHARACTERS)


def marked_text(parts: Iterable[TextPart]) -> str:
    """Write a text with its marks, and with what is left out on lines of its own."""
    made: list[str] = []
    for part in parts:
        if part.left_out:
            ahead = "" if not made or made[-1].endswith("\n") else "\n"
            made.append(f"{ahead}{left_out_text(part.left_out)}\n")
        else:
            made.append(f"»{part.text}«" if part.marked else part.text)
    return "".join(made).strip("\n")


def left_out_text(count: int) -> str:
    """Say how much of a text is left out."""
    return f"… {plural(count, 'character')} left out …"


def _text(parts: Sequence[TextPart], width: int | None) -> Iterator[Line]:
    in_mark = False
    for line in visible(marked_text(parts)).expandtabs(_TAB).split("\n"):
        # Marked words may go over several lines.
        marked = in_mark or "»" in line
        in_mark = line.rfind("»") > line.rfind("«") or (in_mark and "«" not in line)
        yield from _wrapped(line, width, INDENT, "warning" if marked else "text")


def _wrapped(text: str, width: int | None, indent: str, tone: Tone = "text") -> Iterator[Line]:
    """Write a text as lines; every one is indented, so that no text can pass for a heading of ours."""
    for number, line in enumerate(visible(text).expandtabs(_TAB).split("\n")):
        own = indent if number == 0 or indent else INDENT
        for part in [line] if width is None else wrap(line, max(10, width - len(own))):
            yield Line((own + part).rstrip(), tone)
