"""Random conditions."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from inspect_scout._query import Column, Condition, ScalarValue

_NAMES = ["a", "score", "limit", "and", "weird name", "a.b", 'a."b.c"[0]', "a[3].k-e", 'quo"te', "ünï"]

numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False))
times = st.one_of(st.dates(), st.datetimes())
scalars: st.SearchStrategy[str | int | float | bool | datetime | date] = st.one_of(
    st.booleans(), numbers, st.text(), times
)


def _simple(name: str, value: str | float | bool | date, other: ScalarValue, kind: int) -> Condition:
    c = Column(name)
    made = (
        lambda: c == value,
        lambda: c != value,
        lambda: c < value,
        lambda: c >= value,
        lambda: c.in_([value, other]),
        lambda: c.not_in([value, other]),
        lambda: c.in_([]),
        c.is_null,
        c.is_not_null,
        lambda: c.like(str(value)),
        lambda: c.not_ilike(str(value)),
        lambda: c.between(value, value),
        lambda: c.not_between(value, value),
    )
    return made[kind % len(made)]()


def both(left: Condition, right: Condition) -> Condition:
    """Combine by AND."""
    return left & right


def either(left: Condition, right: Condition) -> Condition:
    """Combine by OR."""
    return left | right


def opposite(condition: Condition) -> Condition:
    """Combine by NOT."""
    return ~condition


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.one_of(st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(opposite, inner))


def nested(simple: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Combine conditions a few levels deep."""
    return st.recursive(simple, _combined, max_leaves=6)


def conditions(with_null: bool = True) -> st.SearchStrategy[Condition]:
    """Make conditions of every operator, nested a little."""
    other = st.one_of(st.none(), scalars) if with_null else scalars
    return nested(st.builds(_simple, st.sampled_from(_NAMES), scalars, other, st.integers(0, 12)))
