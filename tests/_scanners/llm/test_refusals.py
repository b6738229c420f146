"""Refusals, in whichever way a provider says them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessageAssistant,
    Content,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
    StopDetails,
)
from inspect_ai.tool import ToolCall
from pydantic import BaseModel, Field

from inspect_scout import RefusalError
from inspect_scout._scanners.answers.spec import AnswerStructured
from inspect_scout._scanners.llm.generate import generate_answer
from inspect_scout._types import Result
from inspect_scout.testing import scripted_model
from support.judging import judged, judged_over, reduced
from support.provider.chat_server import ChatServer, serving
from support.transcripts import talk

SORRY = "I'm sorry, but I can't help with that."
DETAILS = StopDetails(type="refusal", explanation=SORRY)


class Verdict(BaseModel):
    """What is found."""

    value: int = Field(description="How many.")


def saying(content: str | list[Content], details: StopDetails | None = None, calls: Any = None) -> ModelOutput:
    output = ModelOutput.from_message(ChatMessageAssistant(content=content, tool_calls=calls))
    output.choices[0].stop_details = details
    return output


def flagged(
    *before: Content, text: str = SORRY, details: StopDetails | None = DETAILS, calls: Any = None
) -> ModelOutput:
    return saying([*before, ContentText(text=text, refusal=True)], details, calls)


REFUSALS = {
    "in its field": flagged(),
    "without details": flagged(details=None),
    "after reasoning": flagged(ContentReasoning(reasoning="ANSWER: yes?")),
    "after a part of an answer": flagged(ContentText(text="The assistant did.\n\nANSWER: yes\n")),
    "in the details alone": saying("", DETAILS),
    "with a call": flagged(calls=[ToolCall(id="c", function="answer", arguments={"value": 1, "explanation": "x"})]),
    "filtered, with nothing said": ModelOutput.from_content("m", "", stop_reason="content_filter"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("answer", ["boolean", "string", AnswerStructured(Verdict), AnswerStructured(list[Verdict])])
def test_refusal_is_asked_again_and_then_an_error(refusal: ModelOutput, answer: Any) -> None:
    model = scripted_model(refusal)
    with pytest.raises(RefusalError, match="asked 3 times"):
        judged(talk(1), model, answer=answer, retry_refusals=2)
    assert len(model.calls) == 3
    assert len({call.text for call in model.calls}) == 1


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_output_that_is_not_parsed_is_refused_too(refusal: ModelOutput) -> None:
    with pytest.raises(RefusalError):
        asyncio.run(generate_answer("?", "boolean", model=scripted_model(refusal), parse=False, retry_refusals=0))


def test_what_was_said_stands_in_the_error() -> None:
    for refusal in (flagged(), saying("", DETAILS)):
        with pytest.raises(RefusalError, match="I can't help"):
            judged(talk(1), scripted_model(refusal), retry_refusals=0)


def test_model_that_gives_in_has_answered() -> None:
    replies: Iterator[str | ModelOutput] = iter([flagged(), flagged(), "ANSWER: yes"])
    model = scripted_model(lambda _: next(replies))
    assert judged(talk(1), model).value is True


def test_reducer_that_is_refused_is_an_error() -> None:
    results: list[Result[Any]] = [Result(value="a", answer="a"), Result(value="b", answer="b")]
    with pytest.raises(RefusalError):
        reduced(scripted_model(flagged()), results)


def test_refusal_is_not_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    with pytest.raises(RefusalError):
        judged(talk(1), scripted_model(flagged()), cache=True, retry_refusals=0)
    model = scripted_model("ANSWER: yes")
    assert judged(talk(1), model, cache=True, retry_refusals=0).value is True
    assert len(model.calls) == 1


def test_empty_refusal_is_none() -> None:
    # What inspect_ai makes of `"refusal": ""` beside an answer.
    assert judged(talk(1), scripted_model(flagged(text="It does.\n\nANSWER: yes", details=None))).value is True
    call = ToolCall(id="c", function="answer", arguments={"value": 1, "explanation": "x"})
    model = scripted_model(flagged(text="", details=None, calls=[call]))
    assert judged(talk(1), model, answer=AnswerStructured(Verdict)).value == 1


def message(**fields: Any) -> dict[str, Any]:
    return {"role": "assistant", **fields}


SERVED = {
    "field": message(content=None, refusal=SORRY),
    "field beside text": message(content="ANSWER: yes", refusal=SORRY),
}
FILTERED = {
    "azure": (
        400,
        {
            "error": {
                "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
                "type": None,
                "param": "prompt",
                "code": "content_filter",
                "status": 400,
            }
        },
    ),
    "dashscope": (
        400,
        {
            "error": {
                "code": "data_inspection_failed",
                "message": "Input data may contain inappropriate content.",
                "type": "data_inspection_failed",
            }
        },
    ),
    "openai": (400, {"error": {"code": "content_policy_violation", "message": "Rejected by our safety system."}}),
}


@pytest.mark.parametrize("reply", [*SERVED.values(), *FILTERED.values()], ids=[*SERVED, *FILTERED])
def test_refusals_of_servers(reply: Any) -> None:
    with serving(ChatServer(lambda _: reply)) as server, pytest.raises(RefusalError, match="asked 2 times"):
        judged_over(server.url, talk(1), retry_refusals=1)
    assert len(server.answered) == 2


def test_empty_refusal_of_a_server_is_none() -> None:
    with serving(ChatServer(lambda _: message(content="ANSWER: yes", refusal=""))) as server:
        (result,) = judged_over(server.url, talk(1))
    assert result.value is True


def test_filtered_output_with_text_is_refused() -> None:
    output = ModelOutput.from_content("m", "ANSWER: yes", stop_reason="content_filter")
    with pytest.raises(RefusalError):
        judged(talk(1), scripted_model(output), retry_refusals=0)
    config = GenerateConfig(fail_on_refusal=True)
    with pytest.raises(RefusalError):
        asyncio.run(generate_answer("?", "boolean", model=scripted_model(output), config=config, retry_refusals=0))
