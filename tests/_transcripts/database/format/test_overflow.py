"""Metadata with keys of its own for each transcript: bounded columns, equal values, exact conditions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError, Transcript, TranscriptsDB, UnknownNameError, columns, transcripts_db
from inspect_scout._transcripts.database.format.overflow import MAX_KEY_COLUMNS, OVERFLOW
from support.foreign import record, write_data, write_index
from support.shapes import is_list, is_mapping
from support.stores import ALL
from support.transcripts import talk

_parquet: Any = pq  # the stubs leave its types open

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(115)]

FIELDS = 25  # columns of the format, and the one of file names
VALUES: Sequence[Any] = (
    1,
    "1",
    1.5,
    True,
    "true",
    {"a": [1, {"b": "2"}]},
    [],
    "{not json",
    " 5",
    math.inf,
    2**80,
    "é\n",
)


def own(number: int, keys: int = 10) -> dict[str, Any]:
    """Make metadata of which two keys are shared by all."""
    mine = {f"k{number}_{key}": VALUES[(number + key) % len(VALUES)] for key in range(keys)}
    return {"number": number, "flag": number % 2 == 0, **mine}


def with_metadata(number: int, metadata: Mapping[str, Any]) -> Transcript:
    """Make a transcript with some metadata."""
    return talk(number).model_copy(update={"metadata": dict(metadata)})


async def metadata(location: Path | str) -> dict[str, dict[str, Any]]:
    """Read all metadata, as a program would that has just been started."""
    return {info.transcript_id: dict(info.metadata) async for info in transcripts_db(location).select()}


def widths(location: Path) -> dict[str, int]:
    """Count the columns of each file."""
    files = [path for pattern in ("*.parquet", "_index/*.idx") for path in location.glob(pattern)]
    return {path.name: _parquet.read_metadata(path).num_columns for path in files}


def typed(value: Any) -> Any:
    """Give a value with the types in it, so that 1 differs from True and from 1.0."""
    if is_mapping(value):
        return {key: typed(item) for key, item in value.items()}
    if is_list(value):
        return [typed(item) for item in value]
    return type(value).__name__, repr(value)


async def assert_whole(location: Path, expected: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold what is read against what was written, before and after each kind of upkeep."""
    db = transcripts_db(location)
    for look_after in (None, db.rebuild_index, db.compact, db.rebuild_index):
        if look_after is not None:
            await look_after()
        assert {id: typed(values) for id, values in (await metadata(location)).items()} == {
            id: typed(values) for id, values in expected.items()
        }
        assert max(widths(location).values()) <= FIELDS + MAX_KEY_COLUMNS + len((OVERFLOW,))
        assert (await transcripts_db(location).verify(deep=True)).ok


async def test_own_keys_make_no_columns_and_read_back_equal(tmp_path: Path) -> None:
    given = {f"t{number}": own(number) for number in range(300)}
    await transcripts_db(tmp_path).insert(with_metadata(n, values) for n, values in enumerate(given.values()))
    (data,) = tmp_path.glob("*.parquet")
    names = _parquet.read_schema(data).names
    assert {"number", "flag", OVERFLOW} <= set(names)
    assert not [name for name in names if name.startswith("k")]
    await assert_whole(tmp_path, given)


async def test_own_keys_of_many_commits_stay_bounded(tmp_path: Path) -> None:
    given = {f"t{number}": own(number) for number in range(20)}
    for number, values in enumerate(given.values()):
        await transcripts_db(tmp_path).insert([with_metadata(number, values)])
    await assert_whole(tmp_path, given)


async def test_few_keys_are_columns_as_ever(tmp_path: Path) -> None:
    given = [with_metadata(n, {"shared": n, f"rare{n}": "x"}) for n in range(MAX_KEY_COLUMNS - 1)]
    await transcripts_db(tmp_path).insert(given)
    (data,) = tmp_path.glob("*.parquet")
    assert _parquet.read_schema(data).names[FIELDS:] == sorted({key for t in given for key in t.metadata})


async def test_keys_that_became_common_are_columns_of_the_index(tmp_path: Path) -> None:
    for number in range(20):
        keys = {f"a{number}_{key}": key for key in range(MAX_KEY_COLUMNS)}
        await transcripts_db(tmp_path).insert([with_metadata(number, {**keys, "z_shared": number})])
    (manifest,) = (tmp_path / "_index").glob("_manifest*.idx")
    assert "z_shared" in _parquet.read_schema(manifest).names
    assert await transcripts_db(tmp_path).count("z_shared >= 5") == 15


@pytest.mark.parametrize("keys", [2_000, 1_000_000])
async def test_a_transcript_with_very_many_keys_does_not_lose_the_database(tmp_path: Path, keys: int) -> None:
    await transcripts_db(tmp_path).insert([with_metadata(0, {"shared": 1})])
    many = {f"key{n}": n for n in range(keys)}
    await transcripts_db(tmp_path).insert([with_metadata(1, many)])
    await transcripts_db(tmp_path).insert([with_metadata(2, {"shared": 2})])
    assert await metadata(tmp_path) == {"t0": {"shared": 1}, "t1": many, "t2": {"shared": 2}}
    assert await transcripts_db(tmp_path).transcript_ids(f"key{keys - 1} = {keys - 1}") == {
        "t1": (await transcripts_db(tmp_path).transcript_ids())["t1"]
    }
    assert max(widths(tmp_path).values()) <= FIELDS + MAX_KEY_COLUMNS + 1


ODD_KEYS = (
    "x" * 100_000,
    "Number",
    "NUMBER",
    "Score",
    "MESSAGES",
    "FileName",
    OVERFLOW,
    OVERFLOW.upper(),
    "a.b",
    "a.b.c",
    "a",
    'with "quotes"',
    "with 'single'",
    "back\\slash",
    "a[0]",
    "a['b']",
    "new\nline",
    "\x1f",
    " ",
    "é\u202e",
    "ß",
    "SS",
    "null",
    "ORDER",
    "😀",
)


async def test_odd_keys_read_back_and_are_found(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path)
    given = {"number": 0, **{key: position for position, key in enumerate(ODD_KEYS)}}
    filler = {f"k{n}_{key}": key for n in range(3) for key in range(MAX_KEY_COLUMNS)}
    await db.insert([with_metadata(0, given)])
    await db.insert([with_metadata(1, filler)])
    await db.insert([with_metadata(2, {**filler, **given})])
    await assert_whole(tmp_path, {"t0": given, "t1": filler, "t2": {**filler, **given}})
    for position, key in enumerate(ODD_KEYS):
        assert set(await transcripts_db(tmp_path).transcript_ids(columns[key] == position)) == {"t0", "t2"}, key
        assert await transcripts_db(tmp_path).distinct(key) == [position, None], key


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "score", "filename"])
async def test_keys_that_are_refused_leave_the_database_as_it_was(tmp_path: Path, key: str) -> None:
    db = transcripts_db(tmp_path)
    await db.insert([with_metadata(0, own(0))])
    with pytest.raises(ConfigError):
        await db.insert([with_metadata(1, {key: 1})])
    assert await metadata(tmp_path) == {"t0": own(0)}


async def test_types_that_change_between_commits_stay(tmp_path: Path) -> None:
    given: dict[str, dict[str, Any]] = {}
    for number, value in enumerate(VALUES):
        # A column in one file, in the rest of the next.
        filler = {f"f{number}_{key}": key for key in range(MAX_KEY_COLUMNS if number % 2 else 1)}
        given[f"t{number}"] = {**filler, "zz": value}
        await transcripts_db(tmp_path).insert([with_metadata(number, given[f"t{number}"])])
    await assert_whole(tmp_path, given)


def nested(depth: int) -> Any:
    """Make a list in a list in a list."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


async def test_deep_and_huge_values_beside_others(tmp_path: Path) -> None:
    given = {**own(0, 200), "deep": nested(300), "huge": "x" * 5_000_000, "list": list(range(100_000))}
    await transcripts_db(tmp_path).insert([with_metadata(0, given), with_metadata(1, own(1, 200))])
    await assert_whole(tmp_path, {"t0": given, "t1": own(1, 200)})


async def test_what_is_nested_too_deep_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert([with_metadata(0, own(0, 200))])
    with pytest.raises(ConfigError, match="cannot be written as JSON"):
        await transcripts_db(tmp_path).insert([with_metadata(1, {**own(1, 200), "deep": nested(100_000)})])
    assert await metadata(tmp_path) == {"t0": own(0, 200)}


async def _narrow_and_wide(folder: Path) -> tuple[TranscriptsDB, TranscriptsDB]:
    """Make two databases of the same transcripts, of which one has all keys as columns and one has most in its rest."""
    few, many = transcripts_db(folder / "few"), transcripts_db(folder / "many")
    filler = {f"x{n}_{key}": key for n in range(2) for key in range(MAX_KEY_COLUMNS)}
    for number in range(12):
        rare = {"rare": VALUES[number]} if number % 3 else {}
        nested_key = {"tree": {"leaf": number, "odd.key": [number]}} if number > 5 else {}
        mine = {"name": f"n{number}", "level": number / 2, **rare, **nested_key}
        await few.insert([with_metadata(number, mine)])
        # In some files the keys are columns, in others they are not.
        await many.insert([with_metadata(number, {**mine, **(filler if number % 4 else {})})])
    return few, many


CONDITIONS = (
    "rare = 1",
    "rare = '1'",
    "rare > 1",
    "rare IS NULL",
    "rare IS NOT NULL",
    "rare IN (1.5, 'true')",
    "rare NOT IN (1, 2)",
    "rare != 1.5",
    "NOT (rare = 1.5)",
    "rare LIKE '%not%'",
    "rare BETWEEN 0 AND 2",
    "rare",
    "tree.leaf > 7",
    "tree['odd.key'][0] = 9",
    "tree.nothing IS NULL",
    "level > 2 AND rare IS NOT NULL",
    "level = 0.5 OR tree.leaf = 11",
    "name = 'n3'",
    "metadata_rest IS NULL",
)


async def test_conditions_give_the_same_answers_wherever_a_key_is(tmp_path: Path) -> None:
    few, many = await _narrow_and_wide(tmp_path)
    for condition in CONDITIONS:
        answers: list[Any] = []
        for db in (few, many):
            try:
                answers.append(list(await db.transcript_ids(condition)))
            except ConfigError as error:
                answers.append(type(error))
        assert answers[0] == answers[1], condition


async def test_orders_counts_and_distinct_values_are_the_same_wherever_a_key_is(tmp_path: Path) -> None:
    from inspect_scout import transcripts_from

    few, many = await _narrow_and_wide(tmp_path)
    for name in ("rare", "level", "name", "tree.leaf"):
        orders: list[list[str]] = []
        for db in (few, many):
            async with transcripts_from(db.location).order_by(columns[name], "DESC").reader() as reader:
                orders.append([info.transcript_id async for info in reader.index()])
        assert orders[0] == orders[1]
    for name in ("rare", "level", "name", "tree"):
        first, second = await few.distinct(name), await many.distinct(name)
        assert typed(first) == typed(second)
        assert await few.distinct(name, "level > 3") == await many.distinct(name, "level > 3")
    assert await few.count(columns["tree"].is_not_null()) == await many.count(columns["tree"].is_not_null()) == 6


async def test_an_unknown_key_is_refused_and_rare_ones_are_suggested(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert(with_metadata(n, own(n)) for n in range(50))
    db = transcripts_db(tmp_path)
    for ask in (db.count("k17_33 = 1"), db.distinct("k17_33")):
        with pytest.raises(UnknownNameError, match="k17_3"):
            await ask


async def test_statistics_tell_of_keys(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert(with_metadata(n, own(n)) for n in range(50))
    stats = await transcripts_db(tmp_path).stats()
    assert (stats.metadata_columns, stats.other_keys) == (2, 500)


def _wide(folder: Path, rows: int, own_keys: int) -> dict[str, dict[str, Any]]:
    """Write a database as another program would, with a column for every key."""
    values = {f"f{n}": {"shared": n, **{f"k{n}_{key}": key for key in range(own_keys)}} for n in range(rows)}
    name = "transcripts_20250101T120001_00000001.parquet"
    table = write_data(folder, name, [record(id, **keys) for id, keys in values.items()])
    write_index(folder, "_manifest_20250101T120002_aaaaaaaa.idx", (name, table))
    return values


async def test_a_database_of_thousands_of_columns_is_read_and_gets_better(tmp_path: Path) -> None:
    values = _wide(tmp_path, 30, 70)
    assert max(widths(tmp_path).values()) > 2_000
    assert await metadata(tmp_path) == values
    assert await transcripts_db(tmp_path).count("k7_3 = 3") == 1
    await transcripts_db(tmp_path).insert([with_metadata(0, {"shared": 9})])
    found = widths(tmp_path)
    assert max(count for name, count in found.items() if name.endswith(".idx")) <= FIELDS + MAX_KEY_COLUMNS + 1
    await transcripts_db(tmp_path).compact()
    await assert_whole(tmp_path, {**values, "t0": {"shared": 9}})


async def test_an_index_of_ours_with_too_many_columns_is_replaced_at_the_next_commit(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert([with_metadata(0, {"shared": 1})])
    (index,) = (tmp_path / "_index").glob("*.idx")
    table = _parquet.read_table(index)
    for key in range(300):
        table = table.append_column(f"key{key}", pa.array([key]))
    _parquet.write_table(table, index)
    await transcripts_db(tmp_path).insert([with_metadata(1, {"shared": 2})])
    found = [count for name, count in widths(tmp_path).items() if name.endswith(".idx")]
    assert max(found) <= FIELDS + MAX_KEY_COLUMNS + 1
    assert await transcripts_db(tmp_path).count("key299 = 299") == 1


async def test_footers_beyond_the_limits_of_arrow_are_read(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert([with_metadata(0, {"shared": 1})])
    (path,) = (tmp_path / "_index").glob("*.idx")
    table = _parquet.read_table(path)
    with _parquet.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"note": "x" * 100_000_001})
    with pytest.raises(OSError, match="limit"):
        _parquet.ParquetFile(path)
    assert await metadata(tmp_path) == {"t0": {"shared": 1}}


async def test_rows_of_a_copied_table_keep_their_rest(tmp_path: Path) -> None:
    await transcripts_db(tmp_path / "a").insert(with_metadata(n, own(n)) for n in range(30))
    (data,) = (tmp_path / "a").glob("*.parquet")
    await transcripts_db(tmp_path / "b").insert(_parquet.ParquetFile(data).read().to_reader())
    assert await metadata(tmp_path / "b") == await metadata(tmp_path / "a")


async def test_a_column_of_that_name_in_another_program_is_a_key_like_any(tmp_path: Path) -> None:
    table = write_data(tmp_path, "mine.parquet", [record("a", **{OVERFLOW: "hello"}), record("b", **{OVERFLOW: "[1]"})])
    assert OVERFLOW in table.column_names
    for _ in range(2):
        assert await metadata(tmp_path) == {"a": {OVERFLOW: "hello"}, "b": {OVERFLOW: [1]}}
        assert await transcripts_db(tmp_path).count(columns[OVERFLOW] == "hello") == 1
        await transcripts_db(tmp_path).rebuild_index()
        await transcripts_db(tmp_path).compact()


keys = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda key: key not in {"id", "score"}
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
flat = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)
trees = flat | st.lists(flat, max_size=2) | st.dictionaries(st.text(max_size=3), flat, max_size=2)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.dictionaries(keys, st.text('abc1{[ "\\', max_size=4) | st.booleans() | trees, max_size=6), max_size=6)
)
async def test_whatever_is_given_comes_back(
    tmp_path_factory: pytest.TempPathFactory, given: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("database")
    filler = {f"filler{key}": key for key in range(2 * MAX_KEY_COLUMNS)}
    expected = {
        f"t{n}": {**(filler if n % 2 else {}), **{k: v for k, v in values.items() if v is not None}}
        for n, values in enumerate(given)
    }
    for n, values in enumerate(expected.values()):
        await transcripts_db(folder).insert([with_metadata(n, values)])
    assert await metadata(folder) == expected
    await transcripts_db(folder).compact()
    assert await metadata(folder) == expected


async def test_content_is_read_from_files_of_many_columns(tmp_path: Path) -> None:
    _wide(tmp_path, 10, 300)
    db = transcripts_db(tmp_path)
    said = {info.transcript_id: (await db.read(info, ALL)).messages[0].text async for info in db.select()}
    assert said == {f"f{n}": f"I am f{n}" for n in range(10)}


async def test_databases_and_memory_give_the_same_answers(tmp_path: Path) -> None:
    from inspect_scout import transcripts_from

    given = [with_metadata(n, own(n)) for n in range(60)]
    await transcripts_db(tmp_path).insert(given)
    conditions = ("k7_1 IS NOT NULL", "k7_3 = 1", "k7_2 LIKE '%b%' OR number > 57", "flag AND k8_0 IS NULL")
    for condition in conditions:
        answers: list[list[str]] = []
        for chosen in (transcripts_from(str(tmp_path)), transcripts_from(given)):
            async with chosen.where(condition).shuffle(3).reader() as reader:
                answers.append([info.transcript_id async for info in reader.index()])
        assert answers[0] == answers[1], condition
