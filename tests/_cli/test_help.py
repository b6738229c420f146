"""Help pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from inspect_scout._cli.root import root
from support.cli import scout


def commands(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands((*path, name), child)


@pytest.mark.parametrize("path", list(commands((), root)), ids=" ".join)
def test_every_command_has_examples_that_can_be_copied(path: tuple[str, ...]) -> None:
    text = scout(*path, "--help").out
    examples = [line.strip() for line in text.partition("Examples:")[2].splitlines() if line.startswith("    scout ")]
    assert 2 <= len(examples) <= 4
    assert all(example.startswith(" ".join(("scout", *path))) for example in examples)


def test_help_of_scan_has_both_ways_to_use_it() -> None:
    text = scout("scan", "--help").out
    assert "scout scan [OPTIONS] FILE" in text
    assert "scout scan COMMAND [ARGS]..." in text
    assert "--record-input" in text
    for name in ("list", "status", "resume", "complete", "results", "errors"):
        assert re.search(rf"^  {name} ", text, re.MULTILINE)


def test_help_lines_of_a_group_match_the_commands() -> None:
    """The one line in the list of commands says what the command's own page says."""
    from inspect_scout._cli.root import SCAN_COMMANDS

    assert set(SCAN_COMMANDS) == {"list", "status", "resume", "complete", "results", "errors"}
    assert all(help_line.endswith(".") and len(help_line) < 70 for _, help_line in SCAN_COMMANDS.values())
