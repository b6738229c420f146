"""What providers say when a prompt is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.llm.prompt_errors import Sizes, is_filtered, is_too_long, parse_sizes

# Words of servers, with the prompt, the window and the tokens kept for the answer in them.
SAID = {
    "openai": (
        (
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please "
            "reduce the length of the messages."
        ),
        Sizes(9000, 8192),
    ),
    "openai with an answer": (
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9500 tokens (9000 in the messages, "
            "500 in the completion). Please reduce the length of the messages or completion."
        ),
        Sizes(9000, 8192, 500),
    ),
    "openai responses": (
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
        Sizes(),
    ),
    "vllm": (
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 2048. This model's maximum context length is 8192 tokens "
            "and your request has 7000 input tokens (2048 > 8192 - 7000)."
        ),
        Sizes(7000, 8192, 2048),
    ),
    "vllm of today": (
        (
            "You passed 9000 input tokens and requested 500 output tokens. However, the model's context length is only 8192 "
            "tokens, resulting in a maximum input length of 7692 tokens. Please reduce the length of the input prompt."
        ),
        Sizes(9000, 8192, 500),
    ),
    "vllm without an answer": (
        (
            "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure that "
            "`max_model_len` is no smaller than the number of text tokens."
        ),
        Sizes(9000, 8192),
    ),
    "sglang": (
        "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
        Sizes(9000, 8192),
    ),
    "sglang with an answer": (
        (
            "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 9500 "
            "tokens: 9000 tokens from the input messages and 500 tokens for the completion."
        ),
        Sizes(9000, 8192, 500),
    ),
    "llama.cpp": (
        "request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it",
        Sizes(9000, 8192),
    ),
    "llama.cpp before": ("the request exceeds the available context size. try increasing the context size", Sizes()),
    "llama.cpp fields": (
        (
            "Error code: 400 - {'code': 400, 'message': 'the request exceeds the available context size, try increasing it', "
            "'type': 'exceed_context_size_error', 'n_prompt_tokens': 9000, 'n_ctx': 8192}"
        ),
        Sizes(9000, 8192),
    ),
    "llama-cpp-python": ("Requested tokens (9000) exceed context window of 8192", Sizes(9000, 8192)),
    "tgi": (
        "Input validation error: `inputs` must have less than 8192 tokens. Given: 9000",
        Sizes(9000, 8192),
    ),
    "tgi with an answer": (
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens and 500 "
            "`max_new_tokens`"
        ),
        Sizes(9000, 8192, 500),
    ),
    "lm studio": (
        (
            "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context "
            "length of only 8192 tokens, which is not enough."
        ),
        Sizes(9000, 8192),
    ),
    "ollama": ("the input length exceeds the context length", Sizes()),
    "anthropic": ("prompt is too long: 208310 tokens > 200000 maximum", Sizes(208310, 200000)),
    "anthropic with an answer": (
        (
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or "
            "`max_tokens` and try again"
        ),
        Sizes(188240, 200000, 21333),
    ),
    "google": (
        "The input token count (1250000) exceeds the maximum number of tokens allowed (1048576).",
        Sizes(1250000, 1048576),
    ),
    "mistral": (
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        Sizes(40000, 32768),
    ),
    "grok": (
        "This model's maximum prompt length is 131072 but the request contains 150000 tokens.",
        Sizes(150000, 131072),
    ),
    "openrouter": (
        (
            "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (39000 of "
            "text input, 1000 in the output). Please reduce the length of either one."
        ),
        Sizes(39000, 32768, 1000),
    ),
    "cohere": (
        "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000.",
        Sizes(5000, 4081),
    ),
    "bedrock": ("Input is too long for requested model.", Sizes()),
    "groq": ("Please reduce the length of the messages or completion.", Sizes()),
    "with thousands": ("The context length is 8,192 tokens, and the prompt has 9,000 input tokens.", Sizes(9000, 8192)),
}

OTHERS = [
    "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.",
    "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.",
    "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for this model",
    "Invalid API key.",
    "The model `gpt-9` does not exist.",
    "You exceeded your current quota, please check your plan and billing details.",
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "Unexpected token < in JSON at position 0",
    "",
]


@pytest.mark.parametrize(("said", "sizes"), SAID.values(), ids=SAID)
def test_sizes_are_read(said: str, sizes: Sizes) -> None:
    assert is_too_long(said, 400)
    assert parse_sizes(said) == sizes


@pytest.mark.parametrize("said", OTHERS)
def test_other_rejections_are_not_taken_for_it(said: str) -> None:
    assert not is_too_long(said, 400)
    assert not is_too_long(said)
    assert not is_filtered(said, 400)


def test_status_counts() -> None:
    assert is_too_long("Payload Too Large", 413)
    assert not is_too_long(SAID["openai"][0], 429)
    assert not is_filtered("content_filter", 500)


@pytest.mark.parametrize(("said", "sizes"), SAID.values(), ids=SAID)
@pytest.mark.parametrize("share", [0.4, 1.0, 2.5])
def test_room_is_less_than_what_was_refused(said: str, sizes: Sizes, share: float) -> None:
    counted = int((sizes.prompt or 9000) * share)
    budget = sizes.budget(counted)
    assert budget is None or 0 < budget < counted
    assert (budget is None) == (sizes.window is None)


def test_room_is_in_the_tokens_that_we_count() -> None:
    # The provider counts twice as many tokens as we do, so half of its window is ours.
    assert Sizes(16_000, 8_000, 1_000).budget(8_000) == 3_500


def test_answer_that_is_too_long_alone_leaves_nothing_to_learn() -> None:
    assert Sizes(100, 4096, 5000).budget(100) is None


@given(st.text(max_size=300), st.integers(0, 10**15))
def test_any_text_is_read(before: str, number: int) -> None:
    text = f"{before} maximum context length is {number} tokens, {number}{before} in the messages {before}"
    assert is_too_long(text)
    sizes = parse_sizes(text)
    for counted in (1, 10, 100_000):
        budget = sizes.budget(counted)
        assert budget is None or 0 <= budget <= counted
