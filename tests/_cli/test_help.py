"""Help pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from inspect_scout._cli.root import COMMANDS, SCAN_COMMANDS, root
from inspect_scout._project import OPTION_BY_NAME
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
    assert "--transcripts" in text
    for name in ("list", "status", "resume", "complete", "results", "errors"):
        assert re.search(rf"^  {name} ", text, re.MULTILINE)


def test_help_lines_of_a_group_match_the_commands() -> None:
    """The one line in the list of commands says what the command's own page says."""
    from inspect_scout._cli.root import SCAN_COMMANDS

    assert set(SCAN_COMMANDS) == {"list", "status", "resume", "complete", "results", "errors", "rm", "prune", "diff"}
    assert all(help_line.endswith(".") and len(help_line) < 70 for _, help_line in SCAN_COMMANDS.values())


def test_short_help_shows_what_one_usually_needs_and_where_the_rest_is() -> None:
    short, page = scout("scan", "--help").out, scout("scan", "--help-all").out
    long = " ".join(page.split())
    rare = ("--record-input", "--top-k", "--debug-port", "--log-level", "[env: SCOUT_SCAN_LIMIT]")
    assert [name for name in rare if name in short] == []
    assert [name for name in rare if name not in long] == []
    assert "--help-all" in short
    assert len(short.splitlines()) < 70 < len(page.splitlines())


@pytest.mark.parametrize("path", list(commands((), root)), ids=" ".join)
def test_short_help_hides_what_only_developers_need(path: tuple[str, ...]) -> None:
    short = scout(*path, "--help").out
    assert "--debug" not in short
    if "--help-all" in short:
        long = scout(*path, "--help-all").out
        options = set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", short, re.MULTILINE))
        assert options
        assert options <= set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", long, re.MULTILINE))


def test_no_name_is_broken_on_a_narrow_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[set[str]] = []
    for width in ("50", "80"):
        monkeypatch.setenv("COLUMNS", width)
        page = scout("scan", "--help-all").out
        pages.append(set(re.findall(r"--[a-z][\w-]*\w|SCOUT_\w+", page)))
    assert pages[0] == pages[1]
    assert {"--max-transcripts", "SCOUT_SCAN_REASONING_HISTORY"} < pages[0]


def test_defaults_on_the_help_page_are_those_that_apply() -> None:
    long = " ".join(scout("scan", "--help-all").out.split())
    assert f"Transcripts in work at once. Default: {OPTION_BY_NAME['max_transcripts'].default}" in long
    assert f"say where it is. Default: {OPTION_BY_NAME['record_input'].default}." in long
    assert OPTION_BY_NAME["scans"].default in long.partition("Where scans are kept. Default:")[2][:40]


def test_every_line_of_help_is_a_sentence() -> None:
    for path in commands((), root):
        page = scout(*path, "--help").out.partition("\n\n")[2]
        said = page.partition("\n\n")[0].strip()
        assert said[0].isupper(), path
        assert said.endswith("."), path
    for table in (COMMANDS, SCAN_COMMANDS):
        assert [said for _, said in table.values() if not (said[0].isupper() and said.endswith("."))] == []
