"""Groups of commands whose modules are loaded only when the command is called."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from .._support.errors import NotAvailableError
from .help_page import HelpContext

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group that knows the names and one line of help of its commands, and loads the one that is called.

    Args:
        lazy: Name of a command -> module of this package that holds it, as `command` or as what stands behind a colon,
            and its line of help.
        later: Names of commands that come with a later version.
        below: Names of commands that one may look for here -> how they are called.
        settings: As for `click.Group`.
    """

    context_class = HelpContext

    def __init__(
        self,
        *,
        lazy: Mapping[str, tuple[str, str]],
        later: frozenset[str] = frozenset(),
        below: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._lazy, self._later, self._below = lazy, later, below or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Names of the commands, in the order of their table."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        return load_command(self._lazy[cmd_name][0]) if cmd_name in self._lazy else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; one that does not exist is a usage error."""
        name = args[0]
        if ctx.resilient_parsing:  # a shell asks for completions of a line that may be wrong
            return super().resolve_command(ctx, args)
        if name in self._later:
            raise NotAvailableError(f"{ctx.command_path} {name}")
        if name not in self._lazy and not name.startswith("-"):
            close = difflib.get_close_matches(name, {**self._below, **self._lazy}, n=1)
            meant = self._below.get(close[0], close[0]) if close else ""
            advice = f"Did you mean {meant!r}?" if meant else f"Commands: {', '.join(self._lazy)}."
            ctx.fail(f"No such command {name!r}. {advice}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Complete the name of a command without loading it."""
        from .completing import complete_commands

        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*complete_commands(self._lazy, incomplete), *options]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without loading them."""
        write_commands(formatter, self._lazy)


def load_command(place: str) -> click.Command:
    """Load a command: `command` of a module of this package, or what is named behind a colon."""
    module, _, name = place.partition(":")
    command: click.Command = getattr(importlib.import_module(module, __package__), name or "command")
    return command


def write_commands(formatter: click.HelpFormatter, lazy: Mapping[str, tuple[str, str]]) -> None:
    """Write a list of commands into a help page."""
    with formatter.section("Commands"):
        formatter.write_dl([(name, help_line) for name, (_, help_line) in lazy.items()])
