"""Data files: as we write them, as others write them, and broken ones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError, LocationError, LogReadError
from inspect_scout._transcripts.contract import Cell, RawTranscript
from inspect_scout._transcripts.database.files import data_file_writer
from inspect_scout._transcripts.database.files.data_file import DataFile
from inspect_scout._transcripts.database.files.data_file_writer import DataFileWriter
from inspect_scout._transcripts.database.format.schema import CONTENT_COLUMNS, INDEX_COLUMNS, SCHEMA_COLUMNS
from support.databases import parquet_schema, write_parquet, write_rows

GROUP, SMALL_GROUP = data_file_writer.GROUP_BYTES, data_file_writer.SMALL_GROUP_BYTES


def row(id: str, messages: bytes | None = b"[]", **columns: Cell) -> RawTranscript:
    """Make a row of which only the messages matter."""
    cells: dict[str, Cell] = {c.name: None for c in INDEX_COLUMNS if c.name != "transcript_id"}
    return RawTranscript(id, {**cells, **columns}, messages, None, None, None)


def groups(path: Path) -> list[int]:
    """Rows of each row group."""
    reader: Any = pq.ParquetFile(path)
    return [reader.metadata.row_group(group).num_rows for group in range(reader.num_row_groups)]


def column(table: pa.Table, name: str) -> list[Any]:
    return table.column(name).to_pylist()


def joined(file: DataFile, row: int, name: str) -> bytes:
    """Read a cell piece by piece."""
    with file.open_bytes() as raw:
        return b"".join(file.read_in_pieces(raw, row, name))


def write_table(path: Path, columns: dict[str, Any], **options: Any) -> DataFile:
    """Write a file as another program would."""
    return DataFile(str(write_parquet(path, columns, **options)))


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    given = [row(f"t{i}", b'["%d"]' % i, task_repeat=i, model="m", extra=i / 2, odd=None) for i in range(60)]
    write_rows(tmp_path, given)
    file = DataFile(str(tmp_path / "transcripts_a.parquet"))
    assert file.rows == 60
    assert list(file.read_rows(range(60))) == given
    assert [t.transcript_id for t in file.read_rows([59, 0, 30])] == ["t59", "t0", "t30"]
    assert [file.find_row(f"t{i}") for i in (0, 41)] == [0, 41]
    assert file.find_row("none") is None


def test_what_the_writer_tells_is_what_the_file_says(tmp_path: Path) -> None:
    given = [row(f"t{i}", extra=i if i < 30 else "late") for i in range(40)]
    written = write_rows(tmp_path, given)
    assert written.equals(DataFile(str(tmp_path / "transcripts_a.parquet")).read_index_columns())
    assert not set(CONTENT_COLUMNS) & set(written.column_names)


def test_columns_stand_in_the_order_of_the_format(tmp_path: Path) -> None:
    write_rows(tmp_path, [row("t", b="x", a="y")])
    assert parquet_schema(tmp_path / "transcripts_a.parquet").names == [*(c.name for c in SCHEMA_COLUMNS), "a", "b"]


def test_row_groups_are_small(tmp_path: Path) -> None:
    big = b'["%b"]' % (b"x" * (GROUP // 3))
    huge = b'["%b"]' % (b"x" * GROUP)
    contents = [b"[]"] * 27 + [big] * 4 + [huge] + [b"[]"] * 2
    write_rows(tmp_path, [row(f"t{i}", content) for i, content in enumerate(contents)])
    assert groups(tmp_path / "transcripts_a.parquet") == [28, 2, 1, 1, 2]


def test_tiny_rows_share_a_row_group(tmp_path: Path) -> None:
    write_rows(tmp_path, [row(f"t{i}") for i in range(1001)])
    assert groups(tmp_path / "transcripts_a.parquet") == [1000, 1]


def test_later_rows_may_have_other_columns_and_types(tmp_path: Path) -> None:
    values: list[dict[str, Cell]] = [{}, {"a": 1}, {"a": 0.5, "b": "x"}, {"a": "text"}, {"c": True}]
    padding = b"x" * (SMALL_GROUP // 24)
    cells = [v for v in values for _ in range(25)]
    given = [row(f"t{i}", b'["%d%b"]' % (i, padding), **own) for i, own in enumerate(cells)]
    written = write_rows(tmp_path, given)
    assert groups(tmp_path / "transcripts_a.parquet") == [25] * 5
    assert column(written, "a")[24:101:25] == [None, " 1", " 0.5", "text"]
    assert column(written, "c")[99:101] == [None, True]
    file = DataFile(str(tmp_path / "transcripts_a.parquet"))
    assert [t.messages for t in file.read_rows(range(125))] == [t.messages for t in given]
    assert file.read_index_columns().equals(written)


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    writer = DataFileWriter(str(tmp_path), "transcripts_x.parquet")
    for i in range(30):
        writer.add(row(f"t{i}"))
    assert writer.ids == {f"t{i}" for i in range(30)}
    assert not list(tmp_path.iterdir())
    writer.abandon()
    assert not list(tmp_path.iterdir())
    other = DataFileWriter(str(tmp_path), "transcripts_y.parquet")
    other.add(row("t"))
    other.close()
    assert [path.name for path in tmp_path.iterdir()] == ["transcripts_y.parquet"]


def test_an_empty_file_has_the_columns_of_the_format(tmp_path: Path) -> None:
    written = write_rows(tmp_path, [])
    assert written.num_rows == 0
    assert DataFile(str(tmp_path / "transcripts_a.parquet")).rows == 0


def test_a_file_is_full_at_its_size(tmp_path: Path) -> None:
    writer = DataFileWriter(str(tmp_path), "transcripts_x.parquet")
    added = 0
    while not writer.full:
        writer.add(row(f"t{added}", None, note="x" * 50_000_000))
        added += 1
    writer.abandon()
    assert added == 10  # a fifth of 50 MB each, of 100 MB


def test_content_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'bad'"):
        write_rows(tmp_path, [row("good"), row("bad", b'["\xff"]')])
    assert not list(tmp_path.iterdir())


def test_sizes_and_fingerprints_are_those_of_the_content(tmp_path: Path) -> None:
    write_rows(tmp_path, [row("a", b"[1]"), row("b", b"[2]"), row("c", b"[1]", model="other")])
    file = DataFile(str(tmp_path / "transcripts_a.parquet"))
    assert [file.content_size(i) for i in range(3)] == [3, 3, 3]
    assert file.fingerprint(0) == file.fingerprint(2) != file.fingerprint(1)
    assert (file.size_beyond(0, 3), file.size_beyond(0, 2)) == (None, 3)


CELLS = st.lists(st.none() | st.text(max_size=40).map(str.encode), min_size=1, max_size=70)


@settings(max_examples=50)
@given(CELLS, st.sampled_from(["zstd", "none", "snappy", "gzip"]), st.booleans(), st.sampled_from(["1.0", "2.0"]))
def test_cells_read_in_pieces_are_those_that_arrow_reads(
    tmp_path_factory: pytest.TempPathFactory, cells: list[bytes | None], codec: str, dictionary: bool, version: str
) -> None:
    texts = [None if cell is None else cell.decode() for cell in cells]
    columns = {"transcript_id": [f"t{i}" for i in range(len(cells))], "messages": pa.array(texts, pa.string())}
    file = write_table(
        tmp_path_factory.mktemp("file") / "x.parquet",
        columns,
        compression=codec,
        use_dictionary=dictionary,
        data_page_version=version,
        data_page_size=64,
        write_batch_size=4,
        row_group_size=20,
    )
    for position, cell in enumerate(cells):
        assert joined(file, position, "messages") == (cell or b"")
        assert file.read_cells(position, ["messages"]) == {"messages": cell}


def test_a_big_cell_is_read_in_small_pieces(tmp_path: Path) -> None:
    text = b'["%b"]' % b",".join(b"%d" % i for i in range(2_000_000))
    write_rows(tmp_path, [row("small"), row("big", text), row("after")])
    file = DataFile(str(tmp_path / "transcripts_a.parquet"))
    with file.open_bytes() as raw:
        pieces = list(file.read_in_pieces(raw, 1, "messages"))
    assert b"".join(pieces) == text
    assert max(map(len, pieces)) <= 256 * 1024
    assert joined(file, 1, "events") == b""


def nested(path: Path) -> DataFile:
    kind = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    messages = pa.array([[{"role": "user", "content": "hi"}], None], kind)
    return write_table(
        path, {"transcript_id": ["a", "b"], "messages": messages, "when": pa.array([0, None], pa.timestamp("s"))}
    )


def test_files_of_other_programs_are_read(tmp_path: Path) -> None:
    file = nested(tmp_path / "lake.parquet")
    first, second = file.read_rows([0, 1])
    assert first.messages == b'[{"role":"user","content":"hi"}]'
    assert first.columns["when"] == "1970-01-01T00:00:00"
    assert (second.messages, second.events, second.columns["when"]) == (None, None, None)
    assert joined(file, 0, "messages") == first.messages
    assert file.content_size(0) > 0
    assert file.size_beyond(0, 10) == len(first.messages)


def test_columns_of_other_types_are_made_to_fit(tmp_path: Path) -> None:
    columns = {
        "transcript_id": pa.array([1, 2], pa.int32()),
        "task_repeat": ["3", "many"],
        "success": pa.array([1, 0], pa.int8()),
        "score": [0.5, None],
        "date": pa.array([0, 1], pa.date32()),
        "filename": ["x", "y"],
        "binary": [b"a", b"\xff"],
    }
    first, second = write_table(tmp_path / "lake.parquet", columns).read_rows([0, 1])
    assert (first.transcript_id, first.columns["task_repeat"], second.columns["task_repeat"]) == ("1", 3, None)
    assert (first.columns["success"], second.columns["success"]) == (True, False)
    assert (first.columns["score"], first.columns["date"]) == ("0.5", "1970-01-01")
    assert "filename" not in first.columns
    assert (first.columns["binary"], second.columns["binary"]) == ("a", "\\xff")


def test_older_names_are_understood(tmp_path: Path) -> None:
    older = {"transcript_id": ["a"], "task_name": ["set"], "eval_created": ["2025"], "solver": ["s"]}
    file = write_table(tmp_path / "old.parquet", {**older, "solver_args": ["{}"], "generate_config": ["{}"]})
    (stored,) = file.read_rows([0])
    names = ("task_set", "date", "agent", "agent_args", "model_options")
    assert [stored.columns[name] for name in names] == ["set", "2025", "s", "{}", "{}"]
    assert [column(file.read_index_columns(), name) for name in names] == [["set"], ["2025"], ["s"], ["{}"], ["{}"]]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match=r"gone\.parquet"):
        DataFile(str(tmp_path / "gone.parquet"))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_what_is_no_parquet_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "transcripts_bad.parquet"
    path.write_bytes(content)
    with pytest.raises(LogReadError, match="transcripts_bad"):
        DataFile(str(path))


def test_a_file_without_ids_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogReadError, match="transcript_id"):
        write_table(tmp_path / "x.parquet", {"messages": ["[]"]})


def read_all(path: str) -> Sequence[object]:
    """Read everything in every way."""
    file = DataFile(path)
    rows = list(file.read_rows(range(file.rows)))
    pieces = [joined(file, i, name) for i, name in itertools.product(range(file.rows), CONTENT_COLUMNS)]
    return [rows, pieces, file.read_index_columns().num_rows]


def test_damage_gives_an_error_that_names_the_file(tmp_path: Path) -> None:
    write_rows(tmp_path, [row(f"t{i}", b'["%b"]' % (b"%d" % i * 500), model=f"m{i}") for i in range(30)])
    whole = (tmp_path / "transcripts_a.parquet").read_bytes()
    broken = tmp_path / "transcripts_b.parquet"
    refused: list[str] = []
    unnoticed: list[int] = []
    for at in range(4, len(whole) - 8, len(whole) // 40):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            broken.write_bytes(damaged)
            try:
                read_all(str(broken))
            except LogReadError as error:
                refused.append(str(error))
            else:
                unnoticed.append(len(damaged))
    assert len(refused) > 20 and all("transcripts_b" in message for message in refused)
    assert set(unnoticed) <= {len(whole)}


def test_a_row_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path, [row("t")])
    with pytest.raises(LogReadError, match="no row 1"):
        DataFile(str(tmp_path / "transcripts_a.parquet")).read_cells(1, ["messages"])
