"""What is masked, and what is not."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspect_scout._app import Masker

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+IBAA/KCAQEA7\nbQ9xZ==\n-----END RSA PRIVATE KEY-----"

letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=24, max_size=60)
secrets = st.one_of(
    letters.map("sk-{}".format),
    letters.map("sk-proj-{}".format),
    letters.map("ghp_{}".format),
    letters.map("Authorization: Bearer {}".format),
    letters.map("password={}".format),
    letters.map('"api_key": "{}"'.format),
    st.from_regex(r"AKIA[A-Z0-9]{16}", fullmatch=True),
)
around = st.text(max_size=60).map(lambda text: text + " ")
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | secrets,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | secrets, inner),
    max_leaves=20,
)


def plain_part(secret: str) -> str:
    """The part of a secret that nobody must see."""
    return re.split(r"[ =:\"_-]+", secret.strip('"'))[-1].removeprefix("AKIA")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("use sk-abcdefghijklmnop now", "use sk-•••••••••••••••• now"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA••••••••••••••••"),
        ("https://me:hunter22@example.com/x", "https://me:••••••••@example.com/x"),
        ("PGPASSWORD=hunter2 psql", "PGPASSWORD=••••••• psql"),
        ('{"api_key": "abc123"}', '{"api_key": "••••••"}'),
        (r"{\"password\": \"abc123\"}", r"{\"password\": \"••••••\"}"),
        ("Bearer abcdefgh.ijk", "Bearer ••••••••••••"),
        ("skill, task-force, passwords: none of it", "skill, task-force, passwords: none of it"),
        ("the word bearer, a token, a secret agent", "the word bearer, a token, a secret agent"),
    ],
)
def test_secrets_are_masked_and_words_are_not(text: str, shown: str) -> None:
    assert Masker().text(text) == shown


def test_a_private_key_keeps_its_lines() -> None:
    shown = Masker().text(f"$ cat id_rsa\n{KEY}\n$ ")
    assert "MIIE" not in shown and "bQ9" not in shown
    assert shown.splitlines()[2] == "•" * 19
    assert shown.endswith("-----END RSA PRIVATE KEY-----\n$ ")


@given(before=around, secret=secrets, after=around)
def test_a_secret_is_never_seen_and_nothing_moves(before: str, secret: str, after: str) -> None:
    assume(plain_part(secret) not in before + after)
    masker, text = Masker(), f"{before}{secret} {after}"
    shown = masker.text(text)
    assert plain_part(secret) not in shown
    assert len(shown) == len(text)
    assert masker.masked >= 1
    assert shown.endswith(after)
    assert masker.text(shown) == shown


@given(secret=secrets, before=around, cut=st.integers(0, 160))
def test_a_text_that_is_cut_within_a_known_secret_gives_no_piece_of_it(secret: str, before: str, cut: int) -> None:
    assume(plain_part(secret) not in before)
    masker, text = Masker(), f"{before}{secret}"
    masker.text(text)
    shown = masker.text(text[:cut]) + masker.text(text[cut:])
    hidden = plain_part(secret)
    assert not any(hidden[place : place + 8] in shown for place in range(len(hidden) - 7))


@given(json_values)
def test_json_keeps_its_shape_its_names_and_its_numbers(value: Any) -> None:
    def shape(each: Any) -> Any:
        known: Any = each
        if isinstance(each, dict):
            return {name: shape(known[name]) for name in list[str](known)}
        if isinstance(each, list):
            return list(map(shape, list[Any](known)))
        return len(each) if isinstance(each, str) else each

    assert shape(Masker().json(copy.deepcopy(value))) == shape(value)


def test_ids_stay_and_fields_that_are_secret_go() -> None:
    secret = "sk-abcdefghijklmnop"
    value = {"id": secret, "transcript_id": secret, secret: 1, "password": "x y", "items": [{"text": secret}]}
    shown = Masker().json(json.loads(json.dumps(value)))
    assert shown["id"] == shown["transcript_id"] == secret
    assert shown[secret] == 1
    assert shown["password"] == "• •"
    assert secret not in json.dumps(shown["items"])


def test_what_does_not_end_takes_no_time() -> None:
    for text in (
        "-----BEGIN PRIVATE KEY-----" * 20_000,
        "password" + " " * 1_000_000,
        "sk-" * 300_000,
        "://a:" * 100_000,
    ):
        Masker().text(text)
