"""Which messages are shown, and how much of each."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_scout import ConfigError
from inspect_scout._app.evidence.passages import choose_passages
from inspect_scout._app.evidence.records import Citation, Passage, Shown, parse_message_range
from inspect_scout._scanners import PlainItem, estimate_tokens


def talk(count: int, text: str = "word " * 100) -> list[PlainItem]:
    return [PlainItem(f"M{n}", f"m{n}", "user", f"{n} {text}") for n in range(1, count + 1)]


def cited(*numbers: int) -> list[Citation]:
    return [Citation(f"[M{number}]", f"m{number}", "message") for number in numbers]


def numbers(count: int, citations: list[Citation], **shown: Any) -> list[int]:
    return [passage.number for passage in choose_passages(talk(count), [], citations, [], Shown(**shown))[0]]


def text_of(passage: Passage) -> str:
    return "".join(part.text for part in passage.parts)


def test_what_is_cited_is_shown_with_its_neighbours() -> None:
    assert numbers(10, cited(5)) == [4, 5, 6]
    assert numbers(10, cited(1, 9), context=2) == [1, 2, 3, 7, 8, 9, 10]
    assert numbers(10, cited(5), cited_only=True) == [5]
    assert numbers(10, cited(5), cited_only=True, context=1) == [4, 5, 6]
    assert numbers(4, cited(2), every=True) == [1, 2, 3, 4]


def test_where_nothing_is_cited_everything_is_shown_unless_only_citations_are_wanted() -> None:
    assert numbers(3, []) == [1, 2, 3]
    assert numbers(3, [], cited_only=True) == []
    assert numbers(3, cited(9)) == [1, 2, 3]


def test_messages_are_shown_by_their_numbers() -> None:
    assert numbers(10, cited(5), ranges=((2, 3), (7, 7))) == [2, 3, 7]


def test_one_of_several_messages_with_one_id_is_meant_by_its_number() -> None:
    twins = [PlainItem("M1", "same", "user", "a"), PlainItem("M2", "same", "user", "b")]
    shown, _ = choose_passages(twins, [], [Citation("[M2]", "same", "message")], [], Shown(every=True))
    assert [passage.cited for passage in shown] == [False, True]
    shown, _ = choose_passages(twins, [], [Citation("", "same", "message")], [], Shown(every=True))
    assert [passage.cited for passage in shown] == [True, True]


def test_a_citation_by_another_number_is_told() -> None:
    (shown,), _ = choose_passages(talk(3), [], [Citation("[M12]", "m2", "message")], [], Shown(cited_only=True))
    assert (shown.number, shown.cited_as) == (2, ("[M12]",))


def test_quotes_are_marked_in_what_is_cited_alone() -> None:
    said = ['it says "3 word" [M3]']
    shown, _ = choose_passages(talk(3), [], cited(3), said, Shown(every=True))
    marked = {passage.number: [p.text for p in passage.parts if p.marked] for passage in shown}
    assert marked == {1: [], 2: [], 3: ["3 word"]}


def test_a_budget_is_kept_and_what_does_not_fit_is_counted() -> None:
    items = talk(40)
    whole = sum(estimate_tokens(item.text) for item in items)
    for budget in (1, 50, 400, whole // 2, whole * 2):
        shown, dropped = choose_passages(items, [], cited(20), [], Shown(every=True, budget=budget))
        assert sum(estimate_tokens(text_of(passage)) for passage in shown) <= budget
        assert len(shown) + dropped == 40
        assert budget < 50 or 20 in [passage.number for passage in shown]


def test_within_a_budget_what_is_cited_is_folded_last() -> None:
    shown, dropped = choose_passages(talk(11), [], cited(6), [], Shown(every=True, budget=600))
    lengths = {passage.number: len(text_of(passage)) for passage in shown}
    assert dropped == 0
    assert all(lengths[6] > length for number, length in lengths.items() if number != 6)


def test_events_are_shown_beside_messages() -> None:
    events = [PlainItem(f"E{n}", f"e{n}", "tool", "x") for n in range(1, 6)]
    shown, _ = choose_passages(talk(3), events, [Citation("[E4]", "e4", "event")], [], Shown())
    assert [(passage.kind, passage.number, passage.cited) for passage in shown] == [
        ("event", 3, False),
        ("event", 4, True),
        ("event", 5, False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"), [("M5", (5, 5)), ("m5..M9", (5, 9)), ("5-9", (5, 9)), ("[M5]", (5, 5)), ("M5..9", (5, 9))]
)
def test_ranges_of_messages(text: str, expected: tuple[int, int]) -> None:
    assert parse_message_range(text) == expected


@pytest.mark.parametrize("text", ["", "M", "M0", "M9..M5", "E5", "M5..", "M1,M2", "M" + "9" * 10])
def test_other_texts_name_no_messages(text: str) -> None:
    with pytest.raises(ConfigError, match=r"write M5 for one, M5\.\.M9 for several"):
        parse_message_range(text)
