"""Verdicts that any reader can read, in forms that were not asked for, and what must not be read as one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.answers.spec import AnswerMultiLabel, AnswerSpec
from inspect_scout.testing.answer_laws import failed, parse

LABELS = ["One", "Two", "Not safe", "Safe"]
MULTI = AnswerMultiLabel(LABELS, allow_none=True)
KINDS: list[tuple[AnswerSpec, list[tuple[str, Any]]]] = [
    ("boolean", [("Yes", True), ("no", False), ("TRUE", True), ("False", False)]),
    ("numeric", [("5", 5.0), ("-12.5", -12.5), ("1,234", 1234.0), ("0", 0.0)]),
    ("string", [("some words", "some words"), ("it is so", "it is so")]),
    (LABELS, [("B", "B"), ("Two", "B"), ("not safe", "C")]),
    (MULTI, [("A, B", ["One", "Two"]), ("One and Safe", ["One", "Safe"]), ("D", ["Safe"])]),
]
CASES: list[tuple[AnswerSpec, str, Any]] = [(spec, w, v) for spec, values in KINDS for w, v in values]
CLOSED = [case for case in CASES if case[0] != "string"]

FORMS = [
    "ANSWER: {}",
    "**ANSWER:** {}",
    "### Final Answer: {}",
    "ANSWER\uff1a{}",
    "ANSWER = {}",
    "ANSWER -> {}",
    "ANSWER\n{}",
    "## Answer\n\n{}",
    "**Answer**\n{}",
    "**Final Answer**\n\n{}\n",
    "__ANSWER__\n\n{}",
    "Answer\n------\n{}",
    "| ANSWER | {} |",
    "| **ANSWER** | {} |",
    "| ANSWER: | {} |",
    "ANSWER | {}",
    "| Question | Is it? |\n|---|---|\n| Answer | {} |",
    "| ANSWER |\n|---|\n| {} |",
    "| Question | ANSWER | Why |\n|:--|---|--:|\n| Is it? | {} | because |",
    '{{"answer": "{}"}}',
    '{{"ANSWER": "{}"}}',
    '{{"final_answer": "{}"}}',
    '```json\n{{"answer": "{}"}}\n```',
    '{{\n  "explanation": "because",\n  "answer": "{}"\n}}',
    "{{'answer': '{}'}}",
    "<answer>{}</answer>",
    "<ANSWER>\n{}\n</ANSWER>",
    "<final_answer>{}</final_answer>",
    "<answer>{}",
    "[ANSWER]{}[/ANSWER]",
    "\\boxed{{{}}}",
    "$\\boxed{{\\text{{{}}}}}$",
    "$$\n\\boxed{{{}}}\n$$",
    "\\[\\boxed{{{}}}\\]",
    "The final answer is $\\boxed{{{}}}$.",
    "<b>ANSWER:</b> {}",
    "<p>ANSWER: {}</p>",
    "\u2705 ANSWER: {}",
    "1. ANSWER: {}",
    "| ANSWER: {} |",
    "\\textbf{{ANSWER: {}}}",
    "\u200bANSWER: {}",
    "AN\u200bSWER: {}",
    "\uff21\uff2e\uff33\uff37\uff25\uff32: {}",
    "ANSWER: <answer>{}</answer>",
    'ANSWER: {{"answer": "{}"}}',
    "ANSWER:\n```\n{}\n```",
    "<|im_start|>assistant\nANSWER: {}",
    "<|start_header_id|>assistant<|end_header_id|>\n\nANSWER: {}",
]
# What ends a turn, and what may surround a value: none of it is part of the answer.
ENDINGS = [
    "",
    "\n",
    "\r\n",
    "<|im_end|>",
    "</s>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|end|>",
    "<|return|>",
    "<end_of_turn>",
    "<eos>",
    "<|END_OF_TURN_TOKEN|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
    " <|im_end|>\n",
    "<|im_end|></s>",
    "\n<|eot_id|>",
    "[/INST]",
    "<|im_end|>\n<|im_start|>user\nANSWER: 77",
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nANSWER: no",
    "<end_of_turn>\n<start_of_turn>user\nANSWER: A",
    "\u200b",
    "\ufeff",
]
AROUND = [
    "{}",
    "**{}**",
    "__{}__",
    "*{}*",
    "`{}`",
    "'{}'",
    '"{}"',
    "\u201c{}\u201d",
    "\u00ab{}\u00bb",
    "\u300c{}\u300d",
    "\u3010{}\u3011",
    "({})",
    "[{}]",
    "<{}>",
    "=={}==",
    "***{}***",
    "\u200b{}\u200b",
    "\ufeff{}",
    "\u2060{}\u2060",
    "\u202a{}\u202c",
    "\\text{{{}}}",
    "\\mathbf{{{}}}",
    "$\\text{{{}}}$",
    "\\({}\\)",
    "\\boxed{{{}}}",
    "$$\\boxed{{\\textbf{{{}}}}}$$",
    "<b>{}</b>",
    "<strong>{}</strong>",
    '<span style="color: red">{}</span>',
    "<code>{}</code>",
    "{}<br>",
    "\u2705 {}",
    "\u2714\ufe0f {}",
    "{}.",
    "{}!",
    "**{}.**",
    "  {}  ",
    "\u3000{}",
]
WIDE = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("spec", "written", "value"), CASES)
def test_form_that_was_not_asked_for_is_read(form: str, spec: AnswerSpec, written: str, value: Any) -> None:
    if spec == "string" and form.startswith("ANSWER:\n"):
        # Free text is never taken from below the line.
        value = None
    for text in (form.format(written), f"It is so [M2].\n\n{form.format(written)}"):
        result = parse(spec, text)
        assert result.value == value and type(result.value) is type(value), text


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("spec", "written", "value"), CASES)
def test_end_of_the_turn_is_not_part_of_the_answer(ending: str, spec: AnswerSpec, written: str, value: Any) -> None:
    result = parse(spec, f"It is so [M2].\nANSWER: {written}{ending}")
    assert result.value == value and result.explanation == "It is so [M2]."


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("spec", "written", "value"), CLOSED)
def test_what_surrounds_a_value_is_not_part_of_it(around: str, spec: AnswerSpec, written: str, value: Any) -> None:
    # A mark for "yes" beside a "no" contradicts it.
    if "\u2705" in around or "\u2714" in around:
        value = None if value is False else value
    assert parse(spec, f"ANSWER: {around.format(written)}").value == value


@pytest.mark.parametrize(("spec", "written", "value"), CLOSED)
def test_letters_and_digits_of_full_width_are_read(spec: AnswerSpec, written: str, value: Any) -> None:
    for text in (f"ANSWER: {written.translate(WIDE)}", f"ANSWER: {written}".translate(WIDE)):
        assert parse(spec, text).value == value


def test_labels_of_full_width_are_found() -> None:
    assert parse(["\uff11\u756a", "\uff12\u756a"], "ANSWER: 2\u756a").value == "B"
    assert parse(["\uff11\u756a", "\uff12\u756a"], "ANSWER: \uff12\u756a").value == "B"
    assert failed(parse(["\uff39es", "Yes"], "ANSWER: Yes"))


@pytest.mark.parametrize("written", ["\U0001d5ec\U0001d5f2\U0001d600", "\u2460", "\u24b7"])
def test_letters_of_other_type_are_read(written: str) -> None:
    spec: AnswerSpec = {"\u2460": "numeric", "\u24b7": LABELS}.get(written, "boolean")  # type: ignore[assignment]
    assert parse(spec, f"ANSWER: {written}").value in (True, 1.0, "B")


@pytest.mark.parametrize("mark", ["\u2713", "\u2714", "\u2714\ufe0f", "\u2705", "\u2611", "\u2611\ufe0f", "\U0001f5f8"])
def test_check_mark_is_yes(mark: str) -> None:
    for written in (mark, f"{mark} Yes", f"Yes {mark}", f"**{mark}**", f"({mark})", f"{mark} true", f"{mark}."):
        assert parse("boolean", f"why\nANSWER: {written}").value is True
    for written in (f"{mark} No", f"No {mark}", f"{mark}/\u2717", f"{mark} \u274c", f"not {mark}", f"{mark} or not"):
        assert failed(parse("boolean", f"why\nANSWER: {written}"))


@pytest.mark.parametrize("mark", ["\u2717", "\u2718", "\u274c", "\u2716", "\u2612"])
def test_cross_is_no(mark: str) -> None:
    for written in (mark, f"{mark} No", f"No {mark}", f"`{mark}`", f"{mark} false"):
        assert parse("boolean", f"why\nANSWER: {written}").value is False
    for written in (f"{mark} Yes", f"Yes {mark}", f"{mark} \u2713"):
        assert failed(parse("boolean", f"why\nANSWER: {written}"))


def test_crossed_out_label_is_not_chosen() -> None:
    assert failed(parse(LABELS, "ANSWER: \u274c B"))
    assert failed(parse(LABELS, "ANSWER: ~~B~~"))


@pytest.mark.parametrize("json", ['{"answer": true}', '{"answer": true, "why": "x"}', '[{"answer": true}]'])
def test_json_may_hold_a_boolean(json: str) -> None:
    assert parse("boolean", json).value is True


def test_json_may_hold_numbers_and_lists() -> None:
    assert parse("numeric", '{"answer": 1.5}').value == 1.5
    assert parse("numeric", '{"answer": -3}').value == -3
    assert parse(MULTI, '{"answer": ["A", "Not safe"]}').value == ["One", "Not safe"]
    assert parse(MULTI, '{"answer": []}').value is None
    assert parse(MULTI, 'ANSWER: ["A", "B"]').value == ["One", "Two"]
    assert parse("string", '{"answer": "one\\ntwo"}').value == "one\ntwo"


def test_json_explains_itself() -> None:
    result = parse("boolean", '{"explanation": "It says so [M2].", "answer": "Yes"}')
    assert (result.value, result.explanation) == (True, "It says so [M2].")
    assert [r.id for r in result.references] == ["m2"]


@pytest.mark.parametrize(
    "written",
    [
        "10:30",
        "1:05",
        "10:30:15",
        "10.30 pm",
        "5pm",
        "5 PM",
        "5 p.m.",
        "11am",
        "5 o'clock",
        "10h30",
        "\uff11\uff10\uff1a\uff13\uff10",
        "2024-01-02",
        "2024-01-02T10:30:00Z",
        "2024-01-02 10:30",
        "20240102T103000Z",
        "2024-01",
        "2024/01/02",
        "2024.01.02",
        "01.02.2024",
        "1.2.24",
        "3/4/2025",
        "3/4/25",
        "03/2025",
        "02-01-2024",
        "2-1-24",
        "2024-W05",
        "2024-W05-3",
        "3 January",
        "3 Jan 2024",
        "3-Jan-2024",
        "3rd of May",
        "3. Mai 2024"[:3] + "May 2024",
        "2024 January 3",
        "2024\u5e741\u67082\u65e5",
        "10\u664230\u5206",
        "2024\u201301\u201302",
        "1.2.3",
        "1.2.x",
        "1.2rc1",
        "1.2-beta",
        "2.0-rc.1",
        "v1.2",
        "10.0.0.1",
        "[10:30]",
        "**2024-01-02**",
        "about 10:30",
    ],
)
def test_times_dates_and_versions_are_not_numbers(written: str) -> None:
    for text in (
        f"ANSWER: {written}",
        f'{{"answer": "{written}"}}',
        f"<answer>{written}</answer>",
        f"\\boxed{{{written}}}",
    ):
        assert failed(parse("numeric", text)), text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7/10", 7),
        ("3/4", 3),
        ("5-6", 5),
        ("3:1", 3),
        ("3 may be too many", 3),
        ("5 marks", 5),
        ("14h", 14),
        ("5 am\u00e9lies", 5),
    ],
)
def test_ratios_ranges_and_units_stay_numbers(written: str, value: float) -> None:
    assert parse("numeric", f"ANSWER: {written}").value == value


@pytest.mark.parametrize("form", [form for form in FORMS if "\n" not in form])
@pytest.mark.parametrize(
    ("spec", "written"),
    [
        ("boolean", "not Yes"),
        ("boolean", "Yes or No"),
        ("boolean", "Yes/No"),
        ("boolean", "~~Yes~~"),
        ("boolean", "<del>Yes</del>"),
        ("boolean", "<s>Yes</s>"),
        ("boolean", "\\text{not } Yes"),
        ("boolean", "\\neg Yes"),
        ("boolean", "<b>not</b> Yes"),
        ("boolean", "probably"),
        ("numeric", "5 or 6"),
        ("numeric", "not 5"),
        ("numeric", "~5"),
        ("numeric", "~~5~~"),
        ("numeric", "<del>5</del>"),
        ("numeric", "<5"),
        (LABELS, "A or B"),
        (LABELS, "not A"),
        (LABELS, "<s>A</s>"),
        (MULTI, "A or B"),
        (MULTI, "not A"),
    ],
)
def test_hedged_or_withdrawn_answer_is_not_read_in_any_form(form: str, spec: AnswerSpec, written: str) -> None:
    assert failed(parse(spec, f"why\n\n{form.format(written)}"))


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": "Yes", "final_answer": "No"}',
        '{"answer": "Yes"}\n\n{"answer": "No"}',
        '{"answer": "Yes", "answer": "No"}',
        '{"answer": {"value": "Yes"}, "final_answer": "No"}',
        "<answer>Yes</answer>\n<answer>No</answer>",
        '<answer>Yes</answer>\n{"answer": "No"}',
        "| ANSWER | Yes |\n| ANSWER | No |",
        "| ANSWER | Why |\n|---|---|\n| Yes | a |\n| No | b |",
        "| ANSWER | Yes | No |",
        "\\boxed{Yes}\n\n\\boxed{No}",
        "## Answer\nYes\n\n## Answer\nNo",
        "Its reply was <answer>Yes</answer>, which is wrong.",
        'It was called with {"answer": "Yes"} by the agent.',
        "The agent wrote \\boxed{Yes} in [M2] and stopped.",
        "We have no\nanswer\nyes it is odd",
        "ANSWER yes",
    ],
)
def test_two_verdicts_or_a_quotation_are_not_read(text: str) -> None:
    assert failed(parse("boolean", text))


def test_line_that_was_asked_for_decides_before_other_forms() -> None:
    assert parse("boolean", '{"answer": "Yes"}\n\nANSWER: No').value is False
    assert parse("boolean", "ANSWER: No\n\n<answer>Yes</answer>").value is False
    assert parse("boolean", "## Answer\nIt wrote no tests.\n\nANSWER: Yes").value is True
    assert parse("boolean", "<answer>Yes</answer>\n<answer>Yes</answer>").value is True


def test_marks_that_a_language_needs_are_kept() -> None:
    persian, family = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\U0001f469\u200d\U0001f4bb"
    result = parse("string", f"\u200b{family} why\nANSWER: \u200b{persian} {family}\u200b")
    assert (result.value, result.explanation) == (f"{persian} {family}", f"{family} why")
    assert parse("boolean", f"{family} why\nANSWER: yes").explanation == f"{family} why"


def test_free_text_keeps_what_looks_like_markup() -> None:
    for written in (
        "it printed <|im_end|> twice",
        "<b>bold</b> text",
        "a </s> b",
        "~~5~~ 6",
        "\uff21\uff22",
        "\u2705 done",
    ):
        assert parse("string", f"ANSWER: {written}").value == written


@given(st.sampled_from(CASES), st.sampled_from(FORMS), st.sampled_from(AROUND), st.sampled_from(ENDINGS))
def test_no_decoration_makes_another_value(
    case: tuple[AnswerSpec, str, Any], form: str, around: str, ending: str
) -> None:
    spec, written, value = case
    result = parse(spec, f"It is so.\n\n{form.format(around.format(written))}{ending}")
    if spec == "string":
        assert failed(result) or written in str(result.value)
    else:
        assert failed(result) or result.value == value


@given(
    st.sampled_from(CLOSED),
    st.lists(st.sampled_from(["not ", "or ", "~~", "/", " and ", "un", "\u274c", "?", "5", "\n"])),
)
def test_words_beside_an_answer_never_turn_it(case: tuple[AnswerSpec, str, Any], pieces: list[str]) -> None:
    spec, written, _ = case
    result = parse(spec, f"ANSWER: {''.join(pieces)}{written}")
    if "not " in pieces and spec == "boolean":
        assert failed(result) or pieces.index("not ") > 0
