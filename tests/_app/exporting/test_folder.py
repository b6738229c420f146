"""The folder of an export: whole or not there, and safe as a script."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._app import written_beside
from inspect_scout._app.exporting.folder import script_text


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "page.js").write_text("1")
    return folder


def write(target: Path, page: Path, **answers: object) -> None:
    with written_beside(str(target)) as export:
        for name, answer in answers.items():
            export.add(f"/{name}", answer)
        export.finish(str(page))


@given(st.text() | st.text("<>&/!-script\u2028\u2029\ud800"))
def test_a_script_holds_any_text_and_nothing_that_ends_it(text: str) -> None:
    script = script_text({"text": text})
    assert json.loads(script)["text"] == text
    assert not any(sign in script for sign in "<>&\u2028\u2029")
    script.encode()


def test_an_export_has_the_page_and_its_answers(tmp_path: Path, page: Path) -> None:
    write(tmp_path / "new" / "out", page, runs={"items": []})
    out = tmp_path / "new" / "out"
    assert (out / "page.js").is_file()
    index = (out / "answers.js").read_text().removeprefix("var scoutExport = ").rstrip().removesuffix(";")
    assert json.loads(index) == {"version": 1, "answers": {"/runs": 0}, "lists": {}, "media": {}}
    assert (out / "data" / "00000.js").read_text() == 'scoutAnswers(0,[["/runs","{\\"items\\":[]}"]]);\n'


def test_an_export_takes_the_place_of_an_earlier_one(tmp_path: Path, page: Path) -> None:
    write(tmp_path / "out", page, first=1)
    write(tmp_path / "out", page, second=2)
    assert "second" in (tmp_path / "out" / "answers.js").read_text()
    assert sorted(os.listdir(tmp_path)) == ["out", "page"]


def test_a_folder_with_other_things_is_refused(tmp_path: Path, page: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "page")
    for name in ("mine", "link", "page"):
        with pytest.raises(ConfigError, match=f"{name}'"):
            write(tmp_path / name, page)
    assert os.listdir(tmp_path / "mine") == ["thesis.tex"]


def test_nothing_remains_of_an_export_that_fails(tmp_path: Path, page: Path) -> None:
    write(tmp_path / "out", page, first=1)
    with pytest.raises(KeyboardInterrupt), written_beside(str(tmp_path / "out")) as export:
        export.add("/second", 2)
        raise KeyboardInterrupt
    assert "first" in (tmp_path / "out" / "answers.js").read_text()
    assert sorted(os.listdir(tmp_path)) == ["out", "page"]
