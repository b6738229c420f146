"""The garbage collector is left as it was found."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from inspect_scout import Result, Transcript, scan, transcripts_from
from inspect_scout._support.gc_control import gc_frozen, gc_paused
from support.transcripts import scanner_of, talks


class Node:
    """Something that holds on to itself."""

    def __init__(self) -> None:
        self.me = self


def test_block_that_makes_objects_is_not_interrupted() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="within"), gc_paused():
        assert not gc.isenabled()
        raise ValueError("within")
    assert gc.isenabled()


def test_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_garbage_of_objects_set_aside_is_collected_afterwards() -> None:
    node = Node()
    gone = weakref.ref(node)
    with gc_frozen():
        del node
        gc.collect()
        assert gone() is not None
    gc.collect()
    assert gone() is None


def test_what_the_program_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        few = before // 100  # what dies meanwhile, in other threads as well, is frozen no longer
        with gc_frozen():
            assert before - few <= gc.get_freeze_count() <= before
        assert before - few <= gc.get_freeze_count() <= before
    finally:
        gc.unfreeze()


def test_scan_sets_aside_what_was_there_before(tmp_path: Path) -> None:
    frozen: list[int] = []

    def look(_transcript: Transcript) -> Result:
        frozen.append(gc.get_freeze_count())
        return Result(value=True)

    given = transcripts_from(talks(2))
    assert scan([scanner_of(look)], given, scans=str(tmp_path), display="none", max_processes=1).complete
    assert min(frozen) > 0
    assert gc.get_freeze_count() == 0
