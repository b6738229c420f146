"""Data on standard output: JSON and CSV that a terminal can show without harm."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from .._support.terminal import printable
from .stdout import document

# What JSON may hold as it is, but must not reach a terminal: DEL, C1 controls, and what hides or reorders text.
# Lone surrogates cannot be encoded.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def json_text(value: Any, indent: int | None = None) -> str:
    """Write strict JSON: no NaN, every control character escaped; other values become their text."""
    from .._support.json import finite

    ascii_only = not (getattr(document(), "encoding", None) or "").lower().startswith("utf")
    text = json.dumps(finite(value), indent=indent, ensure_ascii=ascii_only, default=str)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def write_json(value: Any) -> None:
    """Write one value as indented JSON."""
    print(json_text(value, indent=2), file=document())


def write_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Write an array, a row on each line."""
    ahead = "["
    for row in rows:
        print(f"{ahead}\n{json_text(row)}", end="", file=document())
        ahead = ","
    print("[]" if ahead == "[" else "\n]", file=document())


def write_json_lines(rows: Iterable[dict[str, Any]]) -> None:
    """Write a JSON object on each line."""
    for row in rows:
        print(json_text(row), file=document())


def write_csv(headers: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write CSV; control characters are left out, line breaks and tabs stay."""
    writer = csv.writer(document(), lineterminator="\n")
    writer.writerow([printable(header) for header in headers])
    for row in rows:
        writer.writerow([printable(cell_text(row.get(header))) for header in headers])


def cell_text(value: Any) -> str:
    """Write a value as text: nothing for None, JSON for lists and objects and switches."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json_text(value)
    return str(value)
