from __future__ import annotations

import pytest
from inspect_ai.model import GenerateConfig, Model, ModelAPI, ModelInfo, set_model_info
from inspect_ai.model._compaction._compaction import DEFAULT_CONTEXT_WINDOW as INSPECTS_WINDOW
from inspect_ai.model._model_info import clear_model_info_cache, get_model_input_tokens

from inspect_scout._inspect.models import with_role
from inspect_scout._inspect.tokens import (
    DEFAULT_CONTEXT_WINDOW,
    ModelCounting,
    counting_of,
    input_window,
    keep_counting_local,
    learn_window,
    window_of,
)
from support.counting import WordCountingAPI, counting_model, mock


class TextAPI(WordCountingAPI):
    count_tokens = ModelAPI.count_tokens

    async def count_text_tokens(self, text: str) -> int:
        return len(text)


async def _by_vocabulary(self: object, text: str) -> int:
    raise AssertionError("would download a vocabulary")


# As OpenAI's provider has it, which cannot be imported without its package.
_by_vocabulary.__module__ = "inspect_ai.model._providers.openai"
_by_vocabulary.__qualname__ = "OpenAIAPI.count_text_tokens"


class OpenAILikeAPI(WordCountingAPI):
    count_tokens = ModelAPI.count_tokens
    count_text_tokens = _by_vocabulary

    def __init__(self, family: str) -> None:
        super().__init__()
        self.family = family

    def model_family(self) -> str:
        return self.family


def bare(api: ModelAPI) -> Model:
    return Model(api, GenerateConfig())


def test_models_without_a_counter_are_known() -> None:
    assert counting_of(mock()) == ModelCounting()


def test_counters_of_providers_are_known() -> None:
    assert counting_of(counting_model()).by_provider
    assert counting_of(bare(TextAPI())).by_provider


@pytest.mark.parametrize(
    ("family", "vocabulary"),
    [("gpt-4o-mini", "o200k_base"), ("gpt-4", "cl100k_base"), ("gpt-oss-20b", "o200k_harmony"), ("new", "o200k_base")],
)
def test_vocabulary_of_a_model_is_known_by_its_name(family: str, vocabulary: str) -> None:
    assert counting_of(bare(OpenAILikeAPI(family))) == ModelCounting(vocabulary=vocabulary)


def test_names_by_which_openais_counter_is_told_are_still_there() -> None:
    from importlib.util import find_spec
    from pathlib import Path

    found = find_spec("inspect_ai.model._providers.openai")
    assert found is not None
    assert found.origin is not None
    source = Path(found.origin).read_text(encoding="utf-8")
    assert "class OpenAIAPI(ModelAPI):" in source
    assert "async def count_text_tokens(self, text: str) -> int:" in source
    assert "encoding_for_model(self.model_family())" in source


@pytest.mark.anyio
async def test_way_out_of_a_failing_counter_stays_local() -> None:
    model = counting_model(refuses="x")
    keep_counting_local(model, lambda text: 7)
    assert await model.count_tokens("a b x") == 7
    own = bare(TextAPI())
    keep_counting_local(own, lambda text: 7)
    assert await own.api.count_tokens("abc") == 3


def test_window_is_what_inspect_knows() -> None:
    assert DEFAULT_CONTEXT_WINDOW == INSPECTS_WINDOW
    assert input_window(mock()) == get_model_input_tokens(mock()) == DEFAULT_CONTEXT_WINDOW
    assert input_window(counting_model()) is None
    try:
        set_model_info("mockllm/model", ModelInfo(context_length=5000))
        assert input_window(mock()) == get_model_input_tokens(mock())
    finally:
        clear_model_info_cache()


def test_window_learned_is_the_smallest() -> None:
    model = counting_model()
    assert window_of(model, None) == window_of(None, None) == DEFAULT_CONTEXT_WINDOW
    assert window_of(model, 5000) == 5000
    learn_window(model, 8000)
    learn_window(model, 9000)
    assert window_of(model, None) == window_of(model, 100_000) == 8000
    assert window_of(model, 5000) == 5000
    learn_window(model, 4000)
    assert window_of(with_role(model, "judge"), None) == 4000
    assert window_of(counting_model(), None) == DEFAULT_CONTEXT_WINDOW
