"""Annotations of decorated factories are types, though their evaluation is postponed in the files that declare them."""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from inspect_ai.model import ChatMessage, GenerateConfig

from inspect_scout import Loader, Result, ScanJob, Scanner, Transcript, loader, scanjob, scanner
from inspect_scout._inspect import registry

if TYPE_CHECKING:
    from inspect_ai.event import ToolEvent

Names = list[str]


@scanner(messages="all")
def many(
    count: int,
    names: Names | None = None,
    path: "Path | None" = None,  # noqa: UP037 - doubly postponed
    level: Literal["a", "b"] = "a",
    noted: Annotated[int, "note"] = 0,
    config: GenerateConfig | None = None,
    *,
    later: Later | None = None,
    **others: float,
) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=count + noted)

    return scan


@loader(messages="all")
def ends(count: int = 1) -> Loader[list[ChatMessage]]:
    async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
        yield transcript.messages[-count:]

    return load


@scanjob
def job(limit: int | None = None) -> ScanJob:
    return ScanJob(scanners=[many(1)], limit=limit)


@scanner(messages="all")
class Made:
    """A class as a factory."""

    def __init__(self, word: str, count: int = 1) -> None:
        self.word, self.count = word, count

    async def __call__(self, transcript: Transcript) -> Result:
        return Result(value=self.word * self.count)


class Later(enum.Enum):
    ONE = 1


def test_annotations_of_a_scanner_are_types() -> None:
    hints = dict(many.__annotations__)
    assert hints.pop("return") is Scanner
    assert hints == {
        "count": int,
        "names": list[str] | None,
        "path": Path | None,
        "level": Literal["a", "b"],
        "noted": Annotated[int, "note"],
        "config": GenerateConfig | None,
        "later": typing.ForwardRef("Later | None"),
        "others": float,
    }


def test_a_class_that_is_defined_further_down_is_found_when_it_is_asked_for() -> None:
    assert typing.get_type_hints(many)["later"] == Later | None
    assert inspect.get_annotations(many, eval_str=True)["count"] is int


def test_the_signature_says_the_same_types() -> None:
    parameters = inspect.signature(many).parameters
    assert {name: p.annotation for name, p in parameters.items()} == {
        name: hint for name, hint in many.__annotations__.items() if name != "return"
    }
    assert inspect.signature(many).return_annotation == Scanner[Transcript]
    assert parameters["level"].default == "a"
    assert parameters["later"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["others"].kind is inspect.Parameter.VAR_KEYWORD


def test_the_function_itself_stays_as_it_was_written() -> None:
    wrapped: Any = inspect.unwrap(many)
    assert wrapped.__annotations__["count"] == "int"
    assert (many.__name__, many.__module__) == ("many", __name__)


@pytest.mark.parametrize(
    ("factory", "returns", "hints"),
    [
        (ends, Loader, {"count": int}),
        (job, ScanJob, {"limit": int | None}),
        (Made, Scanner, {"word": str, "count": int}),
    ],
)
def test_loaders_jobs_and_classes_have_types_as_well(factory: Any, returns: Any, hints: dict[str, Any]) -> None:
    found = dict(factory.__annotations__)
    assert found.pop("return") is returns
    assert found == hints
    assert {name: p.annotation for name, p in inspect.signature(factory).parameters.items()} == hints


def test_names_beside_a_factory_in_a_function_are_found() -> None:
    class Color(enum.Enum):
        RED = 1

    @scanner(messages="all")
    def bare(color: Color | None = None) -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    @scanner
    def plain(color: Color) -> Scanner[list[ToolEvent]]:
        async def scan(events: list[ToolEvent]) -> Result:
            return Result(value=1)

        return scan

    assert bare.__annotations__["color"] == Color | None
    assert plain.__annotations__["color"] is Color


def test_names_for_type_checkers_alone_do_not_keep_inspect_from_making_a_scanner() -> None:
    @scanner(messages="all", name="typed_by_checkers")
    def factory(event: ToolEvent | None = None, unknown: Nowhere | None = None) -> Scanner[Transcript]:  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    recorded: dict[str, Any] = {"type": "scanner", "name": "typed_by_checkers", "params": {}}
    made = registry.from_recorded({"it": recorded})["it"]
    assert made.__name__ == "scan"
    annotations = inspect.get_annotations(factory, eval_str=True)  # pyright: ignore[reportUnknownArgumentType]
    assert annotations["event"] is not None
    assert factory.__annotations__["unknown"] == typing.ForwardRef("Nowhere | None")


def test_no_annotations_are_none_but_what_it_returns() -> None:
    @scanner(messages="all")
    def bare(count=1):  # type: ignore[no-untyped-def]
        async def scan(transcript: Transcript) -> Result:
            return Result(value=count)

        return scan

    assert bare.__annotations__ == {"return": Scanner}
