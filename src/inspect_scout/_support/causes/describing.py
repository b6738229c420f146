"""How any exception is described: kind, message, file and line of the user's code, unwrapped to what caused it.

The exception may be of foreign code in all its parts: nothing here raises, whatever it does, and all texts are bounded
and clean.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import sysconfig
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from ..terminal import one_line, printable
from .foreign_objects import safe_attribute, safe_text
from .grouping import group_key
from .rejections import provider_message, without_request

MAX_TEXT = 2_000
"""Characters of a description."""

MAX_TRACE = 200_000
"""Characters of a traceback."""

_MAX_MESSAGE = 1_000
_MAX_CAUSE = 250
_MAX_KIND = 100
_MAX_FILE = 200
_MAX_CHUNK = 20_000
_MAX_READ = 4_000
_MAX_MEMBERS = 1_000
_MAX_SHOWN = 3
_MAX_CAUSES = 2
_CAUSED = "caused by"
_NO_MESSAGE = "its message cannot be read"
# What says nothing: addresses, and where pydantic explains each of its messages.
_NOISE = re.compile(r" at 0x[0-9a-fA-F]+|\s+For further information visit https://errors\.pydantic\.dev/\S+")
# What stands behind an exception without being its cause: how a task is told to stop, a traceback as text.
_NO_CAUSES = frozenset({"CancelledError", "Cancelled", "GeneratorExit", "StopIteration", "_RemoteTraceback"})


@dataclass(frozen=True, slots=True)
class _Cause:
    """An exception, and what it came wrapped in, outermost first."""

    error: BaseException
    outer: tuple[BaseException, ...] = ()


def describe(raised: BaseException) -> str:
    """Say on one line what went wrong: `KeyError: 'foo' (scan.py:12)`."""
    try:
        return _described(raised)
    except BaseException:  # noqa: BLE001 - an exception of foreign code may be hostile in all its parts
        return f"{_kind(raised)}: {_NO_MESSAGE}"


def brief(raised: BaseException | None) -> str:
    """Say kind and message alone, on one line: where something else says the place, or the exception is only a detail."""
    try:
        return _kind_and_message(raised, _MAX_MESSAGE) if raised is not None else "None"
    except BaseException:  # noqa: BLE001 - reading an exception of foreign code runs its code
        return _NO_MESSAGE


def causes_of(raised: BaseException) -> list[BaseException]:
    """Unwrap an exception: the members of groups, the last attempt of retries, what a provider's client raised."""
    try:
        return [cause.error for cause in _unwrapped(raised)]
    except BaseException:  # noqa: BLE001 - reading an exception of foreign code runs its code
        return [raised]


def _described(raised: BaseException) -> str:
    causes = _unwrapped(raised)
    lines = [_line(cause) for cause in causes]
    if len(lines) == 1:
        return lines[0]
    examples: dict[str, str] = {}
    counts = Counter(group_key(line) for line in lines)
    for line in lines:
        examples.setdefault(group_key(line), line)
    kinds = counts.most_common()
    shown = [_cut(examples[key], MAX_TEXT // 4) + (f" ({n:,} times)" if n > 1 else "") for key, n in kinds[:_MAX_SHOWN]]
    more = sum(n for _, n in kinds[_MAX_SHOWN:])
    count = f"at least {_MAX_MEMBERS:,}" if len(lines) == _MAX_MEMBERS else f"{len(lines):,}"
    return f"{_kind(raised)} of {count}: " + "; ".join([*shown, *([f"and {more:,} more"] if more else [])])


def trace_of(raised: BaseException) -> str:
    """Write the traceback as Python does; long messages in it are cut in their middle."""
    try:
        chunks = traceback.format_exception(raised)
    except BaseException:  # noqa: BLE001 - it reads foreign exceptions, which may raise anything
        chunks = [*traceback.format_tb(raised.__traceback__), describe(raised)]
    return _cut(printable("".join(_cut(chunk, _MAX_CHUNK) for chunk in chunks)), MAX_TRACE)


def _unwrapped(raised: BaseException) -> list[_Cause]:
    found: list[_Cause] = []
    waiting, seen = [_Cause(raised)], set[int]()
    while waiting and len(found) < _MAX_MEMBERS:
        cause = waiting.pop()
        if id(cause.error) in seen:
            continue
        seen.add(id(cause.error))
        inner = _wrapped_errors(cause.error)
        if inner:
            waiting += [_Cause(error, (*cause.outer, cause.error)) for error in reversed(inner[:_MAX_MEMBERS])]
        else:
            found.append(cause)
    return found or [_Cause(raised)]


def _wrapped_errors(error: BaseException) -> Sequence[BaseException]:
    """Give what an exception only wraps."""
    if isinstance(error, BaseExceptionGroup):
        members: Sequence[BaseException] = safe_attribute(cast("BaseException", error), "exceptions")
        return members
    kind = _kind(error)
    if kind == "ModelGenerateError":
        inner = [error.__cause__]
    else:
        attempts = (safe_attribute(error, "last_attempt"), *error.args[:1])
        inner = [attempt.exception() for attempt in attempts if _has_failed(attempt)]
        if not inner and kind == "RetryError":
            inner = [safe_attribute(error, "cause"), error.__cause__]
    return [one for one in inner if isinstance(one, BaseException)][:1]


def _has_failed(attempt: Any) -> bool:
    return isinstance(attempt, Future) and attempt.done() and not attempt.cancelled()


def _line(cause: _Cause) -> str:
    error = cause.error
    said, causes = _kind_and_message(error, _MAX_MESSAGE), list(_follow_causes(error))
    # What a provider answered says it all: how its client came to know is in the traceback.
    for link, other in causes if provider_message(error) is None else ():
        kind, message = _kind(other), _message(other)
        if message and message not in said:
            said = f"{said.rstrip('.')}, {link} {_kind_and_message(other, _MAX_CAUSE)}"
        elif kind not in said and link == _CAUSED:
            said = f"{said.rstrip('.')}, {link} {kind}"
    place = _place([error, *reversed(cause.outer), *(other for _, other in causes)])
    return f"{said} ({place})" if place else said


def _follow_causes(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """Follow an exception to what it was raised from, at most some steps."""
    seen = {id(error)}
    for _ in range(_MAX_CAUSES):
        link, cause = _CAUSED, error.__cause__
        if cause is None and not error.__suppress_context__:
            link, cause = "while handling", error.__context__
        if cause is None or id(cause) in seen or _kind(cause) in _NO_CAUSES:
            return
        seen.add(id(cause))
        error = _unwrapped(cause)[0].error
        seen.add(id(error))
        yield link, error


def _kind_and_message(error: BaseException, width: int) -> str:
    message = _message(error)
    return one_line(f"{_kind(error)}: {message}" if message else _kind(error), width)


def _kind(error: BaseException) -> str:
    return one_line(safe_text(safe_attribute(type(error), "__name__")) or "Exception", _MAX_KIND)


def _message(error: BaseException) -> str:
    text = safe_text(error)
    if text is None:
        return _NO_MESSAGE
    return provider_message(error) or one_line(_NOISE.sub("", without_request(text)[:_MAX_READ]), _MAX_MESSAGE)


def _place(errors: Sequence[BaseException]) -> str:
    """Find the innermost line of the user's code; where there is none, the innermost of all."""
    frames = [_frames(error) for error in errors]
    for is_wanted in (_is_of_user, _is_generated):
        for of_error in frames:
            own = [frame for frame in of_error if is_wanted(frame[0])]
            if own:
                return _at(*own[-1])
    return next((_at(*of_error[-1]) for of_error in frames if of_error), "")


def _frames(error: BaseException) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []
    trace = error.__traceback__
    while trace is not None:
        found.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _at(file: str, line: int | None) -> str:
    shown = one_line(_short(file), MAX_TEXT)
    return f"{shown if len(shown) <= _MAX_FILE else '…' + shown[-_MAX_FILE:]}:{line or 0}"


@functools.cache
def _libraries() -> tuple[str, ...]:
    """Folders whose code is not the user's, with what stands before the name of their modules in a path."""
    files = [safe_attribute(sys.modules.get(name), "__file__") for name in ("inspect_scout", "inspect_ai")]
    packages = [os.path.dirname(os.path.abspath(file)) for file in files if isinstance(file, str)]
    standard = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    return tuple(os.path.join(folder, "") for folder in [*packages, *standard])


_INSTALLED = re.compile(r".*[/\\](?:site|dist)-packages[/\\]", re.DOTALL)


@functools.lru_cache(1_000)
def _is_of_user(file: str) -> bool:
    return not file.startswith("<") and not file.startswith(_libraries()) and not _INSTALLED.match(file)


def _is_generated(file: str) -> bool:
    """Tell whether code stands in no file: typed into a prompt, made by a program."""
    return file.startswith("<") and not file.startswith("<frozen ")


def _short(file: str) -> str:
    installed = _INSTALLED.match(file)
    if installed is not None:
        return file[installed.end() :]
    if file.startswith(_libraries()):
        folder = max((one for one in _libraries() if file.startswith(one)), key=len)
        is_package = os.path.exists(os.path.join(folder, "__init__.py"))
        return os.path.relpath(file, os.path.dirname(folder.rstrip(os.sep)) if is_package else folder)
    try:
        below = os.path.join(os.getcwd(), "")
    except OSError:  # the working directory is gone
        return file
    return file.removeprefix(below)


def _cut(text: str, width: int) -> str:
    """Leave out the middle of a text that is too long."""
    if len(text) <= width:
        return text
    note = f" … ({len(text) - width:,} characters are left out) … "
    kept = width - len(note)
    return text[: kept // 2] + note + text[len(text) - (kept - kept // 2) :]
