"""When a scanner may be given a handle: what the decorator says, and what the scan function says of itself."""

import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from inspect_scout._scanners import ScanTraits, SignatureError, loader, scanner, scanner_config, set_traits
from inspect_scout._types import Result, Transcript, TranscriptHandle

EITHER = Transcript | TranscriptHandle


def streams(declared: bool | None, vouched: bool | None, annotation: Any = EITHER) -> bool:
    @scanner(messages="all", supports_streaming=declared)
    def checked() -> Any:
        async def scan(given: Any) -> Result:
            return Result(value=1)

        scan.__annotations__["given"] = annotation
        return set_traits(scan, ScanTraits(streaming=vouched))

    return scanner_config(checked()).streaming


@pytest.mark.parametrize(
    ("declared", "vouched", "expected"),
    [
        (None, None, False),
        (None, True, True),
        (None, False, False),
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (False, None, False),
        (False, True, False),
        (False, False, False),
    ],
)
def test_three_states_meet_three_states(declared: bool | None, vouched: bool | None, expected: bool) -> None:
    assert streams(declared, vouched) is expected


def test_the_word_of_the_scan_function_needs_no_annotation() -> None:
    assert streams(None, True, Transcript)


@pytest.mark.parametrize("annotation", [TranscriptHandle, EITHER, "Transcript | TranscriptHandle"])
def test_handles_in_the_annotation_allow_the_claim(annotation: Any) -> None:
    assert streams(True, None, annotation)


@pytest.mark.parametrize("annotation", [Transcript, Any, "Nowhere"])
def test_the_claim_is_checked_against_the_annotation(annotation: Any) -> None:
    with pytest.raises(SignatureError, match="TranscriptHandle"):
        streams(True, None, annotation)


def test_wrapped_functions_cannot_claim() -> None:
    @scanner(messages="all", supports_streaming=True)
    def wrapped() -> Any:
        async def scan(given: EITHER) -> Result:
            return Result(value=1)

        @functools.wraps(scan)
        async def outer(given: Any) -> Result:
            return await scan(given)

        return outer

    with pytest.raises(SignatureError, match="wrapped"):
        wrapped()


def test_scanners_with_loaders_do_not_stream() -> None:
    @loader(messages="all")
    def whole() -> Any:
        async def load(transcript: Transcript) -> AsyncIterator[Transcript]:
            yield transcript

        return load

    def make(declared: bool | None) -> Any:
        @scanner(loader=whole(), supports_streaming=declared)
        def checked() -> Any:
            async def scan(given: EITHER) -> Result:
                return Result(value=1)

            return set_traits(scan, ScanTraits(streaming=True))

        return checked()

    assert not scanner_config(make(None)).streaming
    with pytest.raises(SignatureError, match="whole transcripts"):
        make(True)


def test_a_scanner_built_on_a_streaming_one_streams() -> None:
    @scanner(messages="all", supports_streaming=True)
    def inner() -> Any:
        async def scan(given: EITHER) -> Result:
            return Result(value=1)

        return scan

    @scanner(messages="all")
    def outer() -> Any:
        return inner()

    assert scanner_config(outer()).streaming
