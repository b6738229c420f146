"""The scanner that asks a model, from transcript to result."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import Event
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentText,
)
from pydantic import BaseModel, Field

from inspect_scout import Answer, ConfigError, RefusalError, answer_type, scan, scan_results_df, transcripts_from
from inspect_scout._scanners.answers.spec import AnswerMultiLabel, AnswerSpec, AnswerStructured
from inspect_scout._scanners.declare.config import scanner_config
from inspect_scout._scanners.declare.decorators import scanner
from inspect_scout._scanners.llm.errors import PromptTooLargeError
from inspect_scout._scanners.llm.judge import MAX_IN_FLIGHT
from inspect_scout._scanners.llm.reduce import ResultReducer
from inspect_scout._scanners.llm.scanner import llm_scanner
from inspect_scout._scanners.render.messages import MessagesPreprocessor
from inspect_scout._transcripts import MaterializedHandle
from inspect_scout._types import RESULTSET, Result, Scanner, Transcript, TranscriptContent, TranscriptInfo
from inspect_scout.testing import ScriptedModel, scripted_model
from support.judging import judged, make_judge
from support.threads import model_call, span, timeline
from support.transcripts import talk

cloudpickle: Any = importlib.import_module("cloudpickle")  # has no types

YES = "It does [M2].\n\nANSWER: yes"


class Found(BaseModel):
    """Something that was found."""

    label: str = Field(description="Kind.")
    value: int = Field(description="How often.")


def long_talk(count: int = 12, characters: int = 4000) -> Transcript:
    """Make a transcript of which a window of 3000 tokens holds two messages."""
    messages: list[ChatMessage] = [
        ChatMessageUser(id=f"m{n}", content=f"message {n} " + "x" * characters) for n in range(1, count + 1)
    ]
    return Transcript(transcript_id="long", messages=messages)


def items_of(result: Result[Any]) -> list[dict[str, Any]]:
    assert result.type == RESULTSET
    assert isinstance(result.value, list)
    return [item for item in result.value if isinstance(item, dict)]


# One segment


def test_answer_cites_messages_of_the_transcript() -> None:
    model = scripted_model(YES)
    result = judged(talk(4), model)
    assert (result.value, result.answer) == (True, "Yes")
    assert [(r.cite, r.id) for r in result.references] == [("[M2]", "u4")]
    (prompt,) = model.prompts
    assert "[M2] USER:\nWhich number?" in prompt
    assert "[M3] ASSISTANT:\nnumber 4" in prompt
    assert "Be good." not in prompt
    assert "Does it?" in prompt


def test_prefix_is_kept_by_the_provider_and_alike_for_all_questions() -> None:
    model = scripted_model(YES)
    judged(talk(1), model)
    judged(talk(1), model, question="How often?", answer="numeric")
    one, other = model.calls[:2]
    assert one.config.cache_prompt is True
    assert one.config.cache is None
    (first,), (second,) = ([m.content for m in call.messages] for call in (one, other))
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert isinstance(first[0], ContentText)
    assert isinstance(second[0], ContentText)
    assert first[0].text == second[0].text
    assert len(first) == len(second) == 2


def test_template_of_one_text_is_sent_as_it_is() -> None:
    model = scripted_model(YES)
    judged(talk(1), model, template="{{ question }}\n{{ messages }}", cache=False)
    (call,) = model.calls
    assert call.text.startswith("Does it?\n[M2] USER:")
    assert call.config.cache_prompt is None


def test_template_knows_the_transcript() -> None:
    model = scripted_model(YES)
    template = ("{{ messages }}", "{{ task_set }} {{ task_id }} {{ metadata.task_name }} {{ colour }} {{ question }}")
    judged(talk(7), model, template=template, template_variables={"colour": "red", "task_id": "mine"}, question="Q?")
    assert model.prompts[0].endswith("numbers mine numbers red Q?")


def test_question_and_variables_may_follow_from_the_transcript() -> None:
    async def question(transcript: Transcript) -> str:
        return f"Is it {transcript.transcript_id}?"

    def variables(transcript: Transcript) -> dict[str, Any]:
        return {"count": len(transcript.messages)}

    model = scripted_model(YES)
    judged(
        talk(5),
        model,
        question=question,
        template=("{{ messages }}", "{{ question }} {{ count }}"),
        template_variables=variables,
    )
    assert model.prompts[0].endswith("Is it t5? 3")
    judged(talk(6), model, question=anything)
    assert "\n?\n" in model.prompts[1]


def test_question_may_stand_in_the_template() -> None:
    model = scripted_model(YES)
    judged(talk(1), model, question=None, template=("{{ messages }}", "Is it so? {{ answer_format }}"))
    assert "Is it so?" in model.prompts[0]


def test_model_is_found_by_role(tmp_path: Path) -> None:
    bound = scripted_model("ANSWER: a part")

    judge = llm_scanner(question="?", answer="string", model_role="grader", context_window=3000)
    roles = {"grader": bound}
    status = scan(
        [("judge", judge)],
        transcripts_from([long_talk()]),
        scans=str(tmp_path),
        model_roles=roles,
        display="none",
        max_processes=1,
    )
    assert scan_results_df(status.location).scanners["judge"]["value"].tolist() == ["a part"]
    # Six segments, and the reducer asks the same model.
    assert len(bound.calls) == 7


def test_model_given_by_name_is_made_when_scanning() -> None:
    assert judged(talk(1), "scripted/by-name").value is True


@pytest.mark.parametrize("given", [True, 3])
def test_refusals_are_retried_three_times(given: bool | int) -> None:
    model = scripted_model(refuse=1)
    with pytest.raises(RefusalError):
        judged(talk(1), model, retry_refusals=given)
    assert model.statistics().refused == 4


def test_answers_are_kept_on_disk_if_wanted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    model = scripted_model(YES)
    for _ in range(2):
        assert judged(talk(1), model, cache=True).value is True
    assert len(model.calls) == 1


# Preprocessor


def test_transform_sees_the_whole_list_and_numbers_stay() -> None:
    seen: list[int] = []

    async def last_two(messages: list[ChatMessage]) -> list[ChatMessage]:
        seen.append(len(messages))
        return messages[-2:]

    model = scripted_model("See [M4].\n\nANSWER: yes")
    result = judged(long_talk(4, 10), model, preprocessor=MessagesPreprocessor[list[ChatMessage]](transform=last_two))
    assert seen == [4]
    assert "[M2]" not in model.prompts[0].partition("[BEGIN TRANSCRIPT]")[2].partition("[END TRANSCRIPT]")[0]
    assert "[M3] USER:\nmessage 3" in model.prompts[0]
    assert [r.id for r in result.references] == ["m4"]


def test_options_of_rendering_hold() -> None:
    model = scripted_model(YES)
    judged(talk(1), model, preprocessor=MessagesPreprocessor[list[ChatMessage]](exclude_system=False))
    assert "[M1] SYSTEM:\nBe good." in model.prompts[0]


# Segments


def verdict(number: int) -> str:
    return f"because\nANSWER: {'yes' if number == 3 else 'no'}"


def letter(number: int) -> str:
    return f"ANSWER: {'A' if number < 3 else 'B'}"


def itself(number: int) -> str:
    return f"ANSWER: {number}"


BY_KIND: list[tuple[AnswerSpec, Callable[[int], str], Any]] = [
    ("boolean", verdict, True),
    ("numeric", itself, 3.5),
    (["One", "Two"], letter, "B"),
    (AnswerMultiLabel(["One", "Two", "Three"]), letter, ["One", "Two"]),
]


@pytest.mark.parametrize(("answer", "reply", "value"), BY_KIND)
@pytest.mark.parametrize("made", [False, True], ids=["spec", "answer_type"])
def test_segments_are_reduced_as_suits_the_answer(
    answer: AnswerSpec, reply: Callable[[int], str], value: Any, made: bool
) -> None:
    model = numbered(reply)
    result = judged(long_talk(), model, answer=answer_type(answer) if made else answer, context_window=3000)
    assert len(model.calls) == 6
    assert result.value == value
    if answer == "boolean":
        assert result.explanation is not None
        assert result.explanation.startswith("[Segment 1]\nbecause")


def numbered(reply: Callable[[int], Any]) -> ScriptedModel:
    """Make a model that answers by the number of the segment (of two messages each) that it is shown."""

    def answer(prompt: str) -> Any:
        for number in range(1, 100):
            if f"message {2 * number} x" in prompt:
                return reply(number)
        return "Both.\n\nANSWER: all of it"

    return scripted_model(answer)


def test_texts_are_combined_by_the_model_of_the_scanner() -> None:
    model = numbered(lambda n: f"ANSWER: part {n}")
    result = judged(long_talk(), model, answer="string", context_window=3000)
    assert result.value == "all of it"
    assert result.explanation == "Both."
    assert "[Segment 6]\nAnswer: part 6" in model.prompts[-1]


def test_last_structured_answer_counts() -> None:
    model = numbered(lambda n: {"label": "k", "value": n, "explanation": "e"})
    result = judged(long_talk(), model, answer=AnswerStructured(Found), context_window=3000)
    assert (result.value, result.label) == (6, "k")


@pytest.mark.parametrize("answer", [AnswerStructured(list[Found]), answer_type(AnswerStructured(list[Found]))])
def test_lists_over_segments_are_one_flat_list(answer: AnswerSpec | Answer) -> None:
    model = numbered(lambda n: {"results": [{"label": f"k{n}", "value": n, "explanation": "e [M1]"}] * (n % 3)})
    result = judged(long_talk(), model, answer=answer, context_window=3000)
    assert [(item["label"], item["value"]) for item in items_of(result)] == [
        ("k1", 1),
        ("k2", 2),
        ("k2", 2),
        ("k4", 4),
        ("k5", 5),
        ("k5", 5),
    ]


def test_reducer_may_be_chosen() -> None:
    model = numbered(lambda n: f"ANSWER: {n}")
    assert judged(long_talk(), model, answer="numeric", context_window=3000, reducer=ResultReducer.max).value == 6


def test_segments_are_judged_sixteen_at_a_time() -> None:
    model = scripted_model(YES, latency=0.01)
    judged(long_talk(80), model, context_window=3000)
    stood = model.statistics()
    assert stood.calls == 40
    assert stood.peak_in_flight <= MAX_IN_FLIGHT


def test_first_segment_that_fails_ends_it() -> None:
    model = scripted_model(YES, refuse=[2], latency=lambda n: 0.0 if n == 2 else 30.0)
    with pytest.raises(RefusalError):
        judged(long_talk(80), model, context_window=3000, retry_refusals=False)
    assert model.statistics().calls <= MAX_IN_FLIGHT + 1


def test_message_larger_than_the_window_is_split() -> None:
    model = scripted_model(YES)
    judged(long_talk(1, 40_000), model, context_window=3000)
    assert len(model.calls) > 1
    assert all(len(prompt) < 3000 * 4 for prompt in model.prompts)
    assert all("[M1] USER:" in prompt for prompt in model.prompts)


def test_prompt_that_leaves_no_room_is_refused() -> None:
    model = scripted_model(YES)
    with pytest.raises(PromptTooLargeError, match="context_window") as raised:
        judged(talk(1), model, question="word " * 4000, context_window=2000)
    assert isinstance(raised.value, RuntimeError)
    assert raised.value.window == 2000
    assert raised.value.size > 2000
    assert not model.calls


# Nothing to read


def none_left() -> MessagesPreprocessor[list[ChatMessage]]:
    async def drop(messages: list[ChatMessage]) -> list[ChatMessage]:
        return []

    return MessagesPreprocessor(transform=drop)


SYSTEM_ONLY = Transcript(transcript_id="s", messages=[ChatMessageSystem(content="Be good.")])


@pytest.mark.parametrize(
    "answer",
    [
        "boolean",
        "numeric",
        "string",
        ["A", "B"],
        AnswerMultiLabel(["A"]),
        AnswerStructured(Found),
        AnswerStructured(list[Found]),
    ],
)
@pytest.mark.parametrize(
    ("transcript", "options", "reason"),
    [
        (Transcript(transcript_id="e"), {}, "no_messages"),
        (SYSTEM_ONLY, {}, "nothing_rendered"),
        (talk(1), {"preprocessor": none_left()}, "nothing_rendered"),
        (Transcript(transcript_id="t", timelines=[timeline(span("main"))]), {}, "no_spans"),
        (
            Transcript(transcript_id="t", timelines=[timeline(span("main", [model_call("a", "b")]))]),
            {"depth": 0},
            "no_spans",
        ),
    ],
)
def test_nothing_to_read_is_a_result_without_a_value(
    answer: AnswerSpec, transcript: Transcript, options: dict[str, Any], reason: str
) -> None:
    model = scripted_model()
    result = judged(transcript, model, answer=answer, **options)
    assert result.value is None
    assert result.answer is None
    assert result.explanation
    assert result.metadata == {"skipped": reason}
    assert not model.calls


# Timelines


def tree() -> Transcript:
    inner = span("inner", [model_call("c", "d")], name="helper")
    root = span("outer", [model_call("a", "b"), inner], name="lead")
    return Transcript(
        transcript_id="tree", timelines=[timeline(root), timeline(span("solo", [model_call("e", "f")]), "other")]
    )


def test_each_span_has_a_result_with_its_name_and_id() -> None:
    model = scripted_model([(r"USER:\nc", "ANSWER: yes"), (r"", "ANSWER: no")])
    result = judged(tree(), model)
    assert [
        (i["label"], i["value"], i["metadata"]["span_id"], i["metadata"]["span_name"]) for i in items_of(result)
    ] == [
        ("lead", False, "outer", "lead"),
        ("helper", True, "inner", "helper"),
    ]


def test_single_span_has_its_result_alone() -> None:
    result = judged(tree(), scripted_model(YES), timeline="other")
    assert (result.value, result.label, result.type) == (True, "solo", None)
    assert result.metadata == {"stop_reason": "stop", "span_id": "solo", "span_name": "solo"}


def test_label_that_the_model_gave_stays() -> None:
    model = scripted_model({"label": "mine", "value": 1, "explanation": "e"})
    assert [item["label"] for item in items_of(judged(tree(), model, answer=AnswerStructured(Found)))] == ["mine"] * 2


def test_lists_of_spans_are_one_flat_list_that_names_them() -> None:
    model = scripted_model({"results": [{"label": "x", "value": 1, "explanation": "e"}]})
    items = items_of(judged(tree(), model, answer=AnswerStructured(list[Found])))
    assert [(item["label"], item["value"], item["metadata"]["span_name"]) for item in items] == [
        ("x", 1, "lead"),
        ("x", 1, "helper"),
    ]


def test_segments_of_one_span_are_reduced() -> None:
    texts = [ChatMessageUser(id=f"m{n}", content=f"message {n} " + "x" * 4000) for n in range(1, 7)]
    call = model_call("a", "b")
    call.input = [*texts]
    two = Transcript(
        transcript_id="two", timelines=[timeline(span("outer", [call, span("inner", [model_call("c", "d")])]))]
    )
    model = scripted_model([(r"message 3", "ANSWER: 30"), (r"message \d", "ANSWER: 1"), (r"", "ANSWER: 7")])
    items = items_of(judged(two, model, answer="numeric", context_window=3000, reducer=ResultReducer.max))
    assert [(item["label"], item["value"]) for item in items] == [("outer", 30.0), ("inner", 7.0)]
    assert len(model.calls) > 2


def test_events_alone_are_read_by_span_and_reduced_to_one() -> None:
    events: list[Any] = [model_call("a", "b")]
    result = judged(Transcript(transcript_id="ev", events=events), scripted_model(YES))
    assert result.value is True
    assert result.type is None
    assert result.label is None


def test_unknown_timeline_is_refused() -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        judged(tree(), scripted_model(), timeline="nowhere")


# Streaming


class MessagesOnly(MaterializedHandle):
    """A handle that gives messages one by one and nothing else."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(TranscriptInfo(transcript_id=transcript.transcript_id), self._refuse)
        self._given = transcript.messages

    async def _refuse(self) -> Transcript:
        raise AssertionError("The transcript is not to be loaded.")

    async def messages(self) -> AsyncIterator[ChatMessage]:
        for message in self._given:
            yield message

    async def events(self) -> AsyncIterator[Event]:
        nothing: list[Event] = []
        for event in nothing:
            yield event


def test_handle_is_read_without_loading_it() -> None:
    whole, streamed = (numbered(lambda n: f"ANSWER: {n}") for _ in range(2))
    by_handle = judged(MessagesOnly(long_talk()), streamed, answer="numeric", context_window=3000)
    in_memory = judged(long_talk(), whole, answer="numeric", context_window=3000)
    assert by_handle.value == in_memory.value
    assert streamed.prompts == whole.prompts


def test_handle_with_events_or_a_question_that_wants_all_is_loaded() -> None:
    async def load() -> Transcript:
        return Transcript(transcript_id="ev", events=[model_call("a", "b")])

    model = scripted_model(YES)
    assert judged(MaterializedHandle(Transcript(transcript_id="ev"), load), model).value is True
    assert "USER:\na" in model.prompts[0]

    def count(transcript: Transcript) -> str:
        return f"{len(transcript.events)} events"

    judged(MaterializedHandle(Transcript(transcript_id="ev"), load), model, question=count)
    assert "1 events" in model.prompts[1]


def test_empty_handle_has_no_messages() -> None:
    async def load() -> Transcript:
        return Transcript(transcript_id="e")

    result = judged(MaterializedHandle(Transcript(transcript_id="e"), load), scripted_model())
    assert result.metadata == {"skipped": "no_messages"}


def anything(_: object) -> str:
    return "?"


VOUCHES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"template_variables": {"a": 1}}, True),
    ({"content": TranscriptContent(messages=["user"])}, True),
    ({"question": anything}, False),
    ({"template_variables": dict}, False),
    ({"timeline": "main"}, False),
    ({"content": TranscriptContent(timeline=True)}, False),
]


@pytest.mark.parametrize(("options", "streams"), VOUCHES)
def test_scanner_vouches_for_streaming_where_messages_are_enough(options: dict[str, Any], streams: bool) -> None:
    made = make_judge(**{"question": "?", "answer": "boolean", **options})
    assert scanner_config(made).streaming is streams

    @scanner(messages="all")
    def mine() -> Scanner[Transcript]:
        made: Scanner[Transcript] = make_judge(**{"question": "?", "answer": "boolean", **options})
        return made

    assert scanner_config(mine()).streaming is streams


# Declaration


def test_content_and_name_are_its_own() -> None:
    config = scanner_config(
        llm_scanner(question="?", answer="boolean", name="My Name!", content=TranscriptContent(messages=["user"]))
    )
    assert config.given_name == "My Name!"
    assert config.content.messages == ["user"]
    plain = scanner_config(llm_scanner(question="?", answer="boolean"))
    assert plain.content.messages == "all"
    assert plain.content.timeline is None
    assert scanner_config(llm_scanner(question="?", answer="boolean", timeline="main")).content.timeline


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"question": None}, "question"),
        ({"question": 7}, "question"),
        ({"nonce": "short"}, "nonce"),
        ({"nonce": "not-letters-only"}, "nonce"),
        ({"template": "{{"}, "template"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": []}, "label"),
        ({"answer": AnswerMultiLabel(["A"]), "value_to_float": float}, "single label"),
        ({"answer": AnswerStructured(BaseModel)}, ""),
        ({"context_window": 0}, "context_window"),
        ({"compaction": "first"}, "compaction"),
        ({"compaction": 0}, "compaction"),
        ({"retry_refusals": -1}, "retry_refusals"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_when_it_is_made(options: dict[str, Any], said: str) -> None:
    if isinstance(options.get("answer"), AnswerStructured):

        class Undescribed(BaseModel):
            value: int

        options, said = {"answer": AnswerStructured(Undescribed)}, "description"
    with pytest.raises(ConfigError, match=said):
        make_judge(**{"question": "?", "answer": "boolean", **options})


def test_question_that_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="t1"):
        judged(talk(1), scripted_model(), question=print)


def test_no_model_is_said_plainly() -> None:
    with pytest.raises(ValueError, match="model"):
        judged(talk(1), None)


def test_assistant_only_transcript_is_read() -> None:
    only = Transcript(transcript_id="a", messages=[ChatMessageAssistant(id="x", content="I did it.")])
    assert [r.id for r in judged(only, scripted_model("I see [M1].\nANSWER: yes")).references] == ["x"]


@pytest.mark.parametrize(
    "answer", ["boolean", "numeric", "string", ["A"], AnswerMultiLabel(["A"]), AnswerStructured(Found)]
)
def test_scanner_reaches_other_processes(answer: AnswerSpec) -> None:
    made = make_judge(question="?", answer=answer, model="scripted/x")
    assert scanner_config(pickled(made)).content.messages == "all"
    assert pickled(ResultReducer.llm(prompt="Say.")) == ResultReducer.llm(prompt="Say.")


def pickled(thing: Any) -> Any:
    return cloudpickle.loads(cloudpickle.dumps(thing))
