"""The model that answers by rule."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest
from inspect_ai.model import ChatMessageUser, GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import ToolInfo

from inspect_scout import ConfigError
from inspect_scout._inspect.scripted_model import (
    ModelOverloadedError,
    ScriptedModel,
    ScriptedStatistics,
    scripted_model,
)


def ask(model: ScriptedModel, *prompts: str, **options: Any) -> list[ModelOutput]:
    async def all_of_them() -> list[ModelOutput]:
        return [await model.generate(prompt, **options) for prompt in prompts]

    return asyncio.run(all_of_them())


def test_first_pattern_that_matches_the_prompt_answers() -> None:
    model = scripted_model([(r"cats?", "miaow"), (r"dog", "woof"), (r"", "?")])
    assert [o.completion for o in ask(model, "a dog and a cat", "hot dog", "fish")] == ["miaow", "woof", "?"]


def test_prompt_that_no_pattern_matches_is_an_error() -> None:
    with pytest.raises(ValueError, match="No pattern"):
        ask(scripted_model([("cat", "miaow")]), "dog")


def test_function_answers_from_the_prompt() -> None:
    model = scripted_model(lambda prompt: f"{len(prompt)} characters")
    assert ask(model, "abc")[0].completion == "3 characters"


def test_dictionary_calls_the_last_tool() -> None:
    tools = [ToolInfo(name=name, description=name) for name in ("bash", "answer")]
    output = ask(scripted_model({"value": 1}), "?", tools=tools)[0]
    (call,) = output.message.tool_calls or []
    assert (call.function, call.arguments, output.stop_reason) == ("answer", {"value": 1}, "tool_calls")


@pytest.mark.parametrize("options", [{}, {"tools": [ToolInfo(name="a", description="a")], "tool_choice": "none"}])
def test_dictionary_is_json_where_no_tool_may_be_called(options: Any) -> None:
    assert ask(scripted_model({"value": 1}), "?", **options)[0].completion == '{"value": 1}'


def test_output_is_given_anew_for_each_call() -> None:
    said = ModelOutput.from_content("m", "hello")
    one, two = ask(scripted_model(said), "1", "2")
    assert one is not two
    assert one.completion == two.completion == "hello"
    assert said.usage is None


def test_usage_needs_no_vocabulary() -> None:
    model = scripted_model("ANSWER: no")
    (output,) = ask(model, "x" * 40)
    assert output.usage == ModelUsage(input_tokens=10, output_tokens=3, total_tokens=13)
    assert asyncio.run(model.count_tokens("x" * 41)) == 11
    assert asyncio.run(model.count_tokens([ChatMessageUser(content="x" * 400)])) >= 100


def test_calls_are_refused_malformed_and_pushed_back_on_schedule() -> None:
    model = scripted_model("fine", refuse=[2], malform=lambda number: number == 3, overload=5)
    outputs = ask(model, *"abcde")
    assert [o.stop_reason for o in outputs] == ["stop", "content_filter", "stop", "stop", "stop"]
    assert [o.completion == "fine" for o in outputs] == [True, False, False, True, True]
    assert model.statistics() == ScriptedStatistics(calls=6, peak_in_flight=1, overloaded=1, refused=1, malformed=1)
    assert model.prompts == list("abcde")


@pytest.mark.parametrize("status", [429, 503, 529])
def test_pushing_back_ends_as_the_error_when_retries_do(status: int) -> None:
    model = scripted_model(overload=1, status_code=status)
    with pytest.raises(Exception, match="RetryError") as raised:
        ask(model, "?", config=GenerateConfig(max_retries=1))
    cause = raised.value.__cause__
    assert isinstance(cause, ModelOverloadedError)
    assert cause.status_code == status
    assert pickle.loads(pickle.dumps(cause)).status_code == status
    assert model.statistics().overloaded == 2


def test_calls_in_flight_are_counted_and_limited() -> None:
    model = scripted_model(latency=lambda _: 0.01, capacity=3, config=GenerateConfig(max_connections=8))

    async def together() -> None:
        await asyncio.gather(*[model.generate(str(n)) for n in range(8)])

    asyncio.run(together())
    stood = model.statistics()
    assert stood.in_flight == 0
    assert 3 < stood.peak_in_flight <= 8
    assert stood.overloaded > 0
    assert len(model.calls) == 8


def test_two_models_share_no_connections() -> None:
    one, two = scripted_model(), scripted_model()
    assert one.api.connection_key() != two.api.connection_key()


def test_inspect_makes_it_by_name() -> None:
    model = get_model("scripted/judge", answers="ANSWER: no", memoize=False)
    assert str(model) == "scripted/judge"
    assert asyncio.run(model.generate("?")).completion == "ANSWER: no"


@pytest.mark.parametrize("wrong", [{"refuse": 0}, {"overload": -1}, {"capacity": 0}, {"answers": [("(", "x")]}])
def test_script_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError):
        scripted_model(**wrong)
