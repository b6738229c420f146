"""Names of scanners in a job: safe as file names, and never two alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..._inspect import registry
from ..._support.errors import ConfigError
from ..._support.ids import id_from_text
from ..._types import Scanner
from .config import factory_origin, find_config, scanner_config

MAX_LENGTH = 55
"""Characters of a name at most, its suffix included."""

_RESERVED = frozenset({"select", "table", "from", "where", "insert", "delete"})
_PREFIX = "scanner_"
_UNSAFE = re.compile(r"[^a-z0-9]+")
_JOB_CLASSES = frozenset({"ScanJob", "ScanJobConfig"})


def safe_name(name: str) -> str:
    """Make a name that can be a file name, a column and an identifier.

    Args:
        name: Any name with a letter or digit in it.

    Raises:
        ConfigError: It has none.
    """
    # Lower-casing some letters gives characters outside of ASCII, so what is unsafe is judged afterwards.
    safe = _UNSAFE.sub("_", name.lower()).strip("_")
    if not safe:
        if not any(character.isalnum() for character in name):
            raise ConfigError(f"Scanner name {name!r} is not allowed: it needs a letter or a digit.")
        safe = _PREFIX + id_from_text(name)[:8].lower()
    if safe[0].isdigit():
        safe = _PREFIX + safe
    safe = safe[:MAX_LENGTH]
    return _PREFIX + safe if safe in _RESERVED else safe


def name_scanners(scanners: Any) -> dict[str, Scanner[Any]]:
    """Give each scanner of a job its name.

    Names that are equal once they are safe get the suffixes `_1`, `_2`, ...; no scanner takes the place of another.

    Args:
        scanners: A sequence of scanners or `(name, scanner)` pairs, or a mapping of names to scanners. Scorers of
            Inspect are taken as scanners.

    Returns:
        Scanners by name, in the order given.

    Raises:
        ConfigError: There are none, or something given is not a scanner.
    """
    pairs = list(_pairs(scanners))
    if not pairs:
        raise ConfigError("No scanners were given. Give at least one, as in scanners=[my_scanner()].")
    safe = [safe_name(name) for name, _ in pairs]
    counts = Counter(safe)
    taken = {name for name, count in counts.items() if count == 1}
    named: dict[str, Scanner[Any]] = {}
    last: Counter[str] = Counter()
    for name, (_, scanner) in zip(safe, pairs, strict=True):
        key = name if counts[name] == 1 else _numbered(name, taken, last)
        taken.add(key)
        named[key] = scanner
    return named


def _numbered(name: str, taken: set[str], last: Counter[str]) -> str:
    while True:
        last[name] += 1
        suffix = f"_{last[name]}"
        key = name[: MAX_LENGTH - len(suffix)] + suffix
        if key not in taken:
            return key


def _pairs(scanners: Any) -> Iterable[tuple[str, Scanner[Any]]]:
    if _is_job(scanners):
        raise ConfigError("A scan job is not a scanner: give the job itself, as in scan(my_job()).")
    if isinstance(scanners, Mapping):
        entries: Mapping[Any, Any] = scanners  # pyright: ignore[reportUnknownVariableType]
        for name, scanner in entries.items():
            yield _checked(name, scanner)
        return
    if find_config(scanners) is not None or factory_origin(scanners) is not None:
        scanner_config(scanners)
        raise ConfigError("scanners= takes a list; for a single scanner write scanners=[my_scanner()].")
    if isinstance(scanners, str | bytes) or not isinstance(scanners, Iterable):
        raise ConfigError(
            f"scanners={_short(scanners)} is not allowed: give a list of scanners or of (name, scanner) pairs, "
            "or a dict of names and scanners."
        )
    items: Iterable[Any] = scanners  # pyright: ignore[reportUnknownVariableType]
    for item in items:
        if isinstance(item, tuple):
            pair: tuple[Any, ...] = item  # pyright: ignore[reportUnknownVariableType]
            if len(pair) != 2:
                raise ConfigError(f"{_short(pair)} is not allowed among scanners: a pair is (name, scanner).")
            yield _checked(*pair)
        elif _is_job(item):
            raise ConfigError("A scan job is not a scanner: a job is given alone, as in scan(my_job()).")
        else:
            scanner = _adapted(item)
            yield registry.unqualified_name(scanner_config(scanner).given_name), scanner


def _checked(name: Any, scanner: Any) -> tuple[str, Scanner[Any]]:
    if not isinstance(name, str):
        raise ConfigError(f"Scanner name {_short(name)} is not allowed: a name is a string.")
    try:
        adapted = _adapted(scanner)
        scanner_config(adapted)
    except ConfigError as error:
        raise ConfigError(f"Scanner {name!r}: {error}") from None
    return name, adapted


def _adapted(thing: Any) -> Any:
    """Make a scanner of a scorer; leave everything else as it is."""
    found = registry.registered(thing)
    if found is None or found.kind != "scorer":
        return thing
    from ..scoring.scanner import as_scanner

    return as_scanner(thing)


def _is_job(thing: Any) -> bool:
    found = registry.registered(thing)
    registered = found is not None and found.kind == "scanjob"
    return registered or any(cls.__name__ in _JOB_CLASSES for cls in type(thing).__mro__)


def _short(thing: Any) -> str:
    shown = repr(thing)
    return shown if len(shown) <= 120 else shown[:117] + "..."
