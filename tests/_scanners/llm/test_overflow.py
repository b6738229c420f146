"""Prompts that are longer than the model can read."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, ModelOutput
from pydantic import BaseModel, Field

from inspect_scout._scanners.answers.spec import AnswerStructured
from inspect_scout._scanners.llm.errors import PromptTooLargeError
from inspect_scout._scanners.llm.generate import generate_answer
from inspect_scout._transcripts import MaterializedHandle
from inspect_scout._types import RESULTSET, Result, Transcript
from inspect_scout.testing import ScriptedModel, scripted_model
from support.judging import judged, judged_over, reduced
from support.provider.chat_server import Asked, ChatServer, serving

YES = "It does [M2].\n\nANSWER: yes"


class Verdict(BaseModel):
    """What is found."""

    value: int = Field(description="How many.")


def talk_of(count: int = 6, characters: int = 4000, name: str = "long") -> Transcript:
    messages: list[ChatMessage] = [
        ChatMessageUser(id=f"{name}{n}", content=f"message {n} " + "x" * characters) for n in range(1, count + 1)
    ]
    return Transcript(transcript_id=name, messages=messages)


def count_tokens(text: str) -> int:
    """Count as the scripted model does: four characters each, rounded up."""
    return -(-len(text) // 4)


def overflow(said: str) -> ModelOutput:
    return ModelOutput.from_content("scripted", said, stop_reason="model_length")


def sized(window: int, answer: Any = YES, said: str | None = None) -> ScriptedModel:
    """Make a model that reads no more than so many tokens of four characters each."""

    def reply(prompt: str) -> Any:
        size = count_tokens(prompt)
        if size <= window:
            return answer(prompt) if callable(answer) else answer
        text = f"This model's maximum context length is {window} tokens. However, you requested {size} tokens."
        return overflow(text if said is None else said)

    return scripted_model(reply)


def sizes(model: ScriptedModel) -> list[int]:
    return [count_tokens(prompt) for prompt in model.prompts]


def test_prompt_that_is_too_long_is_split_and_asked_again() -> None:
    model = sized(4000)
    assert judged(talk_of(), model).value is True
    first, *others = sizes(model)
    assert first > 4000
    assert len(others) >= 2
    assert all(size <= 4000 for size in others)


def test_window_learned_serves_the_transcripts_that_follow() -> None:
    model = sized(4000)
    judged(talk_of(), model)
    before = len(model.calls)
    judged(talk_of(name="next"), model)
    assert all(size <= 4000 for size in sizes(model)[before:])


@pytest.mark.parametrize("said", ["", "Input is too long for requested model."])
def test_without_a_number_the_half_is_tried(said: str) -> None:
    model = sized(4500, said=said)
    assert judged(talk_of(), model).value is True
    first, *others = sizes(model)
    assert first > 4500
    assert others and all(size <= 4500 for size in others)


def test_a_model_that_runs_out_of_room_twice_is_given_less_to_read() -> None:
    # What it wrote until then may be the beginning of an answer, so it is asked once more, for few words.
    model = sized(4500, said="The messages show that")
    assert judged(talk_of(), model).value is True
    first, second, *others = sizes(model)
    assert 4500 < first < second < first + 100
    assert others and all(size <= 4500 for size in others)


def test_that_does_not_fit_even_then_is_an_error_with_both_sizes() -> None:
    model = scripted_model(overflow("This model's maximum context length is 4000 tokens, you requested 6123 tokens."))
    with pytest.raises(PromptTooLargeError) as raised:
        judged(talk_of(), model)
    assert "6123" in str(raised.value)
    assert "4000" in str(raised.value)
    assert raised.value.window == 4000
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    calls = sizes(model)
    assert all(size < calls[0] for size in calls[1:])


def test_prompts_never_grow_after_a_refusal() -> None:
    model = scripted_model(overflow(""))
    with pytest.raises(PromptTooLargeError):
        judged(talk_of(), model)
    calls = sizes(model)
    assert all(size < calls[0] for size in calls[1:])


def test_refusal_is_not_kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    loaded = False

    def reply(prompt: str) -> Any:
        return YES if loaded else overflow("maximum context length is 100 tokens")

    model = scripted_model(reply)
    with pytest.raises(PromptTooLargeError):
        judged(talk_of(1, 100), model, cache=True)
    loaded = True
    again = scripted_model(reply)
    assert judged(talk_of(1, 100), again, cache=True).value is True
    assert judged(talk_of(1, 100), again, cache=True).value is True
    assert len(again.calls) == 1


def test_refusal_that_an_earlier_run_kept_is_not_believed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    config = GenerateConfig(cache=True)
    full = scripted_model(overflow("maximum context length is 100 tokens"))
    # Kept by inspect_ai, as it does for whoever calls a model without us.
    asyncio.run(full.generate("Does it?", config=config))
    model = scripted_model(YES)
    assert asyncio.run(generate_answer("Does it?", "boolean", model=model, config=config)).value is True


def test_window_that_the_user_says_is_no_promise() -> None:
    model = sized(4000)
    assert judged(talk_of(), model, context_window=100_000).value is True
    assert all(size <= 4000 for size in sizes(model)[1:])


def test_streamed_messages_are_split_too() -> None:
    model = sized(4000)
    talk = talk_of()

    async def load() -> Transcript:
        return talk

    assert judged(MaterializedHandle(talk, load), model).value is True
    assert all(size <= 4000 for size in sizes(model)[1:])


def test_one_message_is_split_under_its_number() -> None:
    model = sized(4000)
    assert judged(talk_of(1, 24_000), model).value is True
    _, *others = model.prompts
    assert len(others) >= 2
    assert all("[M1] USER:" in prompt and "[part " in prompt for prompt in others)


def test_numbers_of_messages_stay_when_a_segment_is_split() -> None:
    model = sized(4000)
    judged(talk_of(), model)
    shown = "".join(model.prompts[1:])
    assert all(shown.count(f"[M{n}] USER:\nmessage {n} ") == 1 for n in range(1, 7))
    assert "[M7]" not in shown


def test_all_segments_of_a_long_transcript_are_split() -> None:
    model = sized(2500)
    result = judged(talk_of(24), model, answer="numeric", context_window=7000, value_to_float=float)
    assert result.value is None or isinstance(result.value, float)
    accepted = [prompt for prompt, size in zip(model.prompts, sizes(model), strict=True) if size <= 2500]
    shown = "".join(accepted)
    assert all(f"message {n} " in shown for n in range(1, 25))


def test_structured_answers_are_asked_for_again() -> None:
    model = sized(4000, {"value": 1, "explanation": "It is [M2]."})
    assert judged(talk_of(), model, answer=AnswerStructured(Verdict)).value == 1
    listed = sized(4000, {"results": [{"value": 1, "explanation": "It is [M2]."}]})
    result = judged(talk_of(), listed, answer=AnswerStructured(list[Verdict]))
    assert result.type == RESULTSET
    assert isinstance(result.value, list)
    assert len(result.value) >= 2


def test_question_asked_again_that_outgrows_the_window_is_split() -> None:
    def wordy(prompt: str) -> Any:
        return "x" * 12_000 if "message 1 " in prompt and "message 6 " in prompt else YES

    model = sized(7500, wordy)
    assert judged(talk_of(), model).value is True
    assert max(sizes(model)[2:]) < sizes(model)[1]


def test_answer_that_is_complete_counts_though_the_window_is_full() -> None:
    model = scripted_model(overflow("It does.\n\nANSWER: yes\n"))
    assert judged(talk_of(1), model).value is True
    assert len(model.calls) == 1


@pytest.mark.parametrize("parse", [True, False])
def test_caller_of_a_model_is_told(parse: bool) -> None:
    model = sized(1000)
    with pytest.raises(PromptTooLargeError, match="1000"):
        asyncio.run(generate_answer("word " * 2000, "boolean", model=model, parse=parse))
    assert len(model.calls) == 1


def test_findings_that_are_too_many_are_combined_in_groups() -> None:
    model = sized(3000, "Said [M2].\n\nANSWER: a part")
    results: list[Result[Any]] = [
        Result(value=f"finding {n}", answer=f"finding {n}", explanation="y" * 3000) for n in range(8)
    ]
    assert reduced(model, results).value is not None
    first, *others = sizes(model)
    assert first > 3000
    assert all(size <= 3000 for size in others)
    assert all(f"finding {n}" in "".join(model.prompts[1:]) for n in range(8))


def test_findings_that_never_fit_are_an_error() -> None:
    model = scripted_model(overflow(""))
    with pytest.raises(PromptTooLargeError):
        reduced(model, [Result(value="a", answer="a"), Result(value="b", answer="b")])


# Over a server


def refusing(window: int, status: int, body: Callable[[int, int], dict[str, Any]]) -> Callable[[Asked], Any]:
    def respond(asked: Asked) -> Any:
        size = len(asked.text) // 4
        return YES if size <= window else (status, body(size, window))

    return respond


def vllm(size: int, window: int) -> dict[str, Any]:
    said = (
        f"This model's maximum context length is {window} tokens. However, you requested {size + 500} tokens "
        f"({size} in the messages, 500 in the completion). Please reduce the length of the messages or completion."
    )
    return {"object": "error", "message": said, "type": "BadRequestError", "param": None, "code": 400}


def openai(size: int, window: int) -> dict[str, Any]:
    said = f"This model's maximum context length is {window} tokens. However, your messages resulted in {size} tokens."
    return {"error": {"message": said, "type": "invalid_request_error", "code": "context_length_exceeded"}}


def llama_cpp(size: int, window: int) -> dict[str, Any]:
    said = f"request ({size} tokens) exceeds the available context size ({window} tokens), try increasing it"
    details = {"n_prompt_tokens": size, "n_ctx": window}
    return {"error": {"code": 400, "message": said, "type": "exceed_context_size_error", **details}}


def tgi(size: int, window: int) -> dict[str, Any]:
    said = f"Input validation error: `inputs` must have less than {window} tokens. Given: {size}"
    return {"error": said, "error_type": "validation"}


def sglang(size: int, window: int) -> dict[str, Any]:
    said = f"The input ({size} tokens) is longer than the model's context length ({window} tokens)."
    return {"object": "error", "message": said, "type": "BadRequestError", "code": 400}


def too_large(size: int, window: int) -> dict[str, Any]:
    return {"error": {"message": "Payload Too Large"}}


@pytest.mark.parametrize(
    ("status", "body"), [(400, vllm), (400, openai), (400, llama_cpp), (422, tgi), (400, sglang), (413, too_large)]
)
def test_servers_say_it_in_many_ways(status: int, body: Any) -> None:
    with serving(ChatServer(refusing(4000, status, body))) as server:
        results = judged_over(server.url, talk_of(), talk_of(name="next"))
    assert [result.value for result in results] == [True, True]
    first, *others = [len(asked.text) // 4 for asked in server.answered]
    assert first > 4000
    assert all(size <= 4000 for size in others)
