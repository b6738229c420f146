"""How objects show themselves: one line in a console, a small safe table in a notebook."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import InfoEvent
from inspect_ai.model import ChatMessageUser

from inspect_scout import (
    Error,
    Reference,
    Result,
    ScanState,
    ScanTranscripts,
    Transcript,
    TranscriptInfo,
    scan_list,
    scan_results_arrow,
    scan_results_df,
    scan_results_query,
    scan_status,
    transcripts_db,
    transcripts_from,
)
from inspect_scout._types import ScanFacts, as_resultset

HOSTILE = '<script>alert("1")</script>\n\x1b[31m\u202e&' + "long " * 10_000
SHOWN_CHARACTERS = 700


def transcript() -> Transcript:
    messages = [ChatMessageUser(content=HOSTILE) for _ in range(100)]
    return Transcript(
        transcript_id=HOSTILE,
        task_id=HOSTILE,
        task_repeat=1,
        model="a/b",
        score={"a": HOSTILE},
        error=HOSTILE,
        metadata={str(number): HOSTILE for number in range(100)},
        messages=[*messages],
        events=[InfoEvent(data=HOSTILE)],
    )


def result(**fields: Any) -> Result:
    cited = [Reference(type="message", id=str(number), cite="[M1]") for number in range(100)]
    return Result(value=HOSTILE, explanation=HOSTILE, answer=HOSTILE, metadata={HOSTILE: 1}, references=cited, **fields)


THINGS: Mapping[str, Callable[[Path], Any]] = {
    "Status": scan_status,
    "ScanResultsDF": scan_results_df,
    "ScanResultsArrow": scan_results_arrow,
    "ResultsPage": lambda scan: scan_results_query(scan, limit=30, count=True),
    "Transcripts": lambda scan: transcripts_from(scan_status(scan)).where(f"task_id != '{HOSTILE[:2000]}'").shuffle(3),
    "Transcript": lambda _: transcript(),
    "TranscriptInfo": lambda _: TranscriptInfo.model_validate({"transcript_id": HOSTILE, "score": [HOSTILE] * 1000}),
    "Result": lambda _: result(label=HOSTILE),
    "a set of results": lambda _: as_resultset([result() for _ in range(200)]),
}
"""Things to show, by what they are."""

LINES: Mapping[str, Callable[[], Any]] = {
    "Reference": lambda: Reference(type="message", id="a", cite="[M1]"),
    "Error": lambda: Error(transcript_id="a", scanner="b", error=HOSTILE, traceback=HOSTILE, refusal=False),
    "ScanState": lambda: ScanState(
        facts=ScanFacts(scan_id=HOSTILE, name=HOSTILE, location=HOSTILE[:200]), problems={HOSTILE: 1}, due=3
    ),
    "TranscriptsDB": lambda: transcripts_db("transcripts"),
    "TranscriptsReader": lambda: transcripts_from(Transcript(transcript_id="a")).reader(),
    "ScanTranscripts": lambda: ScanTranscripts(
        type="eval_log", transcript_ids=dict.fromkeys(map(str, range(10_000))), filter=[HOSTILE]
    ),
}
"""Things that have no table."""


@pytest.mark.parametrize("name", [*THINGS, *LINES])
@pytest.mark.parametrize("show", [repr, str])
def test_everything_shows_itself_on_one_short_line(name: str, show: Callable[[Any], str], example_scan: Path) -> None:
    shown = show(THINGS[name](example_scan) if name in THINGS else LINES[name]())
    assert len(shown.splitlines()) == 1
    assert len(shown) < SHOWN_CHARACTERS
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("name", THINGS)
def test_notebooks_show_a_small_table_in_which_nothing_of_a_transcript_is_markup(name: str, example_scan: Path) -> None:
    text = THINGS[name](example_scan)._repr_html_()
    table = ET.fromstring(text)  # well formed
    assert table.tag == "table"
    assert {element.tag for element in table.iter()} <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {key for element in table.iter() for key in element.attrib} <= {"style", "scope", "colspan"}
    assert "<script" not in text
    assert len(text) < 50_000
    assert max(len(element.text or "") for element in table.iter()) <= 200 + len(str(example_scan))
    assert not {"\x1b", "\u202e"} & set(text)


@pytest.mark.parametrize("name", THINGS)
def test_tables_have_no_colours_of_their_own(name: str, example_scan: Path) -> None:
    table = ET.fromstring(THINGS[name](example_scan)._repr_html_())
    styles = [part for each in table.iter() for part in each.get("style", "").split("; ") if part]
    assert {part for part in styles if "color" in part or "background" in part} <= {"color: inherit"}


def test_a_status_says_how_the_scan_stands(example_scan: Path) -> None:
    status = scan_status(example_scan)
    assert repr(status).startswith("Status(complete, 6 scanners, 12 transcripts, ")
    assert repr(status).endswith(f", 0 errors, location={str(example_scan)!r})")
    assert repr(scan_list(example_scan)) == f"[{status!r}]"
    table = ET.fromstring(status._repr_html_())
    first = next(row for row in table.iter("tr") if row.find("td") is not None)
    assert [cell.text for cell in first][:2] == [next(iter(status.summary.scanners)), "12"]


def test_a_page_says_how_much_of_it_is_shown(example_scan: Path) -> None:
    def caption(**query: Any) -> str | None:
        page = scan_results_query(example_scan, scanner="environment_errors", **query)
        return ET.fromstring(page._repr_html_()).findtext("caption")

    assert caption(limit=20, columns=["value"]) == "20 rows, 1 column"
    assert caption(columns=["value"]) == "46 rows, 1 column; here the first 20 rows and 1 column"


def test_transcripts_say_what_was_chosen(example_logs: Path) -> None:
    chosen = transcripts_from(example_logs).where("score = 'I'").order_by("date", "DESC").limit(2)
    assert repr(chosen) == (
        f"Transcripts(source={str(example_logs)!r}, where=\"score = 'I'\", order_by='date DESC', limit=2)"
    )
    memory = transcripts_from(Transcript(transcript_id="a")).for_validation([])
    assert repr(memory) == "Transcripts(source='eval_log in memory', cases=0)"


def test_a_transcript_is_told_from_others_and_its_content_is_counted() -> None:
    shown = repr(Transcript(transcript_id="a", task_set="t", score=1.5, messages=[ChatMessageUser(content="secret")]))
    assert shown == "Transcript(transcript_id='a', task_set='t', score=1.5, messages=<1 message>)"


def test_a_result_says_its_value_first() -> None:
    shown = repr(Result(value=True, explanation="It did.", references=[Reference(type="message", id="x", cite="[M1]")]))
    assert shown == "Result(value=True, explanation='It did.', references=<1 reference>)"
    assert repr(as_resultset([Result(value=1), Result(value=2)])) == "Result(value=<2 results>, type='resultset')"
