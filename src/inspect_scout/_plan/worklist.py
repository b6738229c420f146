"""Worklists: which transcripts each scanner gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from .._support.errors import ConfigError, UnknownNameError
from .._support.json import loads
from .._support.storage import run_blocking
from .._support.text import read_text_at
from .._support.yaml import load_yaml
from .._types import Worklist

if TYPE_CHECKING:
    from .._transcripts import Transcripts


@dataclass(eq=False)
class ScannerWork:
    """Transcripts that one scanner is to scan.

    Args:
        scanner: Key of the scanner.
        transcripts: Ids of its transcripts, or a selection of transcripts.

    Example:
        ```python
        work = [ScannerWork("length", transcripts_from("logs").where("score = 'I'"))]
        status = scan([length(), refusals()], "logs", worklist=work)
        ```
    """

    scanner: str
    transcripts: list[str] | Transcripts


_FORM = "a list of {scanner: NAME, transcripts: [ID, ...]}"
_adapter = TypeAdapter(list[Worklist])


async def resolve_worklist(
    worklist: Sequence[ScannerWork | Worklist | str | Path] | str | Path, scanners: Iterable[str]
) -> list[Worklist]:
    """Read a worklist in any of its forms.

    Args:
        worklist: Its parts: entries, and files of entries (paths or URLs).
        scanners: Keys of the scanners of the scan.

    Returns:
        One entry for each scanner that is named, with each of its transcripts once.

    Raises:
        ConfigError: It is not a worklist, or names a scanner that is not part of the scan.
    """
    known = set(scanners)
    merged: dict[str, dict[str, None]] = {}
    for part in [worklist] if isinstance(worklist, str | Path) else worklist:
        for item in (
            await run_blocking(str(part), partial(_read_worklist, part))
            if isinstance(part, str | Path)
            else [await _to_entry(part)]
        ):
            if item.scanner not in known:
                raise UnknownNameError("scanner in worklist", item.scanner, known)
            merged.setdefault(item.scanner, {}).update(dict.fromkeys(item.transcripts))
    return [Worklist(scanner=scanner, transcripts=list(ids)) for scanner, ids in merged.items()]


def _read_worklist(path: str | Path) -> list[Worklist]:
    text = read_text_at(path, "worklist")
    try:
        data = loads(text) if text.lstrip().startswith("[") else load_yaml(text)
        if not isinstance(data, list):
            raise ConfigError(f"The worklist {str(path)!r} is not {_FORM}.")
        return _adapter.validate_python(data)
    except ConfigError:
        raise
    except (ValidationError, ValueError) as error:
        raise ConfigError(f"The worklist {str(path)!r} is not {_FORM}: {error}") from error


async def _to_entry(work: Any) -> Worklist:
    if isinstance(work, Worklist):
        return work
    if not isinstance(work, ScannerWork):
        raise ConfigError(f"{work!r} is not an entry of a worklist; use ScannerWork(scanner=..., transcripts=...).")
    if isinstance(work.transcripts, list | tuple):
        return Worklist(scanner=work.scanner, transcripts=list(work.transcripts))
    index = await work.transcripts.index()
    return Worklist(scanner=work.scanner, transcripts=list(index.ids))
