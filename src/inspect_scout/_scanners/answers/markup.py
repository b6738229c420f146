"""What stands around a value without being part of it: quotes, markup, LaTeX, letters of another type."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, cast

CHECKS = "\u2713\u2714\u2705\u2611\U0001f5f8"
"""Marks that affirm what they stand beside."""

_AROUND = " \t\r\n\f\v\xa0\u3000*_`'\"\u201c\u201d\u2018\u2019\u00ab\u00bb()[]{}\ufffd"
_ENDING = _AROUND + ".,;:!?\u2026\u3002"
_BOXED = re.compile(r"\$?\\boxed\{([^{}]{0,200})\}\$?")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0001-\U000e007f]"
)
_OTHER_TYPE = re.compile("[\u3000\u24b6-\u24e9\uff01-\uff5e\U0001d400-\U0001d7ff]")
# Markup that changes how a text looks, not what it says. What strikes out or negates is not in it.
_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|code|span|p|mark|kbd|big|br|div|font|center|h[1-6]|li|tt|samp|value|answer|verdict|result)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_LATEX = re.compile(
    r"\\(?:text(?:bf|it|rm|tt|sf|sc|normal)?|math(?:bf|rm|it|sf|tt)|mbox|emph|bm)\s{0,2}\{([^{}]{0,500})\}"
)
_WRAPPERS = [
    re.compile(pattern, re.DOTALL | re.IGNORECASE)
    for pattern in (
        r"<(?:final[_ -]?)?answer>(.*)</(?:final[_ -]?)?answer>",
        r"<([^<>]{1,2000})>",
        r"\$\$(.*)\$\$",
        r"\$([^$]*)\$",
        r"\\\((.*)\\\)",
        r"\\\[(.*)\\\]",
        r"==(.*)==",
        r"[\u300c\u300e\u3010\u3008\u300a\u2039](.*)[\u300d\u300f\u3011\u3009\u300b\u203a]",
        r"(?:\*\*|__|[*_`'\"\u201c\u00ab(\[])([^*_`'\"\u201c\u201d\u00ab\u00bb()\[\]]*)(?:\*\*|__|[*_`'\"\u201d\u00bb)\]])",
    )
]
_LONGEST = 20_000
_MOST_WRAPPED = 8
_ANSWER_KEYS = frozenset({"answer", "finalanswer"})
_EXPLANATION_KEYS = ("explanation", "reasoning", "reason", "rationale", "why")


def plain_letters(text: str) -> str:
    """Write letters and digits of another type (full width, bold, circled) plainly, and drop what has no width."""
    return text if text.isascii() else _UNSEEN.sub("", _OTHER_TYPE.sub(_plainly, text))


def _plainly(character: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", character[0])
    return plain if plain.isascii() else character[0]


def strip_markup(text: str) -> str:
    """Take quotes, brackets, markup and ending punctuation from both ends of a text."""
    boxed = _BOXED.fullmatch(text.strip(" \t.,;*_"))
    return (boxed[1] if boxed else text).lstrip(_AROUND).rstrip(_ENDING)


def strip_opening(text: str) -> str:
    """Take quotes, brackets and markup from the beginning of a text."""
    boxed = _BOXED.match(text.lstrip(_AROUND))
    return boxed[1] if boxed else text.lstrip(_AROUND)


def strip_closing(text: str) -> str:
    """Take quotes, closing brackets and markup that belong to what was read from the beginning of the rest."""
    return text.lstrip("*_`'\"\u201d\u2019\u00bb)]}")


def unwrap_markup(text: str, *, checks: bool) -> str:
    """Take all markup, and check marks if told, from a text that could not be read as it stands, and what wraps it."""
    if len(text) > _LONGEST:
        return text
    for _ in range(_MOST_WRAPPED):
        before = text
        text = next((found for w in _WRAPPERS if (found := _unwrapped(w, text)) is not None), text)
        text = plain_latex(_TAG.sub(" ", text)).strip()
        text = text.lstrip(CHECKS + " ") if checks else text
        boxed = _BOXED.fullmatch(text.rstrip("."))
        text = boxed[1] if boxed else text
        said = json_answer(text)
        text = text if said is None else said
        if text == before:
            break
    return text


def plain_latex(text: str) -> str:
    """Take commands that change the type of a text, and leave the text."""
    return _LATEX.sub(r"\1", text)


def unwrap_answer(text: str) -> str:
    """Take the tag or the JSON from around an answer, and leave everything else as it stands."""
    tagged = _unwrapped(_WRAPPERS[0], text)
    said = json_answer(text) if tagged is None else tagged
    return text if said is None else said


def is_closed(text: str) -> bool:
    """Tell whether a text is wrapped in something that has been closed, so that the answer in it is whole."""
    text = text.strip()
    return bool(_BOXED.fullmatch(text) or _WRAPPERS[0].fullmatch(text)) or json_answer(text) is not None


def json_answer(text: str) -> str | None:
    """Read JSON that holds an answer (an object with a key `answer`, or a list of choices); None if it does not."""
    if len(text) > _LONGEST or not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        return answer_of(cast(dict[str, Any], value))
    return _written(value) if isinstance(value, list) else None


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs, for `json`.

    Raises:
        ValueError: A key is there twice: two values, and nobody can tell which one is meant.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def answer_of(found: dict[str, Any]) -> str | None:
    """Write what an object gives as the answer; None if it gives none, "" if it gives several or none that is plain."""
    said = [value for key, value in found.items() if re.sub(r"[\W_]", "", key).lower() in _ANSWER_KEYS]
    if not said:
        return None
    return (_written(said[0]) or "") if len(said) == 1 else ""


def explanation_of(found: dict[str, Any]) -> str:
    """Find what an object gives as the reason for its answer."""
    return next((v for key in _EXPLANATION_KEYS if isinstance(v := found.get(key), str)), "")


def _written(value: Any) -> str | None:
    if isinstance(value, list):
        items = [_written(item) for item in cast(list[Any], value)]
        return ", ".join(cast(list[str], items)) if items and all(items) else None
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def _unwrapped(wrapper: re.Pattern[str], text: str) -> str | None:
    match = wrapper.fullmatch(text)
    return None if match is None else match[1].strip()
