"""Arguments of scanners follow the annotations of the parameters: what was typed is read, data are checked."""

from __future__ import annotations

import datetime as dt
import enum
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, Optional, TypeAlias
from uuid import UUID

import pytest
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import Model

from inspect_scout import ConfigError, Result, Scanner, Transcript, scanner
from inspect_scout._scanners import ArgumentText, scanner_config, scanner_create, typed_arguments


class Color(enum.Enum):
    RED = "r"
    BLUE = 2


class Level(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


Names: TypeAlias = list[str]
Score = NewType("Score", int)


def taking(hint: Any) -> Callable[..., Any]:
    def factory(value: Any) -> None:
        """Take one argument."""

    factory.__annotations__ = {"value": hint}
    return factory


def typed(hint: Any, text: str) -> Any:
    return typed_arguments(taking(hint), {"value": ArgumentText(text)}, "scanner 's'")["value"]


def checked(hint: Any, value: Any) -> Any:
    return typed_arguments(taking(hint), {"value": value}, "scanner 's'")["value"]


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        *(
            (str, text, text)
            for text in ("no", "007", "1.10", "x,y", "null", "1e5", "", " a ", "[1]", "'q'", "2026-01-05")
        ),
        (list[str], "a,b", ["a", "b"]),
        (list[str], "007, no ,1.10", ["007", "no", "1.10"]),
        (list[str], '"a,b",c', ["a,b", "c"]),
        (list[str], '["a,b", "c"]', ["a,b", "c"]),
        (list[str], "[a, 007, 'b,c']", ["a", "007", "b,c"]),
        (list[str], "one", ["one"]),
        (list[str], "", []),
        (list[str], 'say "x", y', ['say "x"', "y"]),
        (Names, "a,b", ["a", "b"]),
        (Sequence[str], "a,b", ["a", "b"]),
        (Iterable[str], "a,b", ["a", "b"]),
        (list, "1,a", [1, "a"]),
        (list[int], "1, 2", [1, 2]),
        (list[int], "[1, 2]", [1, 2]),
        (list[float], "1,2.5", [1.0, 2.5]),
        (list[bool], "yes,0", [True, False]),
        (list[Literal["a", "b"]], "b,a", ["b", "a"]),
        (list[list[int]], "[[1], [2, 3]]", [[1], [2, 3]]),
        (list[str] | None, "null", None),
        (tuple[int, ...], "1,2", (1, 2)),
        (tuple[int, str], "1,007", (1, "007")),
        (set[str], "a,b,a", {"a", "b"}),
        (frozenset[int], "1,1", frozenset({1})),
        (int, "12", 12),
        (int, " -3 ", -3),
        (int, "007", 7),
        (int, "99999999999999999999999999", 99999999999999999999999999),
        (Score, "3", 3),
        (Annotated[int, "n"], "3", 3),
        (float, "1e5", 100000.0),
        (float, ".5", 0.5),
        (float, "3", 3.0),
        (Decimal, "1.10", Decimal("1.10")),
        *((bool, text, True) for text in ("true", "True", "yes", "on", "1")),
        *((bool, text, False) for text in ("false", "no", "NO", "off", "0")),
        (Literal["a", "no", "1.0"], "no", "no"),
        (Literal["a", "no", "1.0"], "1.0", "1.0"),
        (Literal[1, 2], "2", 2),
        (Literal["auto", True], "true", True),
        (Literal["auto", False], "no", False),
        (Literal["a"] | None, "null", None),
        (Literal[Color.RED], "RED", Color.RED),
        (int | None, "3", 3),
        (int | None, "none", None),
        (Optional[int], "", None),  # noqa: UP045 - the older way to write it
        (str | None, "null", None),
        (str | None, "none", "none"),
        (str | None, "", ""),
        (str | int, "7", 7),
        (int | str, "007", "007"),
        (int | str, "1,000", "1,000"),
        (float | str, "1.5", 1.5),
        (float | str, "1.10", "1.10"),
        (float | str, "1e5", "1e5"),
        (int | float, "3", 3),
        (float | int, "3.5", 3.5),
        (bool | int, "1", 1),
        (bool | int, "yes", True),
        (bool | str, "true", True),
        (bool | str, "yes", "yes"),
        (Literal["auto"] | int, "auto", "auto"),
        (Literal["auto"] | int, "5", 5),
        (Literal["none"] | None, "none", "none"),
        (str | list[str], "a,b", "a,b"),
        (str | list[str], '["a", "b"]', ["a", "b"]),
        (str | list[str], "[ab]+", "[ab]+"),
        (str | list[str], "[ab]", "[ab]"),
        (str | Path, "a/b", "a/b"),
        (str | dict[str, int], '{"a": 1}', {"a": 1}),
        (str | dict[str, int], "{a: 1}", "{a: 1}"),
        (Path, "a b/c.csv", Path("a b/c.csv")),
        (Path | None, "null", None),
        (Color, "r", Color.RED),
        (Color, "BLUE", Color.BLUE),
        (Color, "2", Color.BLUE),
        (Level, "high", Level.HIGH),
        (Level | None, "LOW", Level.LOW),
        (dt.date, "2026-01-05", dt.date(2026, 1, 5)),
        (dt.datetime, "2026-01-05T10:00", dt.datetime(2026, 1, 5, 10)),
        (dt.date | str, "2026-01-05", dt.date(2026, 1, 5)),
        (dt.date | str, "soon", "soon"),
        (UUID, "12345678-1234-5678-1234-567812345678", UUID("12345678-1234-5678-1234-567812345678")),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (dict[str, int], "{a: 1}", {"a": 1}),
        (dict[str, str], "{a: 007, b: no}", {"a": "007", "b": "no"}),
        (dict[int, str], '{"1": "a"}', {1: "a"}),
        (Mapping[str, list[int]], "{a: [1, 2]}", {"a": [1, 2]}),
        (dict, '{"a": [1]}', {"a": [1]}),
        (Any, "no", False),
        (object, "1,2", ["1", "2"]),
        (Model | str, "007", "007"),
        (Callable | None, "3", 3),
        (typing.TypeVar("N", bound=int), "3", 3),
    ],
)
def test_what_was_typed_is_read_as_the_annotation_says(hint: Any, text: str, value: Any) -> None:
    found = typed(hint, text)
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, list):
        assert list(map(type, found)) == list(map(type, value))  # pyright: ignore[reportUnknownArgumentType]


@pytest.mark.parametrize(
    ("hint", "text", "said"),
    [
        (int, "1,000", "Write a whole number, in digits alone, as in -S value=1000."),
        (int, "1.5", "Write a whole number"),
        (int, "1_000", "Write a whole number"),
        (int, "1e3", "Write a whole number"),
        (int, "true", "Write a whole number"),
        (int, "", "Write a whole number"),
        (int, "१२", "Write a whole number"),
        (int, "9" * 5000, "Write a whole number"),
        (float, "1,5", "Write a number, with a point and no commas, as in -S value=0.5."),
        (float, "nan", "Write a number"),
        (float, "1e999", "Write a number"),
        (bool, "2", "Write true or false (also yes, no, on, off, 1, 0)."),
        (bool, "", "Write true or false"),
        (Literal["low", "high", 3], "medium", "Write one of 'low', 'high', '3'."),
        (Color, "green", "Write one of RED (r), BLUE (2)."),
        (Level, "mid", "Write one of LOW (low), HIGH (high)."),
        (Path, "", "Write the path of a file or folder, as in -S value=data/cases.csv."),
        (int | None, "x", "Write a whole number, in digits alone or null, as in -S value=1000."),
        (list[int], "1,x", "Write a list, each of it a whole number, in digits alone, as in -S value=1000,1000."),
        (list[str], "[1, 2]", "Write a list, each of it text, as in -S value=a,a."),
        (list[str], "[a", "Write a list"),
        (list[str], "[*a]", "Write a list"),
        (list[dict[str, int]], "a,b", "Write a list, each of it a JSON object, each value a whole number"),
        (tuple[int, str], "1", "Write a list of 2: a whole number, in digits alone, then text."),
        (dict[str, int], "a", "Write a JSON object, each value a whole number, in digits alone."),
        (dict[str, int], '{"a": "x"}', "Write a JSON object"),
        (dict, "3", "Write a JSON object, as in -S value='{\"key\": 1}'."),
        (dt.date, "5.1.2026", "Write a date, as in -S value=2026-01-31."),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_allowed(hint: Any, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        typed(hint, text)
    message = str(refused.value)
    shown = repr(text) if len(text) < 100 else repr(text)[:100]
    assert message.startswith(f"Argument 'value' of scanner 's' is not allowed: value={shown}")
    assert said in message


@pytest.mark.parametrize(
    ("hint", "data", "value"),
    [
        (str, "3", "3"),
        (int, 3, 3),
        (float, 3, 3),
        (float, 0.5, 0.5),
        (bool, True, True),
        (bool, "no", False),
        (bool, "Yes", True),
        (list[str], ["a"], ["a"]),
        (list[str], ("a",), ["a"]),
        (tuple[int, ...], [1, 2], (1, 2)),
        (set[str], ["b", "a"], {"a", "b"}),
        (Path, "x", Path("x")),
        (str | Path, "x", "x"),
        (Color, 2, Color.BLUE),
        (Color, "RED", Color.RED),
        (Level, "low", Level.LOW),
        (Literal["a", 1], 1, 1),
        (int | None, None, None),
        (dt.date, "2026-01-05", dt.date(2026, 1, 5)),
        (dt.datetime | str, "2026-01-05", dt.datetime(2026, 1, 5)),
        (dict[str, Path], {"a": "x"}, {"a": Path("x")}),
        (dict[int, str], {"1": "x"}, {1: "x"}),
        (list[int | str], [1, "a"], [1, "a"]),
        (str | list[str], ["a"], ["a"]),
        (Any, "no", "no"),
        (Model | str, 3, 3),
    ],
)
def test_data_are_checked_and_made_what_files_cannot_hold(hint: Any, data: Any, value: Any) -> None:
    found = checked(hint, data)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("hint", "data", "said"),
    [
        (str, 7, "value=7. Write text. In a file, put it in quotes."),
        (str, 1.1, "put it in quotes"),
        (str, False, "put it in quotes"),
        (str, None, "value=None. Write text."),
        (str, ["x", "y"], "Write text"),
        (int, "3", "value='3'. Write a whole number"),
        (int, "1,000", "Write a whole number"),
        (int, 1.5, "Write a whole number"),
        (int, True, "Write a whole number"),
        (float, "0.5", "Write a number"),
        (bool, 1, "Write true or false"),
        (bool, "maybe", "Write true or false"),
        (list[str], "ab", "Write a list"),
        (list[str], [1], "Write a list"),
        (Sequence[str], "ab", "Write a list"),
        (Literal["1"], 1, "Write one of '1'"),
        (Literal[1], True, "Write one of '1'"),
        (int | None, "null", "Write a whole number, in digits alone or null."),
        (dict[str, int], {"a": "b"}, "Write a JSON object"),
        (dict[str, int], [1], "Write a JSON object"),
        (Path, 3, "Write the path"),
    ],
)
def test_data_that_do_not_fit_are_refused(hint: Any, data: Any, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        checked(hint, data)
    assert said in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_kept_by_text_and_read_or_refused_by_everything_else(text: str) -> None:
    assert typed(str, text) == text
    for hint in (
        int,
        float,
        bool,
        list[str],
        dict[str, int],
        int | str,
        Path,
        dt.date,
        Any,
        Literal["a"],
        list[list[str]],
    ):
        try:
            found = typed(hint, text)
        except ConfigError:
            continue
        assert found is not ...


@given(st.lists(st.text(max_size=8), max_size=4))
def test_json_gives_every_list_of_text(items: list[str]) -> None:
    import json

    assert typed(list[str], json.dumps(items)) == items


@scanner(messages="all")
def kept(
    text: str = "",
    names: list[str] | None = None,
    path: Path = Path(),
    color: Color = Color.RED,
    day: dt.date | None = None,
    words: frozenset[str] = frozenset(),
    cost: Decimal = Decimal(0),
    later: Further | None = None,
    table: dict[int, dt.date] | None = None,
    on: bool = False,
) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=True, metadata={"given": [text, names, path, color, day, words, cost, later, table, on]})

    return scan


class Further(enum.Enum):
    """Defined after the factory that names it."""

    ONE = 1


def test_recorded_arguments_make_the_same_scanner_again() -> None:
    values: dict[str, Any] = {
        "text": "007",
        "names": ["no", "1.10"],
        "path": Path("a/b"),
        "color": Color.BLUE,
        "day": dt.date(2026, 1, 5),
        "words": frozenset({"b", "a"}),
        "cost": Decimal("1.10"),
        "later": Further.ONE,
        "table": {1: dt.date(2026, 1, 5)},
    }
    params = scanner_config(kept(**values)).params
    assert params == {
        "text": "007",
        "names": ["no", "1.10"],
        "path": "a/b",
        "color": 2,
        "day": "2026-01-05",
        "words": ["a", "b"],
        "cost": "1.10",
        "later": 1,
        "table": {"1": "2026-01-05"},
    }
    assert typed_arguments(kept, params, "scanner 'kept'") == values
    assert scanner_config(scanner_create("kept", params)).params == params


def test_a_registered_scanner_checks_its_arguments_before_it_is_made() -> None:
    with pytest.raises(ConfigError, match=r"Argument 'text' of scanner 'kept' is not allowed: text=7\. Write text"):
        scanner_create("kept", {"text": 7})


def test_what_a_scan_ran_with_is_taken_again_though_it_does_not_fit() -> None:
    params = {"text": 7, "path": "x", "on": "no"}
    assert typed_arguments(kept, params, "scanner 'kept'", strict=False) == {**params, "path": Path("x")}


Rows = typing_extensions.TypeAliasType("Rows", list[list[int]])


def test_aliases_and_deep_types_are_read_and_described() -> None:
    assert typed(Rows, "[[1], [2, 3]]") == [[1], [2, 3]]
    with pytest.raises(
        ConfigError, match="Write a list, each of it a list, each of it a whole number, in digits alone"
    ):
        typed(Rows, "[[1], [x]]")
    with pytest.raises(ConfigError, match=r"Write a list, each of it a list, each of it a list, each of it a list\.$"):
        typed(list[list[list[list[int]]]], "x")


def test_arguments_of_any_name_follow_their_common_annotation() -> None:
    def factory(**others: int) -> None:
        """Take anything."""

    given = {"a": ArgumentText("3")}
    assert typed_arguments(factory, given, "scanner 's'") == {"a": 3}
    with pytest.raises(ConfigError, match="'a' of scanner 's'"):
        typed_arguments(factory, {"a": ArgumentText("x")}, "scanner 's'")
