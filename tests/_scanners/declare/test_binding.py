"""What the call of a decorated factory returns."""

import asyncio
import functools
import importlib
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser
from inspect_ai.scorer import mean, stderr

from inspect_scout import ConfigError
from inspect_scout._scanners import ScanTraits, loader, scanner, scanner_config, set_traits
from inspect_scout._types import Loader, Result, Scanner, Transcript, TranscriptContent

cloudpickle: Any = importlib.import_module("cloudpickle")  # has no types

TRANSCRIPT = Transcript(
    transcript_id="t1", messages=[ChatMessageUser(content="hi"), ChatMessageAssistant(content="hello")]
)


async def shared(message: ChatMessageUser) -> Result:
    return Result(value=message.text)


@scanner(messages=["user"], version=3, metrics=[mean(), stderr()])
def words(least: int = 2, *, strict: bool = False) -> Scanner[ChatMessageUser]:
    async def scan(message: ChatMessageUser) -> Result:
        return Result(value=len(message.text.split()) >= least and not strict)

    return scan


def run(scan: Any) -> list[Any]:
    async def collect() -> list[Any]:
        return [(await scan(item)).value async for item in scanner_config(scan).loader(TRANSCRIPT)]

    return asyncio.run(collect())


def test_what_the_decorator_said_is_kept() -> None:
    config = scanner_config(words(1))
    assert (config.name, config.given_name, config.version, config.kind) == ("words", "words", 3, "items")
    assert config.content == TranscriptContent(messages=["user"])
    assert config.params == {"least": 1}
    assert config.file == __file__
    assert config.package_version is None
    assert config.metrics is not None and len(config.metrics) == 2


def test_factories_keep_their_name_text_and_module() -> None:
    assert words.__name__ == "words"
    assert words.__module__ == __name__


def test_the_scan_function_stays_callable_by_hand() -> None:
    result = asyncio.run(cast(Any, words(1))(ChatMessageUser(content="hi")))
    assert result.value is True


def test_metrics_given_as_a_mapping_are_kept() -> None:
    @scanner(messages="all", metrics={"size": [mean()]})
    def sized() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value={"size": 1})

        return scan

    assert list(cast(Any, scanner_config(sized()).metrics)) == ["size"]


def test_a_factory_that_was_not_called_is_named() -> None:
    with pytest.raises(ConfigError, match=r"call it: words\(\)"):
        scanner_config(words)


@pytest.mark.parametrize("thing", [shared, 3, None, "words"])
def test_what_is_no_scanner_is_refused(thing: Any) -> None:
    with pytest.raises(ConfigError, match="is not a scanner"):
        scanner_config(thing)


def test_scanners_that_share_a_function_keep_their_own_declaration() -> None:
    @scanner(messages=["user"])
    def first() -> Any:
        return shared

    @scanner(messages=["user"], version=7)
    def second() -> Any:
        return shared

    one, two = first(), second()
    assert scanner_config(one).name == "first"
    assert (scanner_config(two).name, scanner_config(two).version) == ("second", 7)
    assert run(one) == run(two) == ["hi"]
    with pytest.raises(ConfigError):
        scanner_config(shared)


def test_scanners_may_be_objects_methods_and_partials() -> None:
    class Slotted:
        __slots__ = ("mark",)

        def __init__(self, mark: str) -> None:
            self.mark = mark

        async def __call__(self, message: ChatMessageUser) -> Result:
            return Result(value=self.mark + message.text)

    class Open:
        async def __call__(self, message: ChatMessageUser) -> Result:
            return Result(value=message.text)

    one_of_many = Open()
    makers: list[Any] = [
        lambda: Slotted("-"),
        lambda: Slotted("-").__call__,
        lambda: one_of_many,
        lambda: functools.partial(shared),
    ]
    for make in makers:

        @scanner
        def first(make: Any = make) -> Any:
            return make()

        @scanner
        def second(make: Any = make) -> Any:
            return make()

        one, two = first(), second()
        assert [scanner_config(s).name for s in (one, two)] == ["first", "second"]
        assert run(one) == run(two)
        assert run(one)[0].endswith("hi")


def test_a_scanner_may_build_on_another() -> None:
    @scanner
    def outer(least: int) -> Any:
        return words(least, strict=True)

    config = scanner_config(outer(2))
    assert (config.name, config.params) == ("outer", {"least": 2})
    assert config.content == TranscriptContent(messages=["user"])
    assert config.kind == "items"
    assert config.metrics is scanner_config(words()).metrics or config.metrics is not None
    assert scanner_config(words()).name == "words"


def test_what_a_scan_function_needs_replaces_what_the_decorator_says() -> None:
    @scanner(messages="all", metadata=False)
    def judging(name: str | None = None) -> Any:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return set_traits(scan, ScanTraits(name=name, content=TranscriptContent(events=["model"], timeline=True)))

    config = scanner_config(judging())
    assert config.content == TranscriptContent(messages="all", events=["model"], timeline=True, metadata=False)
    assert (config.name, config.given_name) == ("judging", "judging")
    named = scanner_config(judging(name="lies"))
    assert (named.name, named.given_name) == ("judging", "lies")


def test_a_needed_timeline_is_the_usual_one_and_implies_no_events() -> None:
    @scanner(messages="all", name="given")
    def judging() -> Any:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return set_traits(scan, ScanTraits(name="own", timeline=True))

    config = scanner_config(judging())
    assert config.given_name == "given"
    assert isinstance(config.content.timeline, list) and "model" in config.content.timeline
    assert config.content.events is None


def test_needs_of_the_scan_function_alone_suffice() -> None:
    @scanner
    def judging() -> Any:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return set_traits(scan, ScanTraits(content=TranscriptContent(messages="all")))

    assert scanner_config(judging()).content.messages == "all"


@loader(messages=["assistant"], name="cuts")
def cutting(size: int = 1) -> Loader[list[ChatMessage]]:
    async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
        for start in range(0, len(transcript.messages), size):
            yield transcript.messages[start : start + size]

    return load


def test_loaders_see_only_what_they_asked_for() -> None:
    @scanner(loader=cutting(size=5))
    def counting() -> Any:
        async def scan(messages: list[ChatMessage]) -> Result:
            return Result(value=[m.role for m in messages])

        return scan

    config = scanner_config(counting())
    assert config.kind == "custom"
    assert config.content == TranscriptContent(messages=["assistant"])
    assert run(counting()) == [["assistant"]]


def test_filters_beside_a_loader_are_not_silently_ignored() -> None:
    with pytest.warns(UserWarning, match="not used with loader="):
        scanner(loader=cutting(), messages="all")


@pytest.mark.parametrize("thing", [cutting, shared, "cutting"])
def test_what_is_no_loader_is_refused(thing: Any) -> None:
    with pytest.raises(ConfigError, match="loader="):
        scanner(loader=thing)


def test_loaders_must_ask_for_something() -> None:
    with pytest.raises(ConfigError, match="at least one of"):
        loader()
    with pytest.raises(ConfigError, match="not both"):
        loader(messages="all", content=TranscriptContent(events="all"))


def test_loaders_take_their_content_in_one() -> None:
    @loader(content=TranscriptContent(events=["model"], timeline=["model"], metadata=False))
    def whole() -> Any:
        async def load(transcript: Transcript) -> AsyncIterator[Transcript]:
            yield transcript

        return load

    @scanner(loader=whole())
    def counting() -> Any:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    content = scanner_config(counting()).content
    assert content.events == ["model", "span_begin", "span_end"]
    assert (content.timeline, content.metadata) == (["model"], False)


def test_loaders_must_be_async_generators() -> None:
    @loader(messages="all")
    def plain() -> Any:
        def load(transcript: Transcript) -> list[Any]:
            return []

        return load

    with pytest.raises(TypeError, match="async generator"):
        plain()


def test_loaders_may_be_objects() -> None:
    class Whole:
        async def __call__(self, transcript: Transcript) -> AsyncIterator[Transcript]:
            yield transcript

    @loader(messages="all")
    def whole() -> Any:
        return Whole()

    @scanner(loader=whole())
    def counting() -> Any:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=len(transcript.messages))

        return scan

    assert run(counting()) == [2]


def test_scanners_survive_the_way_to_another_process() -> None:
    @scanner(loader=cutting(2))
    def travelling() -> Any:
        async def scan(messages: list[ChatMessage]) -> Result:
            return Result(value=len(messages))

        return scan

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        sent: bytes = cloudpickle.dumps([travelling(), words(1), travelling])
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    program = (
        "import sys, cloudpickle; one, two, factory = cloudpickle.load(sys.stdin.buffer)\n"
        "from inspect_scout._scanners import scanner_config as config\n"
        "print(config(one).kind, config(two).params, config(factory()).name)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "custom {'least': 1} travelling"
