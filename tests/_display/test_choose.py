"""Which display is used."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Mapping

import pytest

from inspect_scout import ConfigError
from inspect_scout._display import Display, display_for
from inspect_scout._display.choose import chosen_kind
from inspect_scout._display.live import RichDisplay
from inspect_scout._display.log import LogDisplay
from inspect_scout._display.plain import PlainDisplay
from inspect_scout._display.silent import SilentDisplay


class Terminal(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


def pretend_terminal(monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8") -> None:
    # Within the test: pytest puts its own standard output in place when a test begins.
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    monkeypatch.setattr(sys, "stderr", Terminal(encoding))
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("argument", "environment", "expected"),
    [
        (None, {}, "rich"),
        (None, {"SCOUT_DISPLAY": "plain"}, "plain"),
        (None, {"SCOUT_DISPLAY": "LOG"}, "log"),
        ("none", {"SCOUT_DISPLAY": "plain"}, "none"),
        (None, {"SCOUT_DISPLAY": ""}, "rich"),
        ("rich", {"SCOUT_DIAGNOSTICS": "1"}, "plain"),
        ("log", {"SCOUT_DIAGNOSTICS": "yes"}, "plain"),
        ("none", {"SCOUT_DIAGNOSTICS": "true"}, "none"),
        ("rich", {"SCOUT_DIAGNOSTICS": "0"}, "rich"),
    ],
)
def test_argument_then_environment_then_rich(
    argument: str | None, environment: Mapping[str, str], expected: str
) -> None:
    assert chosen_kind(argument, environment) == expected


def test_an_unknown_argument_is_refused_with_the_allowed_values() -> None:
    with pytest.raises(ConfigError, match=r"'fancy'.*rich, plain, log, none"):
        display_for("fancy")


def test_an_unknown_variable_warns_and_rich_is_used(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert chosen_kind(None, {"SCOUT_DISPLAY": "fancy"}) == "rich"
    assert "fancy" in caplog.text
    assert "plain" in caplog.text


def test_a_terminal_gets_a_live_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    assert isinstance(display_for(None, {}), RichDisplay)


def test_a_pipe_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(display_for("rich", {}), PlainDisplay)


def test_what_counts_is_where_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert isinstance(display_for("rich", {}), RichDisplay)
    assert isinstance(display_for("rich", {}, scans=False), PlainDisplay)
    pretend_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(display_for("rich", {}), PlainDisplay)
    assert isinstance(display_for("rich", {}, scans=False), RichDisplay)


def test_other_threads_get_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    made: list[Display] = []
    thread = threading.Thread(target=lambda: made.append(display_for("rich", {})))
    thread.start()
    thread.join()
    assert isinstance(made[0], PlainDisplay)


def test_terminals_that_cannot_draw_get_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(display_for("rich", {}), PlainDisplay)
    pretend_terminal(monkeypatch, "ascii")
    assert isinstance(display_for("rich", {}), PlainDisplay)


def test_log_and_none_are_what_they_say() -> None:
    assert isinstance(display_for("log", {}), LogDisplay)
    assert isinstance(display_for("none", {}), SilentDisplay)
