"""Files of labelled cases: what each format means, what is refused, and that every one of them round-trips."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError, LocationError, ValidationCase, validation_set
from inspect_scout._validation import (
    CasesFileExistsError,
    ValidationFileWriter,
    is_validation_file,
    scan_validation_files,
)
from inspect_scout._validation.cells import cell_text, id_text, read_cell, read_id
from inspect_scout._validation.formats import SUFFIXES, parse_rows, write_rows
from support.shapes import is_list, is_mapping


def read(tmp_path: Path, name: str, text: str, **more: Any) -> list[ValidationCase]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return validation_set(path, **more).cases


def targets(cases: list[ValidationCase]) -> list[tuple[str | list[str], Any]]:
    return [(case.id, case.target if case.labels is None else case.labels) for case in cases]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("3", 3),
        ("01", 1),
        ("-2", -2),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("null", None),
        ("none", "none"),
        ("nan", "nan"),
        ("1e999", "1e999"),
        ('"3"', "3"),
        ("[1, 2]", [1, 2]),
        ('{"a": 1}', {"a": 1}),
        ("[unclear", "[unclear"),
        ("[NaN]", "[NaN]"),
        (" left", " left"),
    ],
)
def test_cells_of_csv_keep_their_type(cell: str, value: Any) -> None:
    read = read_cell(cell)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("a", "a"),
        (7, "7"),
        ('["a", "b"]', ["a", "b"]),
        ("a, b", ["a", "b"]),
        ("[e,f]", ["e", "f"]),
        ("['b', 'c']", ["b", "c"]),
        ('"a, b"', "a, b"),
        (["x", 1], ["x", "1"]),
    ],
)
def test_ids_in_all_their_forms(text: Any, id: str | list[str]) -> None:
    assert read_id(text) == id


def test_csv_blank_labels_are_not_expected_and_cases_keep_their_kind(tmp_path: Path) -> None:
    text = "id,target,label_a,label_b,split\nt0,,true,,dev\nt1,5,,,\nt2,,no,yes,test\nt3,2.5,,,\nt4,null,,,\n"
    cases = read(tmp_path, "cases.csv", text)
    expected = [("t0", {"a": True}), ("t1", 5), ("t2", {"a": False, "b": True}), ("t3", 2.5), ("t4", None)]
    assert targets(cases) == expected
    assert type(cases[1].target) is int
    assert [case.split for case in cases] == ["dev", None, "test", None, None]


def test_csv_without_headings_is_read_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert targets(read(tmp_path, "cases.csv", "t0,true\nt1,false\n")) == [("t0", True), ("t1", False)]
    assert "no headings" in caplog.text


def test_csv_targets_with_keys(tmp_path: Path) -> None:
    cases = read(tmp_path, "cases.csv", "\ufeffid,target_x,target_y\nt0,1,\nt1,2,high\n")
    assert targets(cases) == [("t0", {"x": 1}), ("t1", {"x": 2, "y": "high"})]


NESTED = """\
- split: dev
  cases:
    - id: t0
      target: yes
    - {id: [m1, m2], target: {a: 1, b: 2.5}}
- id: t1
  labels: {deception: no, sandbagging: true}
- id: 2024-01-01
  target: 2024-01-02
- id: t3
  target: null
"""


def test_yaml_nested_splits_and_plain_words(tmp_path: Path) -> None:
    cases = read(tmp_path, "cases.yaml", NESTED)
    assert targets(cases) == [
        ("t0", True),
        (["m1", "m2"], {"a": 1, "b": 2.5}),
        ("t1", {"deception": False, "sandbagging": True}),
        ("2024-01-01", "2024-01-02"),
        ("t3", None),
    ]
    assert [case.split for case in cases] == ["dev", "dev", None, None, None]


def test_json_and_json_lines(tmp_path: Path) -> None:
    items = [{"id": "t0", "target": 3, "predicate": "gte"}, {"id": "t1", "label_a": "no", "labels": {"b": True}}]
    expected = [("t0", 3), ("t1", {"b": True, "a": False})]
    assert targets(read(tmp_path, "a.json", json.dumps(items))) == expected
    lines = "\n".join(map(json.dumps, items))
    cases = read(tmp_path, "a.jsonl", lines + "\n\n")
    assert targets(cases) == expected
    assert cases[0].predicate == "gte"


def test_splits_choose_cases(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = "id,target,split\na,1,dev\nb,2,test\nc,3,\n"
    assert targets(read(tmp_path, "s.csv", text, split="dev")) == [("a", 1)]
    assert targets(read(tmp_path, "s.csv", text, split=["dev", "test"])) == [("a", 1), ("b", 2)]
    assert read(tmp_path, "s.csv", text, split="prod") == []
    assert "dev, test" in caplog.text


def test_frames_are_read_row_by_row() -> None:
    import pandas as pd

    frame = pd.DataFrame({"id": ["a", "b", "c"], "target": [True, None, None], "label_x": [None, 1, float("nan")]})
    with pytest.raises(ConfigError, match=r"row 3 .*no target"):
        validation_set(frame)
    assert targets(validation_set(frame.head(2)).cases) == [("a", True), ("b", {"x": True})]
    assert targets(validation_set(pd.DataFrame({"id": [1, 2], "target": [3, 4]})).cases) == [("1", 3), ("2", 4)]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("c.csv", "id,target\na,1\nb,\n", r"line 3 \(id 'b'\).*null if no value is expected"),
        ("c.csv", "name,value\na,1\n", "line 2 .*no 'id'; it has 'name', 'value'"),
        ("c.csv", "id,target\na,1,2\n", "line 2 has 3 cells"),
        ("c.csv", "id,target,predicate\na,1,like\n", "line 2.*'like' is not known.*icontains"),
        ("c.csv", "id,label_x\na,maybe\n", "line 2.*labels.x.*'maybe'"),
        ("c.csv", "id,target,target_x\na,1,2\n", "line 2.*both 'target' and 'target_...'"),
        ("c.csv", 'id,target\na,"b\n', "not CSV"),
        ("c.csv", "", "empty"),
        ("c.json", "{}", "no list"),
        ("c.json", "[1]", "case 1 is not a case"),
        ("c.json", '[{"id": "a", "target": NaN}]', "NaN"),
        ("c.json", '[{"id": "a", "target": 1, "labels": {"x": true}}]', "case 1.*not both"),
        ("c.json", '[{"id": [], "target": 1}]', "case 1.*empty list"),
        ("c.json", '[{"id": true, "target": 1}]', "case 1.*'id' is True"),
        ("c.json", '[{"id": "a", "labels": {}}]', "case 1.*empty"),
        ("c.json", "[" * 100_000, "cannot be used"),
        ("c.jsonl", '{"id": "a", "target": 1}\n{"id"\n', "line 2 is not JSON"),
        ("c.yaml", "- id: a\n  target: 1\n- id: b\n", "line 3.*no target"),
        ("c.yaml", "- !!python/object:os.system {}\n", "python/object"),
        ("c.yaml", "a: 1\n", "no list"),
        ("c.yaml", "- split: x\n  cases: 3\n", "'cases' of split 'x' are not a list"),
        ("c.yaml", "- &a [*a]\n", "an alias stands inside"),
        ("c.yaml", "- id: [\n", "not YAML"),
        ("c.txt", "", r"must end in one of \.csv, \.json, \.jsonl, \.yaml, \.yml"),
    ],
)
def test_wrong_files_say_where_and_what(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=f"(?s)c\\.{name[2:]}.*{says}"):
        read(tmp_path, name, text)


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    lines = ["- &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ConfigError, match="aliases"):
        read(tmp_path, "c.yaml", "\n".join(lines))


def test_binary_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be used"):
        validation_set(tmp_path / "c.csv")


CASES = {
    "c.csv": "id,target\r\ncafé,true\r\n",
    "c.json": '[{"id": "café", "target": true}]',
    "c.jsonl": '{"id": "café", "target": true}\n',
    "c.yaml": "- id: café\r\n  target: true\r\n",
}


@pytest.mark.parametrize("name", CASES)
def test_files_are_read_as_powershell_writes_them(tmp_path: Path, name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / name).write_bytes(CASES[name].encode(encoding))
        assert [(case.id, case.target) for case in validation_set(tmp_path / name).cases] == [("café", True)]
    (tmp_path / name).write_bytes(CASES[name].encode("latin-1"))
    with pytest.raises(
        ConfigError, match=r"cannot be used: it is not UTF-8 \(byte 0xe9 on line \d\)\. Save it as UTF-8"
    ):
        validation_set(tmp_path / name)


def test_missing_files_are_location_errors(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match="labelled cases"):
        validation_set(tmp_path / "none.csv")


def test_repeated_ids_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    read(tmp_path, "c.csv", 'id,target\n"a,b",1\n"b,a",2\n')
    assert "several cases" in caplog.text


texts = st.text(st.characters(codec="utf-8"), max_size=20)
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8) | st.sampled_from(
    ["true", "no", "null", "3", "1e5", "01", "[x]", "a, b", '"', "- ", "#", "a: b", "\x85", "\u2028", "\r\n", "~", "{"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | words, inner, max_size=3),
    max_leaves=6,
)
ids = words | st.lists(words, min_size=1, max_size=3)
splits = st.sampled_from(["dev", "test", "no", "3"])
expectations = st.fixed_dictionaries({"target": values}) | st.fixed_dictionaries(
    {"labels": st.dictionaries(texts, st.booleans(), min_size=1, max_size=3)}
)


def made_case(ids: Any, expected: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {"id": ids, **expected, **about}


cases = st.builds(
    made_case,
    ids,
    expectations,
    st.fixed_dictionaries({}, optional={"split": splits, "predicate": st.just("eq"), "note": words}),
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, types included (1, 1.0 and True are three)."""
    if type(one) is not type(other):
        return False
    if is_mapping(one):
        return one.keys() == other.keys() and all(same(v, other[k]) for k, v in one.items())
    if is_list(one):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@given(values)
def test_cells_round_trip(value: Any) -> None:
    assert same(read_cell(cell_text(value)), value)


@given(ids)
def test_ids_round_trip(id: str | list[str]) -> None:
    assert read_id(id_text(id)) == id


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("nested", [False, True])
@settings(max_examples=60)
@given(made=st.lists(cases, max_size=3))
def test_every_format_round_trips(suffix: str, nested: bool, made: list[dict[str, Any]]) -> None:
    rows = parse_rows(write_rows(made, suffix, nested=nested), suffix)
    read = [{**row.fields, "id": read_id(row.fields["id"])} for row in rows]
    assert same(read, made)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_edited_in_place(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cases{suffix}"
    first: list[dict[str, Any]] = [{"id": "a", "target": 1, "split": "dev"}, {"id": ["b", "c"], "labels": {"x": True}}]
    writer = ValidationFileWriter.create_new(path, first)
    with pytest.raises(CasesFileExistsError, match="exists already"):
        ValidationFileWriter.create_new(path, first)
    assert writer.read_cases() == first
    writer.upsert_case({"id": ["c", "b"], "labels": {"x": False}})
    writer.upsert_case({"id": "d", "target": None, "split": "dev"})
    assert [case["id"] for case in writer.read_cases()] == ["a", "d", ["c", "b"]]
    assert writer.find_case_index(writer.read_cases(), ["b", "c"]) == 2
    assert writer.delete_case("a")
    assert not writer.delete_case("a")
    assert targets(validation_set(path).cases) == [("d", None), (["c", "b"], {"x": False})]
    with pytest.raises(ConfigError, match="Case 1 cannot be written"):
        writer.write_cases([{"id": "x"}])
    assert len(writer.read_cases()) == 2


def test_editing_keeps_nested_splits_and_other_fields(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(
        "- split: dev\n  cases:\n    - id: a\n      target: 1\n      note: check: twice\n".replace("check: ", "check ")
    )
    writer = ValidationFileWriter(path)
    writer.upsert_case({"id": "b", "target": 2, "split": "dev"})
    assert path.read_text().startswith("- split: dev\n  cases:\n    - id: a\n      target: 1\n")
    assert writer.read_cases()[0]["note"] == "check twice"
    assert [case["split"] for case in writer.read_cases()] == ["dev", "dev"]


def test_files_of_cases_are_found(tmp_path: Path) -> None:
    for folder in ("sub", ".hidden", "node_modules"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cases.csv").write_text("id,target\na,1\n")
    (tmp_path / "other.json").write_text('{"id": 1}')
    (tmp_path / "data.csv").write_text("a,b,c\n1,2,3\n")
    assert scan_validation_files(tmp_path) == [str(tmp_path / "sub" / "cases.csv")]
    assert not is_validation_file(tmp_path / "other.json")
    assert not is_validation_file(tmp_path / "none.yaml")
