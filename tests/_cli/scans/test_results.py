"""`scout scan results`: what was found, how often by what, in which formats, and where to."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as _parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._app import FindingsGroup, KindCount, ScannerBreakdown, ScannerFindings
from inspect_scout._cli import main
from inspect_scout._cli.scans.sections import Section, write_latex, write_markdown
from inspect_scout._statistics import Proportion
from support.cli import FakeApp, Rows, scout

parquet: Any = _parquet
HOSTILE = "a\x1b[2J|b\\ <script>x</script> [l](http://x) *s* $\x07\u202e_ 50% & {c} ~^#\nnext\tline"


def findings(scanner: str = "refusal", **changes: Any) -> ScannerFindings:
    known: dict[str, Any] = {
        "unit": "transcript",
        "found": Proportion(12, 3),
        "results": 3,
        "errors": 0,
        "nulls": 0,
        "has_lists": False,
        "kinds_by": "value",
        "kinds": [KindCount(False, 9), KindCount(True, 3)],
    }
    return ScannerFindings(scanner, **{**known, **changes})


def row(**changes: Any) -> dict[str, Any]:
    return {
        "transcript_id": "DN2wbX2ZvACsBpjwptzBRo",
        "transcript_task_id": "q1",
        "label": None,
        "value": True,
        **changes,
    }


def breakdown(**changes: Any) -> ScannerBreakdown:
    groups = [
        FindingsGroup(("gpt",), Proportion(8, 2), 2, 0, 0),
        FindingsGroup((None,), Proportion(4, 0), 0, 1, 0),
    ]
    known: dict[str, Any] = {"unit": "transcript", "by": ["model"], "is_share": False, "groups": groups}
    return ScannerBreakdown("refusal", **{**known, **changes})


def shown(app: FakeApp, *options: str) -> list[str]:
    ran = scout("scan", "results", "./loc", *options, app=app)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


def test_what_was_found_comes_first_and_then_what_it_was() -> None:
    app = FakeApp(found=[findings()], tables={"refusal": Rows(row())})
    lines = shown(app)
    assert [line.split() for line in lines[:2]] == [
        ["scanner", "found", "in", "rate", "(95%)", "labels,", "values"],
        ["refusal", "3", "of", "12", "transcripts", "25%", "(9-53)", "false:", "9,", "true:", "3"],
    ]
    assert lines[2:4] == ["", "refusal: 1 result"]
    assert lines[-1] == "--all also shows results that found nothing"


def test_people_see_what_was_found_and_programs_see_all() -> None:
    app = FakeApp(tables={"refusal": Rows(row())})
    for options in ([], ["--format", "record"], ["--format", "markdown"], ["--format", "latex"], ["--positive"]):
        shown(app, *options)
        assert app.calls[-1] == ("results", "./loc", "other", None, None, "results", None, True), options
    for options in (["--all"], ["--format", "json"], ["--format", "jsonl"], ["--format", "csv"], ["--json"]):
        shown(app, *options)
        assert app.calls[-1] == ("results", "./loc", "other", None, None, "results", None, False), options
    shown(app, "--positive", "--format", "csv")
    assert app.calls[-1][-1]


def test_columns_of_findings_that_say_nothing_are_left_out() -> None:
    lists = findings("lists", unit="message", has_lists=True, results=40, errors=2, nulls=1, kinds=())
    header, first, second, *_ = shown(FakeApp(found=[findings(kinds=()), lists]))
    assert header.split()[-3:] == ["results", "nulls", "errors"]
    assert first.split()[-3:] == ["-", "-", "-"]
    assert second.split() == ["lists", "3", "of", "12", "messages", "25%", "(9-53)", "40", "1", "2"]


def test_many_kinds_are_counted() -> None:
    kinds = [KindCount(f"label {i}" + "x" * 100, 9 - i) for i in range(8)]
    assert shown(FakeApp(found=[findings(kinds=kinds)]))[1].endswith("3 more")


@pytest.mark.parametrize(
    ("found", "remarks"),
    [
        ([findings()], ["--all also shows results that found nothing"]),
        ([findings(found=Proportion(3, 3))], []),
        ([findings(found=Proportion(2, 0))], ["nothing found", "--all also shows results that found nothing"]),
        ([findings(found=Proportion(0, 0))], ["nothing found"]),
        (
            [findings(found=Proportion(3, 3)), findings("other", found=Proportion(2, 0))],
            ["nothing found by other", "--all also shows results that found nothing"],
        ),
        ([findings(found=Proportion(3, 3), errors=2)], ["2 calls failed: scout scan errors loc"]),
        (
            [findings(found=Proportion(3, 3), unit="result")],
            ["refusal: results are counted, not inputs: --where selects some of those in lists"],
        ),
    ],
)
def test_remarks_say_what_the_table_does_not(found: list[ScannerFindings], remarks: list[str]) -> None:
    lines = shown(FakeApp(found=found))
    assert lines[2 + len(found) :] == remarks


@pytest.mark.parametrize("form", ["table", "record"])
def test_the_command_that_shows_the_evidence_of_the_first_result_is_named(form: str) -> None:
    app = FakeApp(tables={"other": Rows(row(), row(transcript_id="second"))})
    assert shown(app, "--format", form)[-1] == (
        "see the evidence of the first: scout show loc DN2wbX2ZvACsBpjwptzBRo --scanner other"
    )


@pytest.mark.parametrize("id", ["-x", "M5", "latest~1", "a b", "a/b", "", "\x1b[2J"])
def test_an_id_that_the_command_would_not_take_for_one_is_not_named(id: str) -> None:
    app = FakeApp(tables={"other": Rows(row(transcript_id=id))})
    assert "scout show" not in "\n".join(shown(app))


def test_no_evidence_is_named_where_rows_do_not_say_whose_they_are_or_are_not_those_found() -> None:
    app = FakeApp(tables={"other": Rows({"value": True})})
    assert "scout show" not in "\n".join(shown(app, "--columns", "value"))
    assert "scout show" not in "\n".join(shown(FakeApp(tables={"other": Rows(row())}), "--all"))


def test_nothing_found_is_said_of_the_condition_if_there_is_one() -> None:
    lines = shown(FakeApp(found=[findings(found=Proportion(0, 0))]), "--where", "value = 7")
    assert lines[1].split()[1:] == ["none", "judged", "-", "false:", "9,", "true:", "3"]
    assert lines[-1] == "nothing found among the results that --where selects"


@pytest.mark.parametrize(
    ("proportion", "text"),
    [
        (Proportion(12, 3), "25% (9-53)"),
        (Proportion(5, 5), "100% (57-100)"),
        (Proportion(3000, 9), "0.3% (0.2-0.6)"),
        (Proportion(100, 0), "0% (0-4)"),
    ],
)
def test_rates_stand_with_their_interval(proportion: Proportion, text: str) -> None:
    assert text in shown(FakeApp(found=[findings(found=proportion)]))[1]


def test_by_counts_instead_of_showing_results() -> None:
    app = FakeApp(breakdowns=[breakdown()])
    lines = shown(app, "--by", "model, task", "--scanner", "refusal", "--where", "epoch = 1")
    assert app.calls == [("findings by", "./loc", ["model", "task"], "refusal", "epoch = 1")]
    assert lines[0] == "refusal by model: shares of transcripts"
    assert [line.split() for line in lines[1:]] == [
        ["model", "found", "in", "rate", "(95%)", "errors"],
        ["gpt", "2", "of", "8", "25%", "(7-59)", "0"],
        ["(none)", "0", "of", "4", "0%", "(0-49)", "1"],
    ]
    some = shown(app, "--by", "model", "--limit", "1")
    assert (len(some), some[-1]) == (4, "and 1 more group: show them with a larger --limit")


def test_shares_of_results_say_of_what() -> None:
    groups = [FindingsGroup((True,), Proportion(12, 3), 5, 0, 0)]
    lines = shown(FakeApp(breakdowns=[breakdown(by=["value"], is_share=True, groups=groups)]), "--by", "value")
    assert lines[0] == "refusal by value: shares of 12 transcripts"
    assert lines[1].split() == ["value", "in", "rate", "(95%)", "results"]
    assert lines[2].split() == ["true", "3", "of", "12", "25%", "(9-53)", "5"]
    nothing = shown(FakeApp(breakdowns=[breakdown(groups=[])]), "--by", "model")
    assert nothing == ["refusal by model: nothing to count"]


def test_by_is_data_for_programs() -> None:
    app = FakeApp(breakdowns=[breakdown()])
    rows: list[dict[str, Any]] = json.loads("\n".join(shown(app, "--by", "model", "--json")))
    assert [(each["scanner"], each["model"], each["n"], each["found"]) for each in rows] == [
        ("refusal", "gpt", 8, 2),
        ("refusal", None, 4, 0),
    ]
    table = list(csv.DictReader(io.StringIO("\n".join(shown(app, "--by", "model", "--format", "csv")))))
    assert [each["rate"] for each in table] == ["0.25", "0.0"]
    assert shown(FakeApp(breakdowns=[breakdown(groups=[])]), "--by", "model", "--format", "csv") == ["scanner,model"]


@pytest.mark.parametrize(
    "options",
    [
        ["--positive", "--all"],
        ["--by", ","],
        ["--by", "model", "--positive"],
        ["--by", "model", "--all"],
        ["--by", "model", "--columns", "value"],
        ["--by", "model", "--rows", "results"],
        ["--overwrite"],
        ["-o", "results"],
        ["-o", "results.xlsx"],
        ["--format", "xlsx"],
    ],
)
def test_what_has_no_meaning_is_refused(options: list[str]) -> None:
    app = FakeApp(tables={"refusal": Rows(row())})
    ran = scout("scan", "results", "./loc", *options, app=app)
    assert (ran.code, ran.out, app.calls) == (2, "", [])
    assert "Error:" in ran.err


def test_records_hold_whole_values_and_break_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FakeApp(tables={"refusal": Rows(row(explanation="word " * 100 + "\x1b[2J\nsecond line"))})
    piped = shown(app, "--format", "record")
    assert piped[:2] == ["refusal: 1 result", "transcript_id  DN2wbX2ZvACsBpjwptzBRo"]
    assert piped[-4:-2] == ["explanation    " + ("word " * 100).strip(), "               second line"]
    monkeypatch.setenv("COLUMNS", "50")
    narrow = shown(app, "--format", "record")
    assert max(len(line) for line in narrow if "scout show" not in line) <= 50
    assert " ".join(" ".join(narrow[4:-2]).split()) == "explanation " + "word " * 100 + "second line"


def test_markdown_is_a_table_that_holds_what_it_is_given() -> None:
    app = FakeApp(found=[findings()], tables={"refusal": Rows(row(explanation=HOSTILE))})
    lines = shown(app, "--format", "markdown")
    assert lines[:3] == [
        "| scanner | found in | rate (95%) | labels, values |",
        "| --- | --- | --- | --- |",
        "| refusal | 3 of 12 transcripts | 25% (9-53) | false: 9, true: 3 |",
    ]
    assert lines[4] == "**refusal: 1 result**"
    assert lines[-1].endswith(
        r"a\|b\\ &lt;script&gt;x&lt;/script&gt; \[l\](http://x) \*s\* \$\_ 50% &amp; {c} \~^#<br>next line |"
    )


def test_latex_needs_no_package_and_escapes_what_it_is_given() -> None:
    app = FakeApp(tables={"refusal": Rows(row(explanation=HOSTILE, value=7))})
    lines = shown(app, "--format", "latex")
    assert lines[:5] == [
        r"\noindent\textbf{refusal: 1 result}",
        "",
        r"\begin{tabular}{llrp{0.3\linewidth}}",
        r"\hline",
        r"transcript\_id & task\_id & value & explanation \\",
    ]
    assert lines[-3].endswith(
        r"a|b\textbackslash{} \textless{}script\textgreater{}x\textless{}/script\textgreater{} [l](http://x) *s* "
        r"\$\_ 50\% \& \{c\} \textasciitilde{}\textasciicircum{}\# \newline next line \\"
    )
    assert lines[-1] == r"\end{tabular}"


@given(st.text())
def test_no_text_breaks_a_table_of_a_document(text: str) -> None:
    section = Section(text, ["a", "b"], [[text, text]])
    with contextlib.redirect_stdout(io.StringIO()) as out:
        write_markdown([section])
    rows = [line for line in out.getvalue().split("\n") if line.startswith("| ")]
    assert len(rows) == 3
    assert all(line.replace("\\\\", "").replace("\\|", "").count("|") == 3 for line in rows)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        write_latex([section])
    cells = out.getvalue().replace("\\\\", "").replace("\\&", "")
    assert cells.count("&") == 2


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        ("txt", "refusal: 1 result\ntranscript_id"),
        ("md", "**refusal: 1 result**\n"),
        ("tex", "\\noindent"),
        ("json", '[\n{"scanner": "refusal", '),
        ("jsonl", '{"scanner": "refusal", '),
        ("csv", "scanner,transcript_id,"),
    ],
)
def test_the_suffix_of_a_file_tells_its_format(tmp_path: Path, suffix: str, begins: str) -> None:
    file = tmp_path / f"results.{suffix}"
    ran = scout("scan", "results", "./loc", "-o", str(file), app=FakeApp(tables={"refusal": Rows(row())}))
    assert (ran.code, ran.out, ran.err) == (0, "", f"Wrote {file}\n")
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_format_goes_before_the_suffix(tmp_path: Path) -> None:
    file = tmp_path / "results.txt"
    scout("scan", "results", "./loc", "--json", "-o", str(file), app=FakeApp(tables={"refusal": Rows(row())}))
    assert json.loads(file.read_text(encoding="utf-8"))[0]["value"] is True


def test_a_file_is_replaced_only_where_that_was_asked_for(tmp_path: Path) -> None:
    file, app = tmp_path / "results.csv", FakeApp(tables={"refusal": Rows(row())})
    file.write_text("mine", encoding="utf-8")
    refused = scout("scan", "results", "./loc", "-o", str(file), app=app)
    assert (refused.code, app.calls) == (1, [])
    assert refused.err == f"Error: {str(file)!r} exists already. Name another file, or add --overwrite to replace it.\n"
    assert file.read_text(encoding="utf-8") == "mine"
    assert scout("scan", "results", "./loc", "-o", str(file), "--overwrite", app=app).code == 0
    assert file.read_text(encoding="utf-8").startswith("scanner,")


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text("mine", encoding="utf-8")
    ran = scout("scan", "results", "./loc", "--scanner", "no", "-o", str(file), "--overwrite", app=FakeApp())
    assert (ran.code, file.read_text(encoding="utf-8")) == (1, "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["results.csv"]


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    app = FakeApp(tables={"refusal": Rows(row())})
    (tmp_path / "folder.csv").mkdir()
    nowhere = scout("scan", "results", "./loc", "-o", str(tmp_path / "no" / "results.csv"), app=app)
    folder = scout("scan", "results", "./loc", "-o", str(tmp_path / "folder.csv"), "--overwrite", app=app)
    assert (nowhere.code, folder.code) == (1, 1)
    assert "cannot be written: No such file or directory" in nowhere.err
    assert "is not a file that can be replaced" in folder.err


def printed(*arguments: str) -> str:
    """What the command prints of a real scan."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["scan", "results", *arguments]) == 0
    return out.getvalue()


def test_parquet_files_hold_typed_results(example_scan: Path, tmp_path: Path) -> None:
    file, scan = tmp_path / "results.parquet", str(example_scan)
    assert printed(scan, "--columns", "task_id,value", "--limit", "2", "-o", str(file)) == ""
    table = parquet.read_table(file)
    assert table.column_names == ["scanner", "task_id", "value"]
    assert list(dict.fromkeys(table["scanner"].to_pylist()))[-1] == "tool_use"
    assert table.num_rows == 12
    printed(scan, "--scanner", "edits_tests", "--positive", "-o", str(file), "--overwrite")
    [only] = parquet.read_table(file).to_pylist()
    assert (only["value"], json.loads(only["message_references"])[0]["cite"]) == (True, "[M9]")
    printed(scan, "--by", "label", "--scanner", "tool_use", "-o", str(file), "--overwrite")
    assert parquet.read_table(file).to_pylist()[0]["label"] == "submit"


def test_json_stays_json(example_scan: Path) -> None:
    where = (str(example_scan), "--scanner", "edits_tests", "--positive")
    [found] = json.loads(printed(*where, "--json"))
    assert found["message_references"][0]["cite"] == "[M9]"
    assert (found["metadata"], found["input_ids"]) == ({}, [found["transcript_id"]])
    [text] = csv.DictReader(io.StringIO(printed(*where, "--format", "csv")))
    assert json.loads(text["message_references"]) == found["message_references"]
