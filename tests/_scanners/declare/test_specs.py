from __future__ import annotations

import enum
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import get_model
from pydantic import BaseModel

from inspect_scout import ConfigError, UnknownNameError
from inspect_scout._scanners import (
    loader,
    scanner,
    scanner_config,
    scanner_create,
    scanner_fingerprint,
    scanner_specs,
    scanners_from_specs,
)
from inspect_scout._types import Result, Scanner, ScannerSpec, Transcript


class Colour(enum.Enum):
    RED = 1


class Word(enum.StrEnum):
    YES = "yes"


class Settings(BaseModel):
    limit: int = 3


@dataclass
class Record:
    limit: int = 3


@scanner(messages="all", name="spec_probe", version=2)
def probe(value: Any = None, *more: Any, other: Any = 1, **rest: Any) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=repr((value, more, other, rest)))

    return scan


@scanner(messages="all")
def needy(first: str, second: int, third: int = 3) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=first)

    return scan


@loader(messages="all")
def spec_loader(size: int = 1) -> Any:
    async def load(transcript: Transcript) -> AsyncIterator[Transcript]:
        yield transcript

    return load


def params(*args: Any, **kwargs: Any) -> dict[str, Any]:
    return dict(scanner_config(probe(*args, **kwargs)).params)


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        ("text", "text"),
        (3, 3),
        (2.5, 2.5),
        (True, True),
        (None, None),
        ((1, ("a",)), [1, ["a"]]),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        (Path("/x/y.txt"), "/x/y.txt"),
        (Word.YES, "yes"),
    ],
)
def test_what_json_holds_is_recorded(value: Any, recorded: Any) -> None:
    assert params(value) == {"value": recorded}


def test_defaults_are_left_out_and_keywords_flattened() -> None:
    assert params() == {}
    assert params(1, 2, 3, other=4, extra=5) == {"value": 1, "more": [2, 3], "other": 4, "extra": 5}


def test_models_and_registered_things_can_be_made_again_without_their_secrets() -> None:
    recorded = params(get_model("mockllm/model", api_key="secret", aws_thing="x", plain="y"), other=spec_loader(2))
    assert recorded["value"]["model"] == "mockllm/model"
    assert recorded["value"]["model_args"] == {"plain": "y"}
    assert recorded["other"] == {"type": "loader", "name": "spec_loader", "params": {"size": 2}}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (lambda: 1, "function '<lambda>'"),
        (len, "function 'len'"),
        (Settings, "class 'Settings'"),
        (Settings(), "object of class 'Settings'"),
        (Record(), "object of class 'Record'"),
        ({1, 2}, "object of class 'set'"),
        (b"bytes", "object of class 'bytes'"),
        (Colour.RED, "object of class 'Colour'"),
        ({1: "a"}, "object of class 'dict'"),
        (object(), "object of class 'object'"),
        ([{"deep": Settings()}], "object of class 'Settings'"),
    ],
)
def test_what_json_cannot_hold_stops_the_scanner_from_being_made_again(value: Any, shown: str) -> None:
    (spec,) = scanner_specs({"probe": probe(value)}).values()
    assert ScannerSpec.model_validate_json(spec.model_dump_json()) == spec
    with pytest.raises(ConfigError) as refused:
        scanner_create(spec.name, spec.params)
    assert f"value: {shown}" in str(refused.value)
    assert "@scanner function of your own" in str(refused.value)


def test_specs_tell_how_to_make_a_scanner_again() -> None:
    os.chdir(Path(__file__).parents[2])
    (spec,) = scanner_specs({"key": probe("x")}).values()
    assert spec.name == "spec_probe"
    assert spec.version == 2
    assert spec.package_version is None
    assert spec.file == "_scanners/declare/test_specs.py"
    assert spec.params == {"value": "x"}


def test_files_elsewhere_are_absolute(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    (spec,) = scanner_specs({"key": probe("x")}).values()
    assert spec.file == __file__


def test_specs_are_equal_from_call_to_call() -> None:
    first, second = (scanner_specs({"key": probe(["x"], other={"a": 1})}) for _ in range(2))
    assert first == second


def test_registered_scanners_are_made_by_name() -> None:
    made = scanner_create("spec_probe", {"value": 5, "extra": 6})
    assert scanner_config(made).params == {"value": 5, "extra": 6}
    again = scanners_from_specs({"key": ScannerSpec(name="needy", params={"first": "a", "second": 2})}, None)
    assert scanner_config(again["key"]).params == {"first": "a", "second": 2}


def test_unknown_names_list_what_is_close() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'spec_probe'"):
        scanner_create("spec_prob", {})


def test_arguments_must_fit() -> None:
    with pytest.raises(ConfigError, match="'first', 'second'"):
        scanner_create("needy", {})
    with pytest.raises(UnknownNameError, match="Did you mean 'third'"):
        scanner_create("needy", {"first": "a", "second": 1, "thrid": 3})


def test_fingerprints_follow_what_decides_the_results() -> None:
    assert scanner_fingerprint(probe(1)) == scanner_fingerprint(probe(1))
    different: list[Callable[[], Any]] = [
        lambda: probe(1),
        lambda: probe(2),
        lambda: probe("1"),
        lambda: needy("a", 1),
        lambda: probe(Settings(limit=1)),
        lambda: probe(Settings(limit=2)),
        lambda: probe(Record(limit=1)),
        lambda: probe(Record(limit=2)),
        lambda: probe({1, 2}),
        lambda: probe({1, 3}),
        lambda: probe(lambda: 1),
        lambda: probe(lambda: 2),
    ]
    prints = [scanner_fingerprint(make()) for make in different]
    assert len(set(prints)) == len(prints)
    assert prints == [scanner_fingerprint(make()) for make in different]


def test_functions_differ_by_what_they_close_over() -> None:
    def at_least(limit: Any) -> Callable[[Any], bool]:
        return lambda value: value >= limit

    assert scanner_fingerprint(probe(at_least(1))) == scanner_fingerprint(probe(at_least(1)))
    assert scanner_fingerprint(probe(at_least(1))) != scanner_fingerprint(probe(at_least(2)))


def test_things_that_cannot_be_told_apart_never_match() -> None:
    thing = object()
    assert scanner_fingerprint(probe(thing)) != scanner_fingerprint(probe(thing))
    looped: list[Any] = [{1}]
    looped[0] = {1: looped}
    assert scanner_fingerprint(probe(looped)) != scanner_fingerprint(probe(looped))


def test_fingerprints_do_not_follow_where_scout_keeps_its_classes() -> None:
    def shown(_: object) -> str:
        return "()"

    kept = [type("Kept", (), {"__module__": f"inspect_scout._{place}", "__repr__": shown})() for place in "ab"]
    others = [type("Kept", (), {"__module__": f"others.{place}", "__repr__": shown})() for place in "ab"]
    assert scanner_fingerprint(probe(kept[0])) == scanner_fingerprint(probe(kept[1]))
    assert len({scanner_fingerprint(probe(thing)) for thing in (*kept, *others)}) == 3


def test_fingerprints_follow_the_scanner_below() -> None:
    limits = [1]

    @scanner
    def outer() -> Any:
        return probe(limits[0])

    before = scanner_fingerprint(outer())
    assert scanner_fingerprint(outer()) == before
    limits[0] = 2
    assert scanner_fingerprint(outer()) != before
