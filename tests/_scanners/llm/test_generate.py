"""Asking until an answer can be used."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    StopReason,
)
from inspect_ai.scorer import Reference
from inspect_ai.tool import ToolCall, ToolInfo
from pydantic import BaseModel, Field, field_validator

from inspect_scout import ConfigError, RefusalError, ScoutError
from inspect_scout._scanners.answers.build import answer_type
from inspect_scout._scanners.answers.contract import PARSE_ERROR
from inspect_scout._scanners.answers.spec import AnswerSpec, AnswerStructured
from inspect_scout._scanners.llm.errors import UnusableAnswerError
from inspect_scout._scanners.llm.generate import generate_answer
from inspect_scout._scanners.llm.refusals import refusal_retries
from inspect_scout._types import RESULTSET, Result
from inspect_scout.testing import ScriptedModel, scripted_model


def generate(model: ScriptedModel, answer: AnswerSpec, prompt: Any = "Is it?", **options: Any) -> Result[Any]:
    result = asyncio.run(generate_answer(prompt, answer, model=model, **options))
    assert isinstance(result, Result)
    return result


def in_turn(*answers: Any) -> Callable[[str], Any]:
    waiting = list(answers)
    return lambda _: waiting.pop(0)


def cite_everything(text: str) -> list[Reference]:
    return [Reference(type="message", cite="[M2]", id="m2")] if "[M2]" in text else []


# Text


def test_answer_that_can_be_read_is_taken() -> None:
    model = scripted_model("It says so [M2].\n\nANSWER: yes")
    result = generate(model, "boolean", extract_refs=cite_everything)
    assert (result.value, result.answer, result.explanation) == (True, "Yes", "It says so [M2].")
    assert [r.id for r in result.references] == ["m2"]
    assert result.metadata == {"stop_reason": "stop"}
    assert len(model.calls) == 1


def test_answer_that_cannot_be_read_is_asked_for_again_in_the_conversation() -> None:
    model = scripted_model("ANSWER: 42", malform=[1, 2])
    assert generate(model, "numeric").value == 42
    first, second, third = model.calls
    assert [m.role for m in first.messages] == ["user"]
    assert [m.role for m in second.messages] == ["user", "assistant", "user"]
    assert [m.role for m in third.messages] == ["user", "assistant", "user", "assistant", "user"]
    assert answer_type("numeric").format in second.messages[-1].text


def test_third_answer_that_cannot_be_read_is_the_last() -> None:
    model = scripted_model(malform=1)
    result = generate(model, "boolean")
    assert result.value is None
    assert result.answer is None
    assert result.metadata is not None
    assert result.metadata["stop_reason"] == "stop"
    assert PARSE_ERROR in result.metadata
    assert len(model.calls) == 3


def test_none_of_the_labels_is_an_answer() -> None:
    from inspect_scout._scanners.answers.spec import AnswerMultiLabel

    model = scripted_model("ANSWER: NONE")
    assert generate(model, AnswerMultiLabel(["One", "Two"], allow_none=True)).value == []
    assert len(model.calls) == 1


def test_conversation_given_by_the_caller_is_not_changed() -> None:
    model = scripted_model("ANSWER: yes", malform=[1])
    prompt = [ChatMessageUser(content="Here it is."), ChatMessageUser(content="Is it?")]
    assert generate(model, "boolean", prompt).value is True
    assert len(prompt) == 2


def test_value_is_made_a_number() -> None:
    assert generate(scripted_model("ANSWER: yes"), "boolean", value_to_float=float).value == 1.0


def test_output_itself_is_given_when_it_is_not_to_be_parsed() -> None:
    model = scripted_model("whatever")
    output = asyncio.run(generate_answer("?", "boolean", model=model, parse=False))
    assert isinstance(output, ModelOutput)
    assert output.completion == "whatever"
    assert len(model.calls) == 1


def test_tools_of_the_conversation_are_declared_and_cannot_be_called() -> None:
    model = scripted_model("ANSWER: yes")
    generate(model, "boolean", context_tools=[ToolInfo(name="bash", description="Run it.")])
    (call,) = model.calls
    # inspect_ai leaves tools out where none may be called and the provider does not insist on them.
    assert call.tool_choice == "none"


def test_calls_of_tools_are_answered_before_asking_again() -> None:
    request = ToolCall(id="c1", function="bash", arguments={})
    calling = ModelOutput.from_message(ChatMessageAssistant(content="", tool_calls=[request]))
    model = scripted_model(in_turn(calling, "ANSWER: no"))
    assert generate(model, "boolean").value is False
    conversation = model.calls[1].messages
    assert [m.role for m in conversation] == ["user", "assistant", "tool", "user"]
    assert isinstance(conversation[2], ChatMessageTool)
    assert conversation[2].tool_call_id == "c1"


def test_empty_output_is_asked_for_again() -> None:
    model = scripted_model(in_turn(ModelOutput(model="m"), "ANSWER: yes"))
    assert generate(model, "boolean").value is True


def test_options_reach_the_model() -> None:
    model = scripted_model()
    generate(model, "boolean", config=GenerateConfig(temperature=0.5))
    assert model.calls[0].config.temperature == 0.5


# Cut off


def cut(text: str, stop_reason: StopReason = "max_tokens") -> ModelOutput:
    return ModelOutput.from_content("m", text, stop_reason=stop_reason)


@pytest.mark.parametrize("stop_reason", ["max_tokens", "model_length"])
@pytest.mark.parametrize(
    ("answer", "begun", "whole", "value"),
    [
        ("numeric", "ANSWER: 0.", "ANSWER: 0.5", 0.5),
        ("boolean", "They ask whether", "ANSWER: no", False),
        ("string", "ANSWER: The agent", "ANSWER: The agent stopped.", "The agent stopped."),
        (["A good one", "Another"], "ANSWER: A", "ANSWER: B", "B"),
        ("numeric", "<think>Is it 9?\nANSWER: 9", "ANSWER: 4", 4.0),
    ],
)
def test_reply_that_was_cut_off_is_asked_for_again_without_it(
    stop_reason: StopReason, answer: AnswerSpec, begun: str, whole: str, value: Any
) -> None:
    model = scripted_model(in_turn(cut(begun, stop_reason), whole))
    result = generate(model, answer)
    assert result.value == value and result.metadata == {"stop_reason": "stop"}
    asked = model.calls[1].messages
    assert [m.role for m in asked] == ["user", "user"] or begun not in asked[-1].text
    assert "cut off" in asked[-1].text and answer_type(answer).format in asked[-1].text
    assert all(m.role == "user" for m in asked)


def test_answer_that_is_always_cut_off_has_no_value_and_says_why() -> None:
    model = scripted_model(lambda _: cut("ANSWER: 0."))
    result = generate(model, "numeric")
    assert (result.value, result.answer, len(model.calls)) == (None, None, 3)
    assert result.metadata is not None
    assert result.metadata["stop_reason"] == "max_tokens" and "max_tokens" in result.metadata[PARSE_ERROR]


def test_whole_answer_counts_although_the_reply_was_cut_off() -> None:
    model = scripted_model(lambda _: cut("ANSWER: 0.\n\nThat is because"))
    result = generate(model, "numeric")
    assert (result.value, len(model.calls)) == (0.0, 1)
    assert result.metadata == {"stop_reason": "max_tokens"}


# Thoughts


def test_draft_in_a_thought_is_asked_for_again() -> None:
    model = scripted_model(in_turn("<think>ANSWER: 9</think>None fits.", "<think>ANSWER: 9</think>\nANSWER: 4"))
    assert generate(model, "numeric").value == 4
    assert len(model.calls) == 2


# Refusals


@pytest.mark.parametrize(("given", "retries"), [(True, 3), (False, 0), (0, 0), (1, 1), (7, 7)])
def test_retries_are_read(given: bool | int, retries: int) -> None:
    assert refusal_retries(given) == retries


@pytest.mark.parametrize("given", [-1, 1.5, "3", None])
def test_retries_that_make_no_sense_are_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match="retry_refusals"):
        refusal_retries(given)


@pytest.mark.parametrize(("given", "calls"), [(True, 4), (False, 1), (0, 1), (1, 2), (3, 4)])
def test_model_that_declines_is_asked_again(given: bool | int, calls: int) -> None:
    model = scripted_model(refuse=1)
    with pytest.raises(RefusalError, match="I cannot help with that"):
        generate(model, "boolean", retry_refusals=given)
    assert model.statistics().refused == calls


def test_model_that_gives_in_has_answered() -> None:
    model = scripted_model("ANSWER: yes", refuse=[1, 2, 3])
    assert generate(model, "boolean").value is True


def test_refusal_that_is_raised_counts_as_one() -> None:
    model = scripted_model(refuse=1)
    with pytest.raises(RefusalError):
        generate(model, "boolean", retry_refusals=1, config=GenerateConfig(fail_on_refusal=True))
    assert model.statistics().refused == 2


def test_kept_refusal_is_not_read_again(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    model = scripted_model("ANSWER: yes", refuse=[1])
    assert generate(model, "boolean", config=GenerateConfig(cache=True)).value is True
    assert generate(model, "boolean", config=GenerateConfig(cache=True)).value is True
    assert model.statistics().calls == 3


# Structured


class Verdict(BaseModel):
    """What is found."""

    value: int = Field(description="How many.")
    mood: str = Field(description="In what mood.")

    @field_validator("value")
    @classmethod
    def not_too_many(cls, value: int) -> int:
        if value > 9:
            raise ValueError("more than nine is never right")
        return value


GOOD = {"value": 3, "mood": "calm", "explanation": "It is calm [M2]."}


def test_structured_answer_is_a_call_of_its_tool() -> None:
    model = scripted_model(GOOD)
    result = generate(model, AnswerStructured(Verdict), extract_refs=cite_everything)
    assert (result.value, result.answer, result.explanation) == (3, None, "It is calm [M2].")
    assert result.metadata == {"mood": "calm", "stop_reason": "tool_calls"}
    assert result.parsed == Verdict(value=3, mood="calm")
    assert [r.id for r in result.references] == ["m2"]
    (call,) = model.calls
    assert [t.name for t in call.tools] == ["answer"]
    assert (call.tool_choice, call.config.parallel_tool_calls) == ("auto", False)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"value": "many", "mood": "calm", "explanation": "x"}, "value"),
        ({"value": 12, "mood": "calm", "explanation": "x"}, "more than nine is never right"),
        ({"value": 1, "mood": "calm"}, "explanation"),
        ({"value": 1, "mood": "calm", "explanation": "x", "extra": 1}, "extra"),
    ],
)
def test_call_that_does_not_fit_is_sent_back_with_the_reason(bad: dict[str, Any], told: str) -> None:
    model = scripted_model(in_turn(bad, GOOD))
    assert generate(model, AnswerStructured(Verdict)).value == 3
    reply = model.calls[1].messages[-1]
    assert isinstance(reply, ChatMessageTool)
    assert told in reply.text


def test_tools_of_the_transcript_lead_back_to_the_answer() -> None:
    def calling(*names: str) -> ModelOutput:
        requests = [ToolCall(id=f"c-{name}", function=name, arguments={}) for name in names]
        return ModelOutput.from_message(ChatMessageAssistant(content="", tool_calls=requests))

    model = scripted_model(in_turn(calling("bash", "nothing"), GOOD))
    tools = [ToolInfo(name=name, description=name) for name in ("bash", "answer")]
    assert generate(model, AnswerStructured(Verdict), context_tools=tools).value == 3
    assert [t.name for t in model.calls[0].tools] == ["bash", "answer"]
    *_, bash, nothing = model.calls[1].messages
    assert "belongs to the transcript" in bash.text
    assert "There is no tool 'nothing'" in nothing.text


def test_model_that_calls_nothing_is_asked_to() -> None:
    model = scripted_model(in_turn("Three, I think.", GOOD))
    assert generate(model, AnswerStructured(Verdict, answer_tool="report")).value == 3
    assert "report()" in model.calls[1].messages[-1].text


def test_json_without_a_call_is_an_answer() -> None:
    model = scripted_model('```json\n{"value": 2, "mood": "grim", "explanation": "x"}\n```')
    assert generate(model, AnswerStructured(Verdict)).value == 2


def test_arguments_that_are_no_json_are_sent_back() -> None:
    request = ToolCall(id="c1", function="answer", arguments={}, parse_error="not JSON")
    model = scripted_model(
        in_turn(ModelOutput.from_message(ChatMessageAssistant(content="", tool_calls=[request])), GOOD)
    )
    assert generate(model, AnswerStructured(Verdict)).value == 3
    assert "not JSON" in model.calls[1].messages[-1].text


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_answer_that_never_fits_is_an_error(attempts: int) -> None:
    model = scripted_model({"value": 100, "mood": "wild", "explanation": "x"})
    with pytest.raises(UnusableAnswerError, match="more than nine") as raised:
        generate(model, AnswerStructured(Verdict, max_attempts=attempts))
    assert isinstance(raised.value, ScoutError)
    assert raised.value.attempts == attempts == len(model.calls)
    assert '"mood": "wild"' in raised.value.completion
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def calls(*arguments: dict[str, Any], stop_reason: StopReason = "tool_calls", function: str = "answer") -> ModelOutput:
    requests = [ToolCall(id=f"c{n}", function=function, arguments=given) for n, given in enumerate(arguments)]
    return ModelOutput.from_message(ChatMessageAssistant(content="", tool_calls=requests), stop_reason=stop_reason)


def test_calls_that_differ_are_not_chosen_from() -> None:
    model = scripted_model(in_turn(calls(GOOD, {**GOOD, "value": 4}), {**GOOD, "value": 5}))
    assert generate(model, AnswerStructured(Verdict)).value == 5
    assert "Call it once" in model.calls[1].messages[-1].text
    assert generate(scripted_model(in_turn(calls(GOOD, GOOD))), AnswerStructured(Verdict)).value == 3
    assert generate(scripted_model(in_turn(calls({"value": 1}, GOOD))), AnswerStructured(Verdict)).value == 3


@pytest.mark.parametrize("function", ["Answer", "functions.answer"])
def test_name_of_the_tool_may_be_spelled_otherwise(function: str) -> None:
    assert generate(scripted_model(in_turn(calls(GOOD, function=function))), AnswerStructured(Verdict)).value == 3


@pytest.mark.parametrize("sloppy", [{"value": "3"}, {"Value": 3}, {"mood": "calm", "value": 3.0}])
def test_call_that_misses_the_form_by_a_little_is_taken(sloppy: dict[str, Any]) -> None:
    given = {k: v for k, v in GOOD.items() if k not in sloppy and (k != "value" or "Value" not in sloppy)} | sloppy
    model = scripted_model(given)
    assert generate(model, AnswerStructured(Verdict)).value == 3
    assert len(model.calls) == 1


def test_call_that_may_lack_a_part_is_asked_for_again() -> None:
    part = [{**GOOD, "value": 1}]
    whole = {"results": [*part, {**GOOD, "value": 2}]}
    model = scripted_model(in_turn(calls({"results": part}, stop_reason="max_tokens"), whole))
    result = generate(model, AnswerStructured(list[Verdict]))
    assert isinstance(result.value, list) and len(result.value) == 2
    asked = model.calls[1].messages
    assert all(m.role == "user" for m in asked) and "answer()" in asked[-1].text
    number_last = {"explanation": "x", "mood": "calm", "value": 1}
    model = scripted_model(in_turn(calls(number_last, stop_reason="model_length"), {**GOOD, "value": 12}, GOOD))
    assert generate(model, AnswerStructured(Verdict)).value == 3
    unread = ToolCall(id="c", function="answer", arguments={}, parse_error="ends too early")
    cut_call = ModelOutput.from_message(ChatMessageAssistant(content="", tool_calls=[unread]), stop_reason="max_tokens")
    assert generate(scripted_model(in_turn(cut_call, GOOD)), AnswerStructured(Verdict)).value == 3


def test_call_that_is_whole_counts_although_the_reply_was_cut_off() -> None:
    model = scripted_model(in_turn(calls(GOOD, stop_reason="max_tokens")))
    result = generate(model, AnswerStructured(Verdict))
    assert (result.value, result.metadata) == (3, {"mood": "calm", "stop_reason": "max_tokens"})


def test_call_that_is_always_cut_off_says_so() -> None:
    model = scripted_model(lambda _: calls({"value": 3}, stop_reason="max_tokens"))
    with pytest.raises(UnusableAnswerError, match="max_tokens"):
        generate(model, AnswerStructured(Verdict))


def test_json_between_words_is_an_answer_and_two_are_not() -> None:
    one, two = (json.dumps({"value": n, "mood": "grim", "explanation": "x"}) for n in (1, 2))
    assert (
        generate(scripted_model(f"<think>{one}</think>As [M1] shows: {two}. Done."), AnswerStructured(Verdict)).value
        == 2
    )
    model = scripted_model(in_turn(f"{one} or {two}", GOOD))
    assert generate(model, AnswerStructured(Verdict)).value == 3


def test_refusal_ends_a_structured_answer_too() -> None:
    with pytest.raises(RefusalError):
        generate(scripted_model(refuse=1), AnswerStructured(Verdict), retry_refusals=False)


def test_list_of_answers_is_a_resultset() -> None:
    model = scripted_model({"results": [GOOD, {**GOOD, "value": 4}]})
    result = generate(model, AnswerStructured(list[Verdict]))
    assert result.type == RESULTSET
    assert isinstance(result.value, list)
    assert [item["value"] for item in result.value if isinstance(item, dict)] == [3, 4]


def test_structured_answer_is_parsed_in_any_case() -> None:
    result = asyncio.run(generate_answer("?", AnswerStructured(Verdict), model=scripted_model(GOOD), parse=False))
    assert isinstance(result, Result)
