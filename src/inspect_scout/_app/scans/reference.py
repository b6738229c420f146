"""Which scan a word means: a path, the beginning of an id, a name, or `latest` and how many before it.

Only directories and the small files that say how scans stand are read, as a list of scans reads them.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from collections.abc import Collection, Sequence

from ..._project import default_scans
from ..._results import find_scans, list_states, scan_id_of
from ..._support.clock import format_age
from ..._support.errors import ConfigError, LocationError
from ..._types import Phase, ScanState

MIN_PREFIX_CHARACTERS = 4
"""Shorter beginnings of ids are taken for names: they would match by chance."""

SHORT_ID_CHARACTERS = 8
MAX_LISTED = 5

_LATEST = re.compile(r"latest(?:~(?P<before>\d{1,9}))?")


async def find_scan(reference: str | None, scans: str | None = None, phases: Collection[Phase] = ()) -> str:
    """Find the directory of the scan that is meant.

    Args:
        reference: A path or URL; the beginning of an id (at least 4 characters); a name; `latest`, `latest~1` (the one
            before it) and so on; None: the newest scan that stands as `phases` say.
        scans: Where scans are kept (None: of the project, else of the environment, else `./scans`).
        phases: How the scan that None means may stand (none given: in any way).

    Returns:
        The directory; a path or URL as it was given, whether or not there is a scan.

    Raises:
        LocationError: There is no such scan; close matches are named.
        ConfigError: There are several; their ids are named.
    """
    if reference is not None and is_location(reference):
        return reference
    place = default_scans() if scans is None else scans
    if reference is None:
        return _newest_in(phases, await list_states(place), place)
    if (latest := _LATEST.fullmatch(reference)) is not None:
        return _latest(int(latest["before"] or 0), await list_states(place), place)
    found = _with_id((await find_scans(place)).folders, scan_id_of(reference))
    return found[0] if len(found) == 1 else _meant(reference, found, await list_states(place), place)


def is_location(reference: str) -> bool:
    """Tell whether a word is a path or a URL, not the name or the id of a scan."""
    separators = {"/", os.sep, os.altsep or "/"}
    return any(sign in reference for sign in separators) or reference in {".", ".."} or os.path.isdir(reference)


def short_id_length(ids: Collection[str]) -> int:
    """Tell how many characters of ids tell them apart."""
    longest = max(map(len, ids), default=0)
    length = min(longest, SHORT_ID_CHARACTERS)
    different = len(set(ids))
    while length < longest and len({each[:length] for each in ids}) < different:
        length += 1
    return length


def _with_id(folders: Sequence[str], wanted: str) -> list[str]:
    """Take the directories that are named after an id, or else those after one that begins so."""
    found = [folder for folder in folders if scan_id_of(folder) == wanted]
    if found or len(wanted) < MIN_PREFIX_CHARACTERS:
        return found
    return [folder for folder in folders if scan_id_of(folder).startswith(wanted)]


def _meant(reference: str, found: Sequence[str], states: Sequence[ScanState], place: str) -> str:
    """Find the one scan that is meant: of several directories, or else by name."""
    if found:
        meant = [state for state in states if state.facts.location in found]
    else:
        _refuse_if_empty(states, place)
        meant = [state for state in states if _is_called(state, scan_id_of(reference))]
    if len(meant) > 1:
        what = "id" if len({state.facts.scan_id for state in meant}) == len(meant) else "path"
        raise ConfigError(
            f"{reference!r} means {len(meant):,} scans in {place!r}: {_choices(meant)}. Give the {what} of one."
        )
    if not meant:
        raise _unknown_error(reference, states, place)
    return meant[0].facts.location


def _newest_in(phases: Collection[Phase], states: Sequence[ScanState], place: str) -> str:
    _refuse_if_empty(states, place)
    for state in states:
        if not phases or state.phase in phases:
            return state.facts.location
    wanted = " or ".join(map(repr, sorted(phases)))
    raise LocationError(
        f"No scan in {place!r} has the state {wanted}. Name a scan; the newest is {_choices(states[:1])}."
    )


def _latest(before: int, states: Sequence[ScanState], place: str) -> str:
    _refuse_if_empty(states, place)
    if before >= len(states):
        last = f"latest~{len(states) - 1}" if len(states) > 1 else "latest"
        raise LocationError(f"There is no latest~{before}: {place!r} holds {len(states):,}, the oldest is {last}.")
    return states[before].facts.location


def _refuse_if_empty(states: Sequence[ScanState], place: str) -> None:
    if states:
        return
    missing = "" if "://" in place or os.path.isdir(place) else " (there is no such directory)"
    raise LocationError(
        f"There are no scans in {place!r}{missing}. Name a scan by its path, or say where scans are kept with --scans; "
        "`scout scan FILE` makes one."
    )


def _is_called(state: ScanState, wanted: str) -> bool:
    """Tell whether a scan has a name, comes from a job file of this name, or has the id but not the directory named so."""
    name, scan_id = state.facts.name, state.facts.scan_id
    if len(wanted) >= MIN_PREFIX_CHARACTERS and scan_id.startswith(wanted):
        return True
    file = re.split(r"[/\\]", name)[-1]
    return wanted in {state.facts.own_name, name, file, os.path.splitext(file)[0]}


def _choices(states: Sequence[ScanState]) -> str:
    """List scans so that one can be chosen: by their ids, or where these are the same, as those of copies are, by path."""
    ids = [state.facts.scan_id for state in states]
    length, now, alike = short_id_length(ids), time.time(), len(set(ids)) < len(ids)
    listed = [
        f"{facts.location if alike else facts.scan_id[:length]} ({facts.name}, {format_age(now - facts.created_at)} old, {state.phase})"
        for state in states[:MAX_LISTED]
        for facts in [state.facts]
    ]
    more = [f"and {len(states) - MAX_LISTED:,} more"] if len(states) > MAX_LISTED else []
    return ", ".join(listed + more)


def _unknown_error(reference: str, states: Sequence[ScanState], place: str) -> LocationError:
    """Say that no scan is meant, and what is close to the word."""
    wanted = scan_id_of(reference)
    # Ids are compared as far as they were typed.
    beginnings = {state.facts.scan_id[: max(len(wanted), SHORT_ID_CHARACTERS)]: None for state in states}
    names = {name: None for state in states for name in (state.facts.own_name, os.path.basename(state.facts.name))}
    close = difflib.get_close_matches(wanted, [*names, *beginnings, "latest"], n=3)
    advice = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
    short = len(wanted) < MIN_PREFIX_CHARACTERS and any(each.startswith(wanted) for each in beginnings)
    of_id = f" Of an id give at least {MIN_PREFIX_CHARACTERS} characters." if short else ""
    return LocationError(
        f"No scan in {place!r} is called {reference!r} or has an id that begins with it.{advice}{of_id} "
        "`scout scan list` shows the scans."
    )
