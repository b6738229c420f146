"""How inspect_ai counts the tokens of a model, and how much a model can read; nothing here loads a vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from inspect_ai.model import Model, ModelAPI
from inspect_ai.model._compaction._compaction import DEFAULT_CONTEXT_WINDOW as _DEFAULT_WINDOW
from inspect_ai.model._model_info import _custom_models, get_model_input_tokens

DEFAULT_CONTEXT_WINDOW: Final = _DEFAULT_WINDOW
"""Tokens that a model can read when nothing is known about it."""

_OPENAI = "inspect_ai.model._providers.openai"
_TOKENIZER_BY_NAME = (_OPENAI, "OpenAIAPI.count_text_tokens")
_FALLBACK_VOCABULARY = "o200k_base"
# By client, which lives as long as a scan does: the next one may find the server with another window.
_learned: WeakKeyDictionary[ModelAPI, int] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class ModelCounting:
    """How the tokens of a text are counted for a model.

    Args:
        by_provider: Whether the provider counts, without a vocabulary on this machine.
        vocabulary: Name of the vocabulary (of tiktoken) that is the model's own, if it has one.
    """

    by_provider: bool = False
    vocabulary: str | None = None


def counting_of(model: Model) -> ModelCounting:
    """Tell how the tokens of a text are counted for a model.

    Inspect's general way of counting is a guess with a vocabulary of another model, and downloads it; models for which
    this is all there is have neither a counter of their own nor a vocabulary here.
    """
    counts, counts_text = type(model.api).count_tokens, type(model.api).count_text_tokens
    if counts is not ModelAPI.count_tokens and counts.__module__ != _OPENAI:
        return ModelCounting(by_provider=True)
    if (counts_text.__module__, counts_text.__qualname__) == _TOKENIZER_BY_NAME:
        return ModelCounting(vocabulary=_vocabulary(model))
    return ModelCounting(by_provider=counts_text is not ModelAPI.count_text_tokens)


def keep_counting_local(model: Model, count: Callable[[str], int]) -> None:
    """Give a model another way to count when its provider's counter fails.

    The provider's own way out is Inspect's general one, which downloads a vocabulary.

    Args:
        model: The model.
        count: Counts without a network.
    """
    if type(model.api).count_text_tokens is ModelAPI.count_text_tokens:

        async def count_text_tokens(text: str) -> int:
            return count(text)

        model.api.count_text_tokens = count_text_tokens  # type: ignore[method-assign]


def learn_window(model: Model, tokens: int) -> None:
    """Remember how many tokens a model turned out to be able to read; of several numbers, the smallest."""
    _learned[model.api] = min(tokens, _learned.get(model.api, tokens))


def window_of(model: Model | None, said: int | None) -> int:
    """Tell how many tokens of a prompt are planned for.

    Args:
        model: The model, if there is one.
        said: What the user says that it can read (None: what is known of it, else 128 000).
    """
    window = said or (None if model is None else input_window(model)) or DEFAULT_CONTEXT_WINDOW
    return window if model is None else min(window, _learned.get(model.api, window))


def input_window(model: Model) -> int | None:
    """Tell how many tokens a model can read by its documentation; None if it is not known."""
    if str(model).startswith("mockllm/") and not _custom_models:
        # What Inspect answers too, without reading its table of all models (150 ms).
        return DEFAULT_CONTEXT_WINDOW
    return get_model_input_tokens(model)


def _vocabulary(model: Model) -> str:
    from tiktoken.model import encoding_name_for_model

    family = getattr(model.api, "model_family", None)
    try:
        return encoding_name_for_model(str(family()) if callable(family) else model.name)
    except KeyError:
        return _FALLBACK_VOCABULARY
