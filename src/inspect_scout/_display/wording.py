"""The texts about a scan, the same in every display."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from .._support.terminal import one_line, plural, printable
from .._types import HeldBack, ScanFacts, ScannerState, ScanState, Usage, WorkerState

MAX_NAME_CHARACTERS = 120
MAX_OPTION_CHARACTERS = 50
MAX_OPTIONS_CHARACTERS = 500
MAX_SAMPLE_CHARACTERS = 300
MAX_SAMPLES = 5
NAMED_AFTER_SECONDS = 30.0
"""A scanner that has been at work this long on a transcript is named."""
SCANNER_HEADERS = ("scanner", "scans", "results", "errors", "tokens", "tokens/scan")
VALIDATION_HEADER = "validation"
OPTIONAL_HEADERS = ("tokens", "tokens/scan")
"""Columns that a narrow terminal does without, the last one first."""
_PLACE = re.compile(r" \([^()]{1,200}:\d+\)$")

Tone = Literal["title", "detail", "good", "bad", "warning", "text"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and how it is meant; what is copied from it, a command or a location, must stay whole."""

    text: str
    tone: Tone = "text"
    whole: bool = False


def title_line(facts: ScanFacts) -> str:
    """Say what is scanned."""
    return f"scan: {one_line(facts.name, MAX_NAME_CHARACTERS)} ({plural(facts.transcripts, 'transcript')})"


def config_line(config: Mapping[str, object]) -> str:
    """Write the options on one line; long ones and the whole are shortened."""
    options = ", ".join(
        f"{one_line(key, MAX_OPTION_CHARACTERS)}: {_option(v)}" for key, v in config.items() if v is not None
    )
    return one_line(options, MAX_OPTIONS_CHARACTERS)


def _option(value: object) -> str:
    if isinstance(value, Mapping):
        return "{...}"
    if isinstance(value, list | tuple):
        value = ", ".join(str(item) for item in cast("Sequence[object]", value))
    return one_line(str(value), MAX_OPTION_CHARACTERS)


def percent(completed: int, total: int) -> int:
    """Share that is done, rounded down: 100 only when all is done."""
    return 100 if completed >= total else max(0, completed * 100 // total)


def count_line(caption: str, done: int, total: int) -> str:
    """Say how far a count has come."""
    return f"{one_line(caption, MAX_NAME_CHARACTERS)}: {done:,}/{total:,}"


def progress_line(state: ScanState) -> str:
    """Say how far a scan has come and what its workers do."""
    done, errors, doing = state.done, state.error_count, state.doing
    facts = [
        *worker_facts(doing),
        *model_facts(state, doing),
        *([plural(errors, "error")] if errors else []),
        *trouble_facts(doing),
        *longest_fact(doing),
    ]
    return ", ".join([f"scanning: {percent(done, state.due):3d}% ({done:,}/{state.due:,})", *facts])


def worker_facts(doing: WorkerState) -> list[str]:
    """Say what the workers do; what is zero is left out."""
    counts = (
        (doing.reading, "reading"),
        (doing.scanning, "scanning"),
        (doing.buffered, "waiting"),
        (doing.idle, "idle"),
    )
    return [f"{count:,} {what}" for count, what in counts if count]


def longest_fact(doing: WorkerState) -> list[str]:
    """Name the scanner that has been at work longest, once that is long."""
    longest = doing.longest
    if longest is None or longest.seconds < NAMED_AFTER_SECONDS:
        return []
    scanner, transcript = (one_line(name, MAX_NAME_CHARACTERS) for name in (longest.scanner, longest.transcript))
    blocks = ", and lets no other run" if longest.blocks else ""
    return [f"longest: {scanner} on {transcript} for {duration(longest.seconds)}{blocks}"]


def duration(seconds: float) -> str:
    """Write a time as on a clock: "0:42", "1:05:00"."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def model_facts(state: ScanState, doing: WorkerState) -> list[str]:
    """Say how the calls of models go; nothing before the first one."""
    calls = f"{doing.calls:,} of {plural(doing.connections, 'connection')}"
    return [
        *([calls] if doing.connections else []),
        *([f"{state.retries:,} {'retry' if state.retries == 1 else 'retries'}"] if state.retries else []),
        *([_rate_limit_fact(doing.held_back)] if doing.held_back is not None else []),
    ]


def _rate_limit_fact(held: HeldBack) -> str:
    rate = f"{held.rate:.0f}" if held.rate >= 10 else f"{held.rate:.1f}"
    later = f", the next in {held.seconds:.0f} s" if held.seconds >= 1 else ""
    return f"held back to {rate} calls a second by refusals{later}"


def trouble_facts(doing: WorkerState) -> list[str]:
    """Say why calls of models fail at this moment, and when the next try is."""
    return [one_line(doing.trouble, MAX_SAMPLE_CHARACTERS)] if doing.trouble else []


def scanner_headers(scanners: Mapping[str, ScannerState]) -> tuple[str, ...]:
    """Name the columns of a table of scanners: agreement with labelled cases only where there are some."""
    validated = any(counts.agreement.score is not None for counts in scanners.values())
    return (*SCANNER_HEADERS[:2], VALIDATION_HEADER, *SCANNER_HEADERS[2:]) if validated else SCANNER_HEADERS


def scanner_rows(scanners: Mapping[str, ScannerState]) -> list[list[str]]:
    """Make the rows under `scanner_headers`; zeros are dashes."""
    validated = VALIDATION_HEADER in scanner_headers(scanners)
    return [
        [
            one_line(name, MAX_NAME_CHARACTERS),
            _format_count(counts.scans),
            *([_format_share(counts.agreement.score)] if validated else []),
            _format_count(counts.results),
            _format_count(counts.errors),
            _format_count(counts.tokens),
            _format_count(counts.tokens // max(1, counts.rows or counts.scans)),
        ]
        for name, counts in scanners.items()
    ]


def _format_share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _format_count(value: int) -> str:
    return f"{value:,}" if value else "-"


def usage_lines(usage: Usage) -> list[str]:
    """Write the tokens used, a line for each model."""
    return [
        one_line(
            f"{name}: "
            + ", ".join(
                f"{int(count):,} {kind.removesuffix('_tokens')}"
                for kind, count in kinds.items()
                if count and count == int(count)
            )
            + " tokens",
            MAX_OPTIONS_CHARACTERS,
        )
        for name, kinds in usage.items()
    ]


def ending_lines(state: ScanState) -> list[Line]:
    """Say how a scan stands, and the commands that lead on."""
    done = f"{state.done:,} of {state.due:,} done"
    said = [*_error_lines(state), *_accepted_lines(state), *_unread_lines(state), *_note_lines(state)]
    if state.phase == "complete":
        whole = state.done >= state.due or not state.scanners
        left_out = [] if whole else [Line(f"{done}; the rest was left out", "warning")]
        said = [Line(f"scan complete: {printable(state.facts.location)}", "good", whole=True), *left_out, *said]
    elif state.phase == "interrupted":
        said.append(Line("scan interrupted" + (f": {done}" if state.scanners else ""), "warning"))
    elif state.phase != "errors":
        said.append(Line(f"scan running: {done}", "good"))
    ways = _ways_on(state)
    width = max(map(len, ways)) + 1
    location = shell_quoted(state.facts.location)
    leading_on = (Line(f"{f'{what}:':{width}} {command} {location}", whole=True) for what, command in ways.items())
    return [*said, *leading_on]


def _ways_on(state: ScanState) -> dict[str, str]:
    """Name the commands that lead on, by what they are for."""
    ways = {"see the errors": "scout scan errors"} if state.error_count else {}
    if state.phase == "errors":
        unread = state.problems and not state.error_count
        ways[f"resume ({'reading logs again' if unread else 'retrying errors'})"] = "scout scan resume"
        ways[f"complete ({'leaving logs out' if unread else 'accepting errors'})"] = "scout scan complete"
    elif state.phase == "interrupted":
        ways["resume it"] = "scout scan resume"
    if state.phase != "complete":
        return {**ways, "see the results so far": "scout scan results"}
    ways["see the results"] = "scout scan results"
    if any(counts.agreement.score is not None for counts in state.scanners.values()):
        ways["see the validation"] = "scout validate"
    return ways


def _note_lines(state: ScanState) -> list[Line]:
    """Say which verdicts rest on less than they seem to: gaps, citations of what was not shown, several versions."""
    lines: list[Line] = []
    for key, counts in state.scanners.items():
        name = one_line(key, MAX_NAME_CHARACTERS)
        if counts.unseen_citations:
            explained = f"{counts.unseen_citations:,} of {plural(counts.rows - counts.errors, 'explanation')}"
            verb = "cites" if counts.unseen_citations == 1 else "cite"
            lines.append(Line(f"{name}: {explained} {verb} a message that was not shown", "warning"))
        if counts.incomplete:
            inputs = f"{counts.incomplete:,} of {plural(counts.rows, 'input')}"
            lines.append(Line(f"{name}: {inputs} had messages or events that could not be read whole", "warning"))
        if counts.calls_without_usage:
            answers = f"{plural(counts.calls_without_usage, 'answer')} of models"
            lines.append(Line(f"{name}: {answers} came without usage: their tokens are not counted", "warning"))
    for key, counts in state.scanners.items():
        if len(rows := counts.fingerprints) > 1:
            of_each = ", ".join(f"{count:,} of {printable(fingerprint[:8])}" for fingerprint, count in rows.items())
            name = one_line(key, MAX_NAME_CHARACTERS)
            lines.append(Line(f"{name}: rows of {len(rows)} versions of the scanner: {of_each}", "warning"))
    return lines


def _error_lines(state: ScanState) -> list[Line]:
    count = max(state.error_count, sum(state.errors.values()))
    return (
        [Line(f"{plural(count, 'scan error')} occurred!", "bad"), *_sample_lines(state.errors, count)] if count else []
    )


def failures(state: ScanState) -> list[str]:
    """Say how many scanners failed, and how many logs were not read."""
    errors, unread = state.error_count, sum(state.problems.values())
    return [
        *([f"{plural(errors, 'scan error')} occurred!"] if errors or not unread else []),
        *([_unread_text(unread)] if unread else []),
    ]


def _unread_text(count: int) -> str:
    return f"{plural(count, 'log')} {'was' if count == 1 else 'were'} not read (or not whole)"


def _unread_lines(state: ScanState) -> list[Line]:
    count = sum(state.problems.values())
    if not count or state.phase == "complete":
        return []
    them = "it" if count == 1 else "them"
    said = f"{_unread_text(count)}: the scan is not complete without {them}"
    return [Line(said, "bad"), *_sample_lines(state.problems, count)]


def _accepted_lines(state: ScanState) -> list[Line]:
    count = len(state.facts.accepted)
    if not count or state.phase != "complete":
        return []
    return [
        Line(f"{_unread_text(count)} and left out", "warning"),
        *_sample_lines(Counter(state.facts.accepted.values()), count),
    ]


def _sample_lines(messages: Mapping[str, int], count: int) -> list[Line]:
    """Show some messages of many, with how often each was said."""
    said: Counter[str] = Counter()
    for message, times in messages.items():
        said[_sample(message)] += times
    shown = said.most_common(MAX_SAMPLES)
    texts = [f"  {text}" + (f" ({times:,} times)" if times > 1 else "") for text, times in shown]
    if messages and count > (told := sum(times for _, times in shown)):
        texts.append(f"  and {count - told:,} more")
    return [Line(text, "detail") for text in texts]


def _sample(message: str) -> str:
    """Shorten a message, but for the line that it names at its end."""
    line = " ".join(printable(message).split())
    place = _PLACE.search(line)
    if len(line) <= MAX_SAMPLE_CHARACTERS or place is None:
        return one_line(line, MAX_SAMPLE_CHARACTERS)
    return one_line(line[: place.start()], MAX_SAMPLE_CHARACTERS - len(place[0])) + place[0]


def shell_quoted(text: str) -> str:
    """Quote a text for the shell; what cannot be printed is written as escapes that bash and zsh read back."""
    if printable(text) == text:
        # Characters of any script are harmless to a shell, blanks and signs are not.
        return text if text and all(c.isalnum() or c in "@%+=:,./-_" for c in text) else shlex.quote(text)
    try:
        raw = os.fsencode(text)
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    return "$'" + "".join(chr(b) if 32 <= b < 127 and b not in b"\\'" else f"\\x{b:02x}" for b in raw) + "'"
