"""Cursors of discoveries, and how problems read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._transcripts.trace_reader import TraceProblem, TraceRef, changed_since, cursor_of

REFS = st.lists(
    st.builds(TraceRef, st.text(), st.just("somewhere"), st.text()), max_size=5, unique_by=lambda ref: ref.id
)


def test_without_a_cursor_every_item_is_new() -> None:
    assert changed_since(None)(TraceRef("a", "a.jsonl"))


@given(REFS)
def test_a_cursor_holds_its_items_unchanged(refs: list[TraceRef]) -> None:
    changed = changed_since(cursor_of(refs))
    assert not any(map(changed, refs))
    assert all(changed(TraceRef(ref.id, ref.location, ref.cursor + "!")) for ref in refs)


@given(REFS)
def test_a_cursor_does_not_depend_on_the_order_of_items(refs: list[TraceRef]) -> None:
    assert cursor_of(refs) == cursor_of(reversed(refs))


@pytest.mark.parametrize("text", ["", "yesterday", "[1]", "null"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"is not a cursor: give the text that cursor_of\(\) made"):
        changed_since(text)


def test_a_problem_says_where_it_is() -> None:
    assert str(TraceProblem("a.jsonl", "no JSON", 3)) == "'a.jsonl', line 3: no JSON"
    assert str(TraceProblem("a.jsonl", "it is empty")) == "'a.jsonl': it is empty"
