"""The command `scout scan`: a file to scan with, or one of its sub-commands."""

from __future__ import annotations

from typing import Any

import click

from .lazy import LazyGroup
from .scan_commands import SUBCOMMANDS


class ScanGroup(LazyGroup):
    """`scout scan list ...` is a sub-command; anything else is `scout scan FILE`, a command of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Hand everything that names no sub-command to the command that scans."""
        if args and args[0] in SUBCOMMANDS:
            return super().make_context(info_name, args, parent, **extra)
        return _scan().make_context(info_name, args, parent, **extra)

    def get_help(self, ctx: click.Context) -> str:
        """Show the help page of the command that scans, which lists the sub-commands too."""
        return _scan().get_help(ctx)


def _scan() -> click.Command:
    from .scan import command as scan

    return scan


command = ScanGroup(name="scan", lazy=SUBCOMMANDS)
