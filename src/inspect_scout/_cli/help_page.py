"""How help pages are laid out: names that one copies stay whole, also on narrow terminals."""

from __future__ import annotations

from collections.abc import Iterable

import click

# Below this width the names of options stand on lines of their own, so that texts beside them have room.
NARROW_CELLS = 70
NARROW_COLUMN_CELLS = 12
# Lines are not broken behind it, as they are behind the usual one.
_NO_BREAK_HYPHEN = "\u2011"


class _HelpFormatter(click.HelpFormatter):
    """Writes a help page, and breaks no line within the name of an option, a variable or a file."""

    def write(self, string: str) -> None:
        """Write a text with the usual hyphens."""
        super().write(string.replace(_NO_BREAK_HYPHEN, "-"))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(text.replace("-", _NO_BREAK_HYPHEN))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names, and a text beside each."""
        narrow = NARROW_COLUMN_CELLS if self.width < NARROW_CELLS else col_max
        whole = [(name, text.replace("-", _NO_BREAK_HYPHEN)) for name, text in rows]
        super().write_dl(whole, narrow, col_spacing)


class HelpContext(click.Context):
    """The context of a command, whose help page is laid out so."""

    formatter_class = _HelpFormatter


class HelpCommand(click.Command):
    """A command that loads nothing but itself."""

    context_class = HelpContext
