"""What a pair amounts to: the same by its record in the journal as by its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.model import ModelUsage
from msgspec.structs import replace

from inspect_scout._results import ScanStore
from inspect_scout._results.journal.index import load_index
from inspect_scout._results.rows.pair_records import (
    PairRecord,
    ScannerPairs,
    counts_of_record,
    counts_of_records,
    decode_pairs,
    encode_pairs,
)
from inspect_scout._results.state.row_counter import count_scanners
from inspect_scout._types import ConfusionCounts, Result, ResultReport, ResultValidation, ScannerState, as_resultset
from inspect_scout.testing import MemoryStorage
from support.scans import failed_report, fill, make_report, make_spec


class MeteredUsage(ModelUsage):
    """Usage as workers record it where answers told none."""

    calls_without_usage: int = 0


USAGES = st.dictionaries(
    st.sampled_from(["a/x", "b/y"]),
    st.builds(
        MeteredUsage,
        input_tokens=st.integers(0, 9),
        total_tokens=st.integers(0, 9),
        total_cost=st.sampled_from([None, 0.5]),
        calls_without_usage=st.integers(0, 2),
    ),
    max_size=2,
)
VALUES: st.SearchStrategy[Any] = st.sampled_from([True, False, 0, 3, "", "x", [], [1], {}, None])
VERDICTS = st.none() | st.builds(
    ResultValidation,
    target=st.booleans() | st.just({"a": True, "b": False}),
    valid=st.booleans() | st.none() | st.fixed_dictionaries({"a": st.booleans(), "b": st.booleans()}),
    error=st.none() | st.just("no"),
)
REPORTS = st.one_of(
    st.builds(
        make_report,
        VALUES,
        model_usage=USAGES,
        validation=VERDICTS,
        incomplete=st.integers(0, 2),
        metadata=st.sampled_from([None, {"unseen_citations": ["[M9]"]}]),
    ),
    st.builds(
        make_report,
        result=st.lists(st.builds(Result, value=st.booleans()), max_size=3).map(as_resultset),
    ),
    st.builds(failed_report, model_usage=USAGES),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(REPORTS, max_size=3), min_size=1, max_size=4))
def test_records_and_rows_amount_to_the_same(pairs: Sequence[Sequence[ResultReport]]) -> None:
    async def counted() -> tuple[ScannerState, ScannerState, ScannerState]:
        ids = [f"t{number}" for number in range(len(pairs))]
        storage = MemoryStorage()
        store = await ScanStore.create(make_spec(["a"], ids), "mem://scans", storage)
        await fill(store, [(i, "a", reports) for i, reports in zip(ids, pairs)])
        index = await load_index(storage, store.location)
        records = [place.record for place in index.journal["a"].values()]
        added = ScannerState()
        for record in records:
            added += counts_of_record(record)
        (of_rows,) = count_scanners(index, ["a"], ids).values()
        return counts_of_records(records), added, of_rows.counts

    together, added, of_rows = anyio.run(counted)
    assert together == added == of_rows
    assert together.scans == len(pairs)


def test_verdicts_without_keys_do_not_add_up_with_those_by_key() -> None:
    plain, keyed = ConfusionCounts(tp=1), ConfusionCounts(tp=2, fn=1, keyed=True)
    assert plain + keyed == keyed + plain == keyed
    assert keyed + plain + keyed == ConfusionCounts(tp=4, fn=2, keyed=True)


def test_records_of_earlier_versions_are_read_and_theirs_read_ours() -> None:
    record = PairRecord("t0", 2, 1, not_compared=1, agreement=[1, 0, 0, 1])
    written = json.loads(encode_pairs([ScannerPairs("a", [record])]))
    assert written[0][1][0][-3:] == [1, [1, 0, 0, 1], False]
    older = json.dumps([["a", [written[0][1][0][:-3]]]]).encode()
    (pairs,) = decode_pairs({b"scout.pairs": older})
    assert pairs.pairs == [PairRecord("t0", 2, 1)]
    assert replace(counts_of_record(record), agreement=ConfusionCounts(), not_compared=0) == counts_of_record(
        pairs.pairs[0]
    )
