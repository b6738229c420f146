"""Text from transcripts, file names and errors, made safe to print."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, bidirectional overrides and line/paragraph separators: nothing that moves a cursor,
# changes colours, hides or reorders text. Tab and newline are kept.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_STYLE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Remove terminal escapes and control characters; lone surrogates become `\N{REPLACEMENT CHARACTER}`."""
    if text.isascii() and text.isprintable():  # nearly always; long lists are made of such cells
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _ESCAPE.sub("", text)))


def visible(text: str) -> str:
    """Make a text printable that nothing may hide in: of terminal escapes only those without any text go as a whole.

    What stands in the others (titles, links) was read by a model, though no terminal shows it.
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _STYLE.sub("", text)))


def one_line(text: str, width: int) -> str:
    """Make `text` printable on a single line of at most `width` characters, an ellipsis marking a cut."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else line[: max(0, width - 1)] + "…"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: "1 transcript", "1,302 transcripts"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def format_size(size: int) -> str:
    """Write a number of bytes as people read it: "812 B", "1.5 MB"."""
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
