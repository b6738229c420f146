"""A reply as it is read: without thoughts, marks of the model's turn, and characters that cannot be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspect_ai.model import ModelOutput

from .thoughts import SeparatedText, separate_thoughts

CUT = frozenset({"max_tokens", "model_length", "content_filter"})
"""Reasons to stop that come from outside: the model may have had more to say."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Characters without width. Those between letters that are not ASCII may be needed: emoji and Persian are joined by them.
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0001-\U000e007f"
_STRAY = re.compile(f"(?<![^\x00-\x7f])[{_UNSEEN}]++|(?<![{_UNSEEN}])[{_UNSEEN}]++(?![^\x00-\x7f])")

_END = (
    r"(?:<[|\uff5c](?:im_end|eot_id|eom_id|eot|end|endoftext|return|call|eos|end[_\u2581]of[_\u2581][a-z]{1,12}"
    r"|end_of_turn_token)[|\uff5c]>|</s>|<(?:end_of_turn|eos|pad|turn\|)>|\[/INST\]|\[EOS\])"
)
_START = r"<(?:[|\uff5c](?:im_start|start_header_id|start_of_turn_token|start|turn)[|\uff5c]?|start_of_turn)>"
_ROLE = rf"{_START}\s{{0,4}}(?:<\|)?"
_OTHER = (
    rf"(?:{_ROLE}(?:user|human|system|tool|developer|ipython)"
    r"|<[|\uff5c](?:user|human|system|tool|observation)[|\uff5c]>|(?:<s>\s{0,4})?\[INST\])"
)
_HEADER = (
    rf"(?:{_ROLE}(?:assistant|model|chatbot)(?:_token\|>)?(?:<\|(?:end_header_id|message|im_sep)\|>)?"
    r"|<[|\uff5c](?:assistant|begin_of_text|begin_of_solution|message)[|\uff5c]>|<bos>)[ \t]{0,4}\n?"
)
_OTHER_TURN = re.compile(rf"{_END}\s{{0,8}}{_OTHER}", re.IGNORECASE)
_OWN_TURN = re.compile(rf"(?:^|\A<s>|{_END}\s{{0,8}}){_HEADER}", re.IGNORECASE | re.MULTILINE)
_TURN_END = re.compile(rf"[ \t]{{0,8}}(?:{_END}[ \t]{{0,8}})++(?=[\r\n]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, prepared for reading.

    Args:
        whole: The text as it was written, made storable.
        seen: What may hold an answer, with the thoughts taken out.
        cut: Why the model stopped, if it was stopped.
    """

    whole: str
    seen: SeparatedText
    cut: str | None = None

    @classmethod
    def of(cls, output: ModelOutput) -> Reply:
        """Prepare the reply in an output."""
        whole = storable(output.completion)
        separated = separate_thoughts(_STRAY.sub("", whole))
        return cls(whole, SeparatedText(_own_turn(separated.text), separated.thoughts), cut_short(output))


def cut_short(output: ModelOutput) -> str | None:
    """Tell why a model was stopped; None if it ended by itself."""
    return output.stop_reason if not output.empty and output.stop_reason in CUT else None


def storable(text: str) -> str:
    """Replace what cannot be stored as text: lone surrogates and NULs."""
    return _UNSTORABLE.sub("\ufffd", text)


def _own_turn(text: str) -> str:
    # Models that miss the end of their turn go on with that of the user.
    other = _OTHER_TURN.search(text)
    if other is not None and text[: other.start()].strip():
        text = text[: other.start()]
    return _TURN_END.sub("\n", _OWN_TURN.sub("\n", text))
