"""Completing words of the command line: which parameter is completed with what. Loaded only when a shell asks."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

from .._support.errors import ScoutError
from .._support.terminal import one_line
from .values import TextType

if TYPE_CHECKING:
    Item: TypeAlias = CompletionItem[str]
else:
    # Older releases of click know no type arguments here.
    Item = CompletionItem

Completer: TypeAlias = Callable[[click.Context, str], list[Item]]

MAX_HELP_CHARACTERS = 60
# Characters at which bash ends a word, and which stand inside words of ours.
_BREAKS = ("@", "=", ":")
_WORD = re.compile("[A-Z]+")


def with_completion(params: Sequence[click.Parameter]) -> list[click.Parameter]:
    """Give the parameters of a command, those that we know values of so that they are completed with these."""
    return [_completed(param) for param in params]


def complete_commands(commands: Mapping[str, tuple[str, str]], incomplete: str) -> list[Item]:
    """Complete the name of a command without loading any."""
    return [CompletionItem(name, help=said) for name, (_, said) in commands.items() if name.startswith(incomplete)]


class _CompletedType(TextType):
    """Values that stay what they are; a shell is told what they may be."""

    name = "text"

    def __init__(self, completer: Completer) -> None:
        self._completer = completer

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:  # noqa: ARG002
        """Complete a value; where that cannot be told, nothing is offered: an error would stand in the middle of a line."""
        try:
            return self._completer(ctx, incomplete)
        except (ScoutError, OSError):
            return []


def _completed(param: click.Parameter) -> click.Parameter:
    if isinstance(param.type, click.Choice):
        return param  # which has words of its own
    if isinstance(param, click.Option):
        completer = next((_OPTIONS[name] for name in param.opts if name in _OPTIONS), None)
    else:
        first = _WORD.search(param.metavar or (param.name or "").upper())
        completer = _ARGUMENTS.get(first[0]) if first is not None else None
    if completer is None:
        return param
    made = copy.copy(param)
    made.type = _CompletedType(completer)
    return made


def _scans(ctx: click.Context, incomplete: str) -> list[Item]:
    from .._app import run_read_only, scans_to_name

    return [*_folders(ctx, incomplete), *_items(run_read_only(".", scans_to_name), incomplete)]


def _scanners(ctx: click.Context, incomplete: str) -> list[Item]:
    from .._app import run_read_only, scanners_to_name

    several: tuple[str, ...] = ctx.params.get("locations") or ()
    scan: str | None = ctx.params.get("location") or next(iter(several), None)
    return _items(((name, "") for name in run_read_only(".", lambda: scanners_to_name(scan))), incomplete)


def _columns(_: click.Context, incomplete: str) -> list[Item]:
    from .._app import columns_to_name, run_read_only

    before, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}")
        for name in run_read_only(".", columns_to_name)
        if name.startswith(last)
    ]


def _targets(ctx: click.Context, incomplete: str) -> list[Item]:
    from .._app import run_read_only, targets_to_name

    # `scout scan FILE` stands where a command may stand as well.
    root = ctx.find_root().command
    beside = (
        root.get_command(ctx, "scan") if isinstance(root, click.Group) and ctx.command_path == "scout scan" else None
    )
    commands = [] if beside is None else beside.shell_complete(ctx, incomplete)
    return [
        *_files(ctx, incomplete),
        *commands,
        *_items(run_read_only(".", lambda: targets_to_name(incomplete)), incomplete),
    ]


# In bash, click forgets what stands before these two, so they come first.
def _files(_: click.Context, incomplete: str) -> list[Item]:
    return [CompletionItem(incomplete, type="file")]


def _folders(_: click.Context, incomplete: str) -> list[Item]:
    return [CompletionItem(incomplete, type="dir")]


_OPTIONS: Mapping[str, Completer] = {
    "--scanner": _scanners,
    "--columns": _columns,
    "--by": _columns,
    "--transcripts": _files,
    "--validation": _files,
    "--worklist": _files,
    "--model-config": _files,
    "--output": _files,
    "--scans": _folders,
}
"""What the values of options are completed with, by name."""

_ARGUMENTS: Mapping[str, Completer] = {
    "SCAN": _scans,
    "FILE": _targets,
    "LOC": _folders,
    "DIR": _folders,
    "SRC": _files,
    "DST": _folders,
}
"""What arguments are completed with, by the first word that the help page calls them by."""


def _items(known: Iterable[tuple[str, str]], incomplete: str) -> list[Item]:
    return [
        CompletionItem(name, help=one_line(said, MAX_HELP_CHARACTERS) or None)
        for name, said in known
        if name.startswith(incomplete) and one_line(name, len(name)) == name and " " not in name
    ]


@add_completion_class
class JoiningBashComplete(BashComplete):
    """Completion for bash, which ends words at "@" and "=", where file.py@name and scan_id=... go on."""

    name = "bash"
    _before = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """Put words together again that bash has taken apart."""
        words = split_arg_string(os.environ["COMP_WORDS"])
        at = int(os.environ["COMP_CWORD"])
        joined: list[str] = []
        self._before = 0
        for number, word in enumerate(words[: at + 1]):
            goes_on = joined and (word in _BREAKS or words[number - 1] in _BREAKS) and not joined[-1].startswith("--")
            if goes_on:
                self._before = len(joined[-1]) + (word in _BREAKS)
                joined[-1] += word
            else:
                self._before = 0
                joined.append(word)
        if at >= len(words):
            joined.append("")
            self._before = 0
        return joined[1:-1], joined[-1]

    def format_completion(self, item: Item) -> str:
        """Leave out what bash takes for an earlier word."""
        return f"{item.type},{item.value[self._before :] if item.type == 'plain' else item.value}"
