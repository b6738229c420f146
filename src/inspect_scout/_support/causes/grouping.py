"""Which errors are the same: those that differ only in addresses, ids, temporary paths, times and numbers of things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# What stands in the middle of a long text is data; the line of the user stands at its end.
_MAX_BEGINNING = 500
_MAX_END = 200
_MAX_KNOWN = 10_000
_MAX_NAMES = 3
_VOLATILE = re.compile(r"[\d/\\]")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?|(?<![\w.:])\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?"
)
_TEMPORARY = re.compile(
    r"(?:(?:/private)?(?:/tmp|/var/tmp|/var/folders|/dev/shm)/|[A-Za-z]:\\[^\s'\"]{0,200}\\Temp\\)([^\s'\"`,;()<>]{1,1000})"
)
_SAMPLE = re.compile(r"\bid '[^']{0,500}'")
_ID = re.compile(
    r"\b0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?:[A-Za-z0-9]{16,}|[0-9a-f]{8,})(?![A-Za-z0-9])"
)
_COUNTED = re.compile(r"\b(Task|Thread|Worker|Process|ForkProcess|SpawnProcess|\w{1,40}PoolWorker)-\d+")
# Digits that belong to a name (gpt-4, int32), to an address (localhost:8000) or to a line (scan.py:12) are not numbers.
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])(?<![A-Za-z]-)(?<![A-Za-z0-9]:)\d+(?:[.,]\d+)*")
_CODE = re.compile(r"(?:http|status|code|errno|winerror|signal|exit)[^\w\s]{0,2}\s?[^\w\s]{0,2}$", re.IGNORECASE)
_THINGS = re.compile(r"\s(?!is\b|was\b|has\b|as\b|this\b)[a-z]{1,30}s\b")


class ErrorEntry(Protocol):
    """A line of the list of errors."""

    @property
    def transcript_id(self) -> str:
        """Transcript that was scanned."""
        ...

    @property
    def scanner(self) -> str:
        """Key of the scanner."""
        ...

    @property
    def error(self) -> str:
        """What went wrong."""
        ...

    @property
    def traceback(self) -> str:
        """Where it was raised."""
        ...

    @property
    def refusal(self) -> bool:
        """Whether a model declined to answer."""
        ...


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one cause.

    Args:
        error: What the first of them says.
        count: How many there are.
        scanners: The same by scanner (none: they are of reading logs).
        transcripts: Their transcripts, each once.
        traceback: Where one of them was raised ("": not known).
        refusal: Whether a model declined to answer.
    """

    error: str
    count: int
    scanners: Mapping[str, int]
    transcripts: tuple[str, ...]
    traceback: str
    refusal: bool

    @property
    def headline(self) -> str:
        """The error behind the names of its scanners, one line of a list."""
        names = [*list(self.scanners)[:_MAX_NAMES], *(["..."] if len(self.scanners) > _MAX_NAMES else [])]
        return f"{', '.join(names)}: {self.error}" if names else self.error


@dataclass(slots=True)
class _GroupBuilder:
    error: str
    refusal: bool
    traceback: str = ""
    count: int = 0
    scanners: dict[str, int] = field(default_factory=dict[str, int])
    transcripts: dict[str, None] = field(default_factory=dict[str, None])

    def build(self) -> ErrorGroup:
        """Make the group of what was gathered."""
        transcripts = tuple(self.transcripts)
        return ErrorGroup(self.error, self.count, self.scanners, transcripts, self.traceback, self.refusal)


def group_errors(errors: Iterable[ErrorEntry]) -> list[ErrorGroup]:
    """Put errors of one cause together, the most frequent first."""
    groups: dict[str | None, _GroupBuilder] = {}
    keys: dict[str, str] = {}
    for one in errors:
        # What a model says when it declines is different each time.
        key = None if one.refusal else _key(one, keys)
        group = groups.setdefault(key, _GroupBuilder(one.error, one.refusal))
        group.count += 1
        group.traceback = group.traceback or one.traceback
        if one.scanner:
            group.scanners[one.scanner] = group.scanners.get(one.scanner, 0) + 1
        if one.transcript_id:
            group.transcripts[one.transcript_id] = None
    return sorted((group.build() for group in groups.values()), key=lambda group: -group.count)


def _key(one: ErrorEntry, known: dict[str, str]) -> str:
    """Give the key of an error; the same text again costs nothing."""
    if one.transcript_id and one.transcript_id in one.error:
        return group_key(one.error, one.transcript_id)
    key = known.get(one.error)
    if key is None:
        key = group_key(one.error)
        if len(known) < _MAX_KNOWN:
            known[one.error] = key
    return key


def group_key(text: str, transcript_id: str = "") -> str:
    """Say what errors of one cause have in common.

    Codes stay (HTTP 400 is not HTTP 500), and so does what is quoted, named or a line of a file.

    Args:
        text: The error.
        transcript_id: Its transcript, which may be named in it.
    """
    if len(text) > _MAX_BEGINNING + _MAX_END:
        text = text[:_MAX_BEGINNING] + text[-_MAX_END:]
    if transcript_id and transcript_id in text and not transcript_id.isdigit():
        text = _unnamed(text, transcript_id)
    if not _VOLATILE.search(text):
        return text
    text = _TEMPORARY.sub(_temporary, _TIME.sub("<time>", _SAMPLE.sub("id <id>", text)))
    return _NUMBER.sub(_number, _COUNTED.sub(r"\1", _ID.sub("<id>", text)))


def _unnamed(text: str, name: str) -> str:
    """Replace a name where it stands for itself; an expression for each of many names would cost more than all else."""
    found, *rest = text.split(name)
    for part in rest:
        is_whole = not found[-1:].isalnum() and not part[:1].isalnum()
        found += ("<transcript>" if is_whole else name) + part
    return found


def _temporary(match: re.Match[str]) -> str:
    """Keep the name of a temporary file, unless it was made up."""
    name = re.split(r"[/\\]", match[1])[-1]
    return "<temp>" if name.startswith("tmp") else f"<temp>/{name}"


def _number(match: re.Match[str]) -> str:
    number, text = match[0], match.string
    if _CODE.search(text, max(0, match.start() - 20), match.start()) or number.count(".") > 1:
        return number
    is_status = len(number) == 3 and "400" <= number <= "599"
    return number if is_status and not _THINGS.match(text, match.end()) else "<n>"
