"""Tokens without a network."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.segments.counting import MAX_COUNTS_IN_FLIGHT, count_tokens, counter_for, resolve_model
from inspect_scout._scanners.segments.estimate import estimate_tokens
from inspect_scout._scanners.segments.vocabulary import vocabulary_counter
from support.counting import WordCountingAPI, counting_model, mock

PROSE = (
    "The agent reads the task, looks at the files and decides what to do first. It doesn't ask; it writes a short plan, "
    "runs the tests, and reports that 3 of 17 failed because a path was misspelled.\n"
)
SHELL = (
    "[M4] ASSISTANT:\nLet me check.\n\nTool Call: bash\nArguments:\ncmd: grep -rn 'def load' src/ | head -20 && ls -la /tmp\n\n"
    "[M5] TOOL:\nsrc/store.py:118:    def load(self, key: str) -> bytes | None:\n"
    "-rw-r--r-- 1 root root 40960 Mar 12 09:41 cache.db\n"
)
CODE = (
    'def total(rows: list[dict[str, int]], name: str = "amount") -> int:\n    """Add up one column."""\n'
    "    found = 0\n    for row in rows:\n        if name in row and row[name] is not None:\n"
    "            found += row[name]\n    return found\n"
)
JSON = (
    '{"id": "7f3c9a12", "role": "assistant", "content": [{"type": "text", "text": "done"}], "usage": {"input": 1204}}\n'
)
OTHER = "Größere Übungen sind häufig nützlich; l'été dernier, ça allait déjà mieux. 模型读取对话并回答问题。\n"


# Ten times each, counted with o200k_base.
@pytest.mark.parametrize(("text", "true"), [(PROSE, 480), (SHELL, 880), (CODE, 630), (JSON, 440), (OTHER, 290)])
def test_estimates_are_within_15_percent(text: str, true: int) -> None:
    assert abs(estimate_tokens(text * 10) / true - 1) < 0.15


# Random, so that no vocabulary knows any of it; the numbers are tokens a character, counted with o200k_base.
@pytest.mark.parametrize(
    ("letters", "length", "true"),
    [
        ("abcdefghijklmnopqrstuvwxyz", 9999, 0.519),
        ("abcdefghijklmnopqrstuvwxyz", 5, 0.463),
        ("0123456789abcdef", 32, 0.580),
    ],
)
def test_noise_is_not_taken_for_words(letters: str, length: int, true: float) -> None:
    chance = random.Random(4)
    noise = " ".join("".join(chance.choices(letters, k=length)) for _ in range(5000 // length + 1))
    assert 0.65 < estimate_tokens(noise) / len(noise) / true < 1.3


@given(st.text(alphabet=st.characters(), max_size=60), st.text(alphabet=st.characters(), max_size=60))
def test_estimates_of_joined_texts_are_bounded(first: str, second: str) -> None:
    joined = estimate_tokens(first + "\n" + second)
    assert 1 <= joined <= estimate_tokens(first) + estimate_tokens(second) + 2


@pytest.mark.anyio
async def test_scripted_model_needs_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert await count_tokens(PROSE, "mockllm/model") == await count_tokens(PROSE, mock()) == estimate_tokens(PROSE)
    assert await count_tokens("") == 1
    assert await count_tokens("\ud800\x00") >= 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_provider_counts_if_it_can() -> None:
    model = counting_model()
    api = model.api
    assert isinstance(api, WordCountingAPI)
    counter = counter_for(model)
    texts = [f"{'word ' * number}end" for number in range(50)]
    assert await counter.count(texts) == [number + 1 for number in range(50)]
    assert api.calls == 50
    assert 1 < api.most_in_flight <= MAX_COUNTS_IN_FLIGHT
    assert await counter.count([]) == []


@pytest.mark.anyio
async def test_provider_that_gives_up_does_not_fetch_a_vocabulary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    model = counting_model(refuses="The agent")
    assert await count_tokens(PROSE, model) == estimate_tokens(PROSE)


@pytest.mark.anyio
async def test_failure_of_a_provider_is_raised_as_it_is() -> None:
    with pytest.raises(KeyError, match="no counter today"):
        await counter_for(counting_model(fails=True)).count(["a", "b"])


def test_vocabulary_that_is_not_here_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert vocabulary_counter("o200k_base") is None
    assert vocabulary_counter("unheard_of") is None
    # A file that was damaged is left as it is: tiktoken would remove and fetch it.
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "damaged"))
    file = tmp_path / "damaged" / "fb374d419588a4632f3f557e76b4b70aebbca790"
    file.parent.mkdir()
    file.write_bytes(b"not a vocabulary")
    assert vocabulary_counter("o200k_harmony") is None
    assert file.exists()
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    assert vocabulary_counter("o200k_base") is None
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(tmp_path))
    assert vocabulary_counter("cl100k_base") is None


def test_model_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_model(None) is None
    monkeypatch.setenv("INSPECT_EVAL_MODEL", "mockllm/model")
    assert str(resolve_model(None)) == "mockllm/model"
