"""Write docs/cli.md from the commands themselves.

    python docs/generate_cli.py

A test compares the page with what this script makes, so it cannot fall behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from inspect_scout._cli.help_page import HelpContext
from inspect_scout._cli.options import HELP_ALL
from inspect_scout._cli.root import root

HEAD = """\
# Command line

<!-- Made by docs/generate_cli.py; do not edit. -->

`--help` shows the usual options of a command, `--help-all` all of them, as this page does.

Exit codes are explained in [Errors and exit codes](errors.md). Every command that prints also speaks JSON (`--json`),
and nothing that comes from a transcript can reach the terminal as a control character. With `--json` (and with `--format`
json, jsonl or csv) standard output holds that document alone: what scanners print, what they import prints and what programs
that they start print goes to standard error. A command that is refused writes nothing to standard output.
"""


def page() -> str:
    """Make the page."""
    return HEAD + "".join(section(path, command) for path, command in commands(("scout",), root))


def commands(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk over all commands."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from commands((*path, name), child)


def section(path: tuple[str, ...], command: click.Command) -> str:
    """Show the whole help of one command, as `--help-all` does."""
    parent: click.Context | None = None
    for name in path[:-1]:
        parent = HelpContext(click.Command(name), info_name=name, parent=parent, **root.context_settings)
    settings = {**root.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = HelpContext(command, info_name=path[-1], parent=parent, **settings)
    context.meta[HELP_ALL] = True
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"\n## {' '.join(path)}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    (Path(__file__).parent / "cli.md").write_text(page(), encoding="utf-8")
