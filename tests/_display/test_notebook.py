"""The display of notebooks: one output that changes."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace

import pytest

from inspect_scout._display import display_for
from inspect_scout._display.notebook import NotebookDisplay
from inspect_scout._display.plain import PlainDisplay
from inspect_scout._types import ScannerState, WorkerState
from support.clocks import JumpingClock
from support.states import scan_state

FACTS = {"transcripts": 10, "options": {"limit": 10}}
TAG = re.compile(r"<(/?)(\w+)")


@dataclass
class Cell:
    """Outputs of a cell by id, as a notebook shows them, and how often they changed."""

    pages: dict[str, str] = field(default_factory=dict[str, str])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    changes: int = 0

    def publish(self, page: str, text: str, display_id: str, is_there: bool) -> None:
        assert is_there == (display_id in self.pages)
        self.changes += is_there
        self.pages[display_id], self.texts[display_id] = page, text

    @property
    def page(self) -> str:
        (page,) = self.pages.values()
        return page


def test_a_scan_is_one_output_that_ends_in_its_summary() -> None:
    cell, clock = Cell(), JumpingClock()
    display = NotebookDisplay(cell.publish, clock)
    with display.counting("Indexing") as count:
        clock.seconds += 1
        count(5, 10)
    assert "Indexing: 5/10" in cell.page
    with display.scan(scan_state(20, phase="planned", facts=FACTS)) as update:
        update(scan_state(20, 5, doing=WorkerState(scanning=2), facts=FACTS))
        assert "(0/20)" in cell.page, "it is too soon for another picture"
        clock.seconds += 1
        update(scan_state(20, 8, doing=WorkerState(scanning=2), facts=FACTS))
        assert (
            'role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="20" aria-valuenow="8"'
            in cell.page
        )
        assert "2 scanning" in cell.page
        display.print("a remark")
    assert "a remark" in cell.page
    scanners = {"refusal": ScannerState(scans=20, results=3, tokens=1234)}
    display.outcome(scan_state(20, phase="complete", scanners=scanners, facts=FACTS))
    assert "progressbar" not in cell.page
    assert re.search(r">refusal</td>.*>3</td>.*>1,234</td>", cell.page)
    assert "scan complete: ./scans/scan_id=x" in cell.page
    assert "scan complete: ./scans/scan_id=x" in next(iter(cell.texts.values()))
    assert cell.changes < 8


def test_each_display_has_an_output_of_its_own() -> None:
    cell = Cell()
    for name in ("a", "b"):
        NotebookDisplay(cell.publish).outcome(scan_state(1, facts={"name": name}))
    assert len(cell.pages) == 2


def test_what_data_say_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    cell = Cell()
    display = NotebookDisplay(cell.publish)
    evil = "<script>alert(1)</script><img src=x onerror='alert(2)'>\"&"
    scanners = {evil: ScannerState(scans=1, errors=1, usage={evil: {"input_tokens": 3}})}
    facts = {"name": evil, "location": evil, "options": {evil: evil}}
    with display.scan(scan_state(1, scanners=scanners, facts=facts)):
        display.print(evil)
    display.table(evil, [evil, evil], [[evil, evil]], [evil, evil])
    display.outcome(scan_state(1, phase="errors", scanners=scanners, facts=facts, errors={evil: 1}))
    assert {name for _, name in TAG.findall(cell.page)} <= {"div", "table", "thead", "tbody", "tfoot", "tr", "th", "td"}
    assert "&lt;script&gt;" in cell.page
    assert capsys.readouterr() == ("", "")


def test_a_notebook_that_went_away_does_not_end_a_scan() -> None:
    def publish(page: str, text: str, display_id: str, is_there: bool) -> None:
        raise RuntimeError("no kernel")

    display = NotebookDisplay(publish)
    with display.scan(scan_state(1)) as update:
        update(scan_state(1, 1))
    display.outcome(scan_state(1, 1, phase="complete"))


@pytest.mark.parametrize(
    ("shell", "expected"), [(SimpleNamespace(kernel=object()), NotebookDisplay), (None, PlainDisplay)]
)
def test_a_running_kernel_gets_it_unless_plain_lines_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, shell: object, expected: type
) -> None:
    ipython = ModuleType("IPython")
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert type(display_for(None, {})) is expected
    assert type(display_for("rich", {})) is expected
    assert type(display_for("plain", {})) is PlainDisplay
