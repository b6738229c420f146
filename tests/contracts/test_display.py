"""Every display keeps the laws of displays."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_scout._display import Display, NotebookDisplay, display_for
from inspect_scout.testing.display_laws import DisplayLaws, show_everything

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
LOGGER = logging.getLogger("inspect_scout")


class OurLaws(DisplayLaws):
    # Each subclass runs the same examples on a display of its own.
    @settings(max_examples=40, suppress_health_check=[HealthCheck.differing_executors])
    @given(text=ANY_TEXT, total=st.sampled_from([0, 1, 10**12]))
    def test_no_text_at_all_can_break_it(self, text: str, total: int) -> None:
        self.shown(lambda display: show_everything(display, text, total))


class TestPlain(OurLaws):
    def make(self) -> Display:
        return display_for("plain")


class TestPlainWithoutUnicode(TestPlain):
    encoding = "ascii"


class TestLog(OurLaws):
    @pytest.fixture(autouse=True)
    def put_back(self) -> Iterator[None]:
        level, raising = LOGGER.level, logging.raiseExceptions
        LOGGER.setLevel("INFO")
        yield
        LOGGER.setLevel(level)
        LOGGER.handlers.clear()
        logging.raiseExceptions = raising

    def make(self) -> Display:
        LOGGER.handlers[:] = [logging.StreamHandler(sys.stderr)]
        return display_for("log")


class TestNone(OurLaws):
    def make(self) -> Display:
        return display_for("none")

    def test_nothing_is_shown(self) -> None:
        assert self.shown(lambda display: show_everything(display, "x", 2)) == ""


class TestRich(OurLaws):
    width = 80

    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("TERM", "xterm"), ("COLUMNS", str(self.width)), ("LINES", "24")):
            monkeypatch.setenv(name, value)

    def make(self) -> Display:
        display = display_for("rich")
        assert type(display).__name__ == "RichDisplay"
        return display


class TestRichNarrow(TestRich):
    width = 20


class TestRichWide(TestRich):
    width = 160


class TestNotebook(OurLaws):
    def make(self) -> Display:
        return NotebookDisplay(lambda page, text, name, is_there: print(name, is_there, page, text, file=sys.stderr))
