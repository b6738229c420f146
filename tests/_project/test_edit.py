"""Editing a project file: what is not changed stays as it was written."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from inspect_scout import ConfigError, ScanStateError
from inspect_scout._project import read_project_file, write_project_file
from inspect_scout._project.patch import patch_mapping

WRITTEN = """\
# Our project.

# How many?
limit: 5  # few
filter:  # all must hold
  # the good ones
  - a = 1  # one
  # and the others
  - b = 2

# For whom
tags: [x, "y"]
worklist:
  - scanner: a  # first
    transcripts: [t1]
  # about b
  - scanner: b
    transcripts: [t2]
metadata:
  deep: {a: 1}
  text: |
    two
    lines
# The end.
"""


def load_yaml(text: str) -> Any:
    safe: Any = YAML(typ="safe")
    return safe.load(text)


def test_only_what_changes_is_written_anew() -> None:
    changes = {
        "limit": 6,
        "filter": ["b = 2", "c = 3"],
        "worklist": [{"scanner": "a", "transcripts": ["t9"]}, {"scanner": "b", "transcripts": ["t2"]}],
        "scans": "./there",
        "metadata": None,
    }
    assert (
        patch_mapping(WRITTEN, changes)
        == """\
# Our project.

# How many?
limit: 6  # few
filter:  # all must hold
  # and the others
  - b = 2
  - c = 3

# For whom
tags: [x, "y"]
worklist:
  - scanner: a
    transcripts:
    - t9
  # about b
  - scanner: b
    transcripts: [t2]
# The end.
scans: ./there
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "{limit: 5, tags: [a]}",
        '{"limit": 5,\n "tags": ["a"]}',
        "--- \nlimit: 5\ntags: [a]\n...\n",
        "  limit: 5\n  tags: [a]\n",
        "limit: 5\ntags:\n- a",
        "limit: 5\r\ntags: [a]\r\n",
        "tags: &t [a]\nlimit: 5\nmetadata: {same: *t}\n",
        "? limit\n: 5\n? tags\n: [a]\n",
    ],
)
def test_any_way_of_writing_can_be_changed(text: str) -> None:
    before = load_yaml(text)
    assert load_yaml(patch_mapping(text, {"limit": 6})) == {**before, "limit": 6}
    assert load_yaml(patch_mapping(text, {"tags": ["b"]}))["tags"] == ["b"]
    assert load_yaml(patch_mapping(text, {"tags": None, "scans": "x"})).keys() == {*before, "scans"} - {"tags"}


keys = st.sampled_from(["limit", "filter", "tags", "scans", "worklist", "metadata", "model"])
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"]), max_size=8)
values = st.recursive(
    texts
    | st.integers()
    | st.booleans()
    | st.sampled_from(["a: b", "# no comment", "- x", "yes", "null", "~", "1e3", "2026-01-05", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
settings = st.dictionaries(keys, values, max_size=6)
changes = st.dictionaries(keys, values | st.none(), max_size=4)


def is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, int) and len(value) == 0)


@given(settings, changes)
@example({"limit": 1}, {"limit": None})
@example({"metadata": {"": [""]}}, {"tags": ["a"]})
def test_changes_are_made_and_comments_of_the_rest_stay(before: dict[str, Any], changing: dict[str, Any]) -> None:
    text = ""
    for number, (key, value) in enumerate(before.items()):
        text += f"# about {key} ({number})\n\n" + (patch_mapping("", {key: value}) or f"{key}: []\n")
    text += "# the end\n"
    loaded: dict[str, Any] = load_yaml(text) or {}
    changed = patch_mapping(text, changing)
    expected = {**loaded, **changing}
    assert (load_yaml(changed) or {}) == {k: v for k, v in expected.items() if k not in changing or not is_empty(v)}
    for comment in [line for line in text.splitlines() if line.startswith("# about") or line == "# the end"]:
        assert comment in changed.splitlines()
    assert patch_mapping(text, {key: loaded[key] for key in loaded if not is_empty(loaded[key])}) == text


sequences = st.lists(st.integers(0, 9), max_size=6, unique=True)


@given(sequences, sequences)
def test_items_that_stay_keep_their_comments(before: list[int], after: list[int]) -> None:
    if not before:
        return
    text = "filter:\n" + "".join(f"  # about {n}\n  - {n}  # is {n}\n" for n in before) + "limit: 1\n"
    changed = patch_mapping(text, {"filter": after})
    assert load_yaml(changed) == {**({"filter": after} if after else {}), "limit": 1}
    for number in set(before) & set(after):
        assert f"  # about {number}\n  - {number}  # is {number}\n" in changed


@pytest.fixture
def project(tmp_path: Path) -> Path:
    os.chdir(tmp_path)
    path = tmp_path / "scout.yaml"
    path.write_text("# mine\nlimit: 5\n")
    return path


def test_writing_needs_the_etag_of_what_was_read(project: Path) -> None:
    read = read_project_file()
    written = write_project_file({"limit": 6}, read.etag)
    assert project.read_text() == "# mine\nlimit: 6\n"
    assert (written.config.limit, written.etag) == (6, read_project_file().etag)
    with pytest.raises(ScanStateError, match="changed by somebody else"):
        write_project_file({"limit": 7}, read.etag)
    assert project.read_text() == "# mine\nlimit: 6\n"


def test_a_change_that_is_not_allowed_leaves_the_file_alone(project: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'limit'"):
        write_project_file({"limt": 6})
    assert project.read_text() == "# mine\nlimit: 5\n"
    assert [path.name for path in project.parent.iterdir()] == ["scout.yaml"]


def test_writing_scans_takes_the_place_of_its_older_name(project: Path) -> None:
    project.write_text("results: old  # here\nlimit: 1\n")
    assert read_project_file().config.scans == "old"
    write_project_file({"scans": "new"})
    assert project.read_text() == "limit: 1\nscans: new\n"


def test_the_mode_of_the_file_stays(project: Path) -> None:
    project.chmod(0o640)
    write_project_file({"limit": 6})
    assert stat.S_IMODE(project.stat().st_mode) == 0o640


def test_a_project_without_a_file_has_the_etag_of_its_defaults(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    Path("logs").mkdir()
    read = read_project_file()
    assert (read.config.transcripts, read.config.scans) == ("./logs", "./scans")
    write_project_file({"limit": 3}, read.etag)
    assert Path("scout.yaml").read_text() == "limit: 3\n"
    with pytest.raises(ScanStateError):
        write_project_file({"limit": 4}, read.etag)
