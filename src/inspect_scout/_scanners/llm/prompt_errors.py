"""What providers say when a prompt is too long: recognized, and the numbers read out of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ANSWER_SHARE: Final = 8
"""Part of a window, one in so many, that is left for the answer if nobody says how long it may be."""

MOST_FOR_ANSWER: Final = 2000
"""Tokens that are left for the answer at most, if nobody says how long it may be."""

_READ_CHARACTERS: Final = 4000
_STATUSES: Final = frozenset({None, 400, 413, 422, 500})
_PAYLOAD_TOO_LARGE: Final = 413

_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|window|size|limit)|context the overflows|exceed_context"
    r"|(?:prompt|input|request)[^.\n]{0,40}(?:is|are) too (?:long|large|big)|input length|prompt length"
    r"|too many (?:input |prompt )?tokens|too large for model|string too long"
    r"|tokens?\b[^.\n]{0,80}\b(?:exceeds?|cannot exceed|longer than|more than|must have less than|must be <=|limit)\b"
    r"|exceeds?\b[^.\n]{0,60}\btokens?\b|must have less than|max_new_tokens. must be <="
    r"|maximum (?:number of tokens|(?:prompt|input|model) length)|reduce the length|size exceeds the limit"
    r"|max_tokens must be at least 1"
)

_TOO_OFTEN = re.compile(r"rate.?limit|per (?:min|hour|day)|quota")

_N = r"(\d{1,3}(?:[,_]\d{3})+|\d{1,12})(?![\d,_.]*\d)"
_BETWEEN = r"(?:(?! by )[^.\d\n]){0,40}"
_WINDOW = (
    r"n_ctx\W{1,4}" + _N,
    r"context[ _-]?(?:length|window|size)" + _BETWEEN + _N,
    _N + r" (?:tokens? )?maximum context",
    r">\s{0,2}" + _N + r"(?:[\s,]|$)",
    r"(?:maximum|less than|at most|cannot exceed|must be <=|max_\w{1,20}|limit)" + _BETWEEN + _N,
)
_PROMPT = (
    r"n_prompt_tokens\W{1,4}" + _N,
    _N
    + r" (?:tokens? )?(?:in (?:the|your) (?:messages|prompt)|from the input|of text input|input tokens|.inputs. tokens)",
    r"(?:given|received|resulted in|contains|keep the first|prompt is)\W{1,3}" + _N,
    r"(?:requested|passed) (?:about |a total of |tokens \()?" + _N,
    r"(?:request|input|prompt|prompt length|tokens|token count) \((?:length )?" + _N,
    _N + r"(?: tokens)?(?:\s{0,2}\+\s{0,2}\d{1,12})?\s{0,2}>",
)
_COMPLETION = (
    _N + r" (?:tokens? )?(?:(?:in|for) the (?:completion|output)|output tokens|.max_new_tokens.)",
    r"too large: " + _N,
    r"\+\s{0,2}" + _N + r"\s{0,2}>",
)

_FILTERED = re.compile(
    r"content[ _]?filter|content management policy|content_policy|responsibleaipolicy|data_inspection_failed"
    r"|inappropriate content|safety system|blocked by (?:the )?(?:safety|content|moderation)|violat\w{1,4} .{0,40}polic"
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of tokens in what a provider said; None where it said none.

    Args:
        prompt: Size of the prompt.
        window: What the model can read and write.
        completion: What is kept free for the answer.
    """

    prompt: int | None = None
    window: int | None = None
    completion: int | None = None

    def budget(self, counted: int) -> int | None:
        """Compute how many tokens of a prompt fit, as we count them.

        Args:
            counted: Tokens of the prompt that was refused, as we count them.

        Returns:
            The number, less than what was refused; None if the provider said too little.
        """
        if self.window is None:
            return None
        budget = self.window - (self.completion or min(self.window // ANSWER_SHARE, MOST_FOR_ANSWER))
        if budget <= 0:
            return None  # the answer alone may be too long: no smaller prompt helps
        if self.prompt:
            # The provider counts otherwise than we do; what we count next is off by as much.
            return min(int(budget * counted / self.prompt), counted * 9 // 10)
        return budget if budget < counted * 9 // 10 else counted // 2


def is_too_long(text: str, status: int | None = None) -> bool:
    """Tell whether a provider's words, and the HTTP status if it is known, mean that the prompt is too long."""
    if status == _PAYLOAD_TOO_LARGE:
        return True
    head = _head(text)
    return status in _STATUSES and _TOO_LONG.search(head) is not None and _TOO_OFTEN.search(head) is None


def is_filtered(text: str, status: int | None = None) -> bool:
    """Tell whether a provider's words mean that it does not pass on a prompt or an answer because of what it is about."""
    return status in {None, 400, 403, 422} and _FILTERED.search(_head(text)) is not None


def parse_sizes(text: str) -> Sizes:
    """Read the numbers out of what a provider said."""
    text = _head(text)
    window, completion = _first(_WINDOW, text), _first(_COMPLETION, text)
    prompt = _first(_PROMPT, text)
    if prompt is not None and window is not None and prompt + (completion or 0) < window:
        prompt = None  # some other number
    return Sizes(prompt, window, completion)


def _first(patterns: Sequence[str], text: str) -> int | None:
    for pattern in patterns:
        found = re.search(pattern, text)
        if found is not None and (number := int(re.sub("[,_]", "", found[1]))) > 0:
            return number
    return None


def _head(text: str) -> str:
    return text[:_READ_CHARACTERS].lower()
