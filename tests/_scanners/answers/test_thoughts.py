"""What a model thinks to itself decides nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.answers.spec import AnswerMultiLabel, AnswerSpec
from inspect_scout.testing.answer_laws import failed, parse

# An opening and its closing, as models and their servers write them.
BLOCKS = [
    ("<think>", "</think>"),
    ("<THINK>", "</THINK>"),
    ("<think >", "</think >"),
    ('<think effort="high">', "</think>"),
    ("<thinking>", "</thinking>"),
    ("<Thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<scratch_pad>", "</scratch_pad>"),
    ("<reflection>", "</reflection>"),
    ("<inner_monologue>", "</inner_monologue>"),
    ("<analysis>", "</analysis>"),
    ("<antThinking>", "</antThinking>"),
    ("<ant:thinking>", "</ant:thinking>"),
    ("<seed:think>", "</seed:think>"),
    ("<longcat_think>", "</longcat_think>"),
    ("&lt;think&gt;", "&lt;/think&gt;"),
    ("[THINK]", "[/THINK]"),
    ("[think]", "[/think]"),
    ("[REASONING]", "[/REASONING]"),
    ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|thinking|>", "<|/thinking|>"),
    ("<|think|>", "<|/think|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>commentary<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ("<|channel>thought\n", "<channel|>"),
    ("```thinking\n", "\n```\n"),
    ('<details type="reasoning" done="true">', "</details>"),
    ("<th\u200bink>", "</think>"),
]
SPECS: list[tuple[AnswerSpec, str, str, Any]] = [
    ("boolean", "yes", "no", False),
    ("numeric", "9", "4", 4.0),
    ("string", "nine", "four", "four"),
    (["One", "Two"], "A", "B", "B"),
    (AnswerMultiLabel(["One", "Two"]), "A", "B", ["Two"]),
]


@pytest.mark.parametrize(("opening", "closing"), BLOCKS)
@pytest.mark.parametrize(("spec", "draft", "final", "value"), SPECS)
def test_answer_after_the_block_counts(
    opening: str, closing: str, spec: AnswerSpec, draft: str, final: str, value: Any
) -> None:
    for inside in (
        f"ANSWER: {draft}",
        f"\nhm [M1]\nANSWER: {draft}\n",
        f"<answer>{draft}</answer>",
        f"## Answer\n{draft}",
    ):
        result = parse(spec, f"{opening}{inside}{closing}It shows [M2].\nANSWER: {final}")
        assert result.value == value
        assert result.explanation == "It shows [M2]." and [r.id for r in result.references] == ["m2"]


@pytest.mark.parametrize(("opening", "closing"), BLOCKS)
@pytest.mark.parametrize(("spec", "draft"), [(spec, draft) for spec, draft, *_ in SPECS])
def test_draft_in_a_block_decides_nothing(opening: str, closing: str, spec: AnswerSpec, draft: str) -> None:
    for inside in (f"ANSWER: {draft}", f"\nANSWER: {draft}\n", f'\n{{"answer": "{draft}"}}\n', f"\\boxed{{{draft}}}"):
        for text in (
            f"{opening}{inside}{closing}None fits.",
            f"{opening}{inside}{closing}",
            # A fence holds no other.
            f"{opening}a{'' if opening.startswith('`') else f'{opening}b{closing}'}{inside}{closing}None fits.",
            f"Let me see.\n{opening}{inside}{closing}\nNone fits.",
        ):
            result = parse(spec, text)
            assert failed(result), text
            assert result.explanation == text.strip()


@pytest.mark.parametrize("opening", [o for o, _ in BLOCKS if not o.startswith("[REASONING")])
def test_everything_after_an_opening_without_end_is_thought(opening: str) -> None:
    assert failed(parse("numeric", f"{opening}\nANSWER: 9"))
    assert failed(parse("numeric", f"Let me see.\n{opening}Perhaps.\nANSWER: 9\n"))
    assert parse("numeric", f"It is so.\nANSWER: 4\n{opening}Or is it?\nANSWER: 9\n").value == 4


@pytest.mark.parametrize(
    "closing", ["</think>", "</THINKING>", "[/THINK]", "\u25c1/think\u25b7", "<|end_of_thought|>", "</reasoning>"]
)
def test_everything_before_an_end_without_opening_is_thought(closing: str) -> None:
    assert failed(parse("numeric", f"Perhaps.\nANSWER: 9\n{closing}\n\nNone fits."))
    result = parse("numeric", f"Perhaps [M1].\nANSWER: 9\n{closing}\n\nIt is four [M2].\nANSWER: 4")
    assert (result.value, result.explanation) == (4, "It is four [M2].")


def test_channels_without_their_marks_are_told_apart() -> None:
    assert parse("numeric", "analysisANSWER: 9? No.assistantfinalANSWER: 4").value == 4
    assert failed(parse("numeric", "analysisANSWER: 9\nNo.assistantfinalNone fits."))


def test_blocks_of_two_kinds_are_told_apart() -> None:
    assert parse("numeric", "<think>It wrote <reasoning> there.</think>ANSWER: 4").value == 4
    assert failed(parse("numeric", "<think>a</reasoning>\nANSWER: 9</think>None fits."))
    assert failed(parse("numeric", "<think>a</think>b</think>ANSWER: 9<think>"[:-7] + "</think>"))


@pytest.mark.parametrize(
    "before",
    [
        "The agent's `<think>` says so [M2].",
        "The agent's <think> block says so [M2].",
        "The agent's <thinking> tags say so [M2].",
        'It opened "<think>" there [M2].',
        "[Reasoning] It says so [M2].",
        "It thinks (<think/>) [M2].",
        "My analysis: it says so [M2].",
        "<thinker>Rodin</thinker> says so [M2].",
    ],
)
def test_tags_that_are_spoken_of_are_not_blocks(before: str) -> None:
    result = parse("boolean", f"{before}\n\nANSWER: yes")
    assert (result.value, result.explanation) == (True, before)


def test_thought_between_the_mark_and_the_answer_is_passed_over() -> None:
    assert parse("numeric", "ANSWER: <think>9?</think> 4").value == 4
    assert parse("string", "ANSWER: <think>9?</think> four").value == "four"
    assert parse("boolean", "ANSWER: yes <think>ANSWER: no</think>").value is True


def test_free_text_with_a_hole_is_not_an_answer() -> None:
    assert failed(parse("string", "ANSWER: it wrote <think> and never stopped"))
    assert failed(parse("string", "ANSWER: it wrote <think>x</think> twice"))
    assert parse("string", "ANSWER: it wrote <think> tags").value == "it wrote <think> tags"


@given(
    st.lists(
        st.sampled_from(
            ["<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "ANSWER: 9\n", "\n"]
        )
    )
)
def test_no_draft_that_a_block_encloses_is_read(pieces: list[str]) -> None:
    assert failed(parse("numeric", f"<think>{''.join(pieces)}</think></think></thinking>[/THINK]\nNone fits."))


@pytest.mark.parametrize(
    "piece", ["<think>", "</think>", "<", "[", "<think", "&lt;", "<|channel|>", "`<think>`", "```think\n"]
)
def test_megabyte_of_blocks_is_read_in_one_pass(piece: str) -> None:
    started = time.process_time()
    parse("boolean", piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 20
