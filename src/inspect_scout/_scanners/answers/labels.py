"""One label out of a list, or any number of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..._types import PossibleValues
from .contract import ParsedAnswer, TextAnswer, answer_form
from .markup import strip_markup
from .options import Chosen, Options

UNKNOWN_LABELS = "unknown_labels"
"""Key in the metadata of a result: letters in the answer that stand for no label, and were left out."""


def one_label(labels: Sequence[str]) -> TextAnswer:
    """Ask for one label: the value is its letter, the answer its text.

    Raises:
        ConfigError: There are no labels, or one of them is blank or not text.
    """
    options = Options.of(labels)
    return TextAnswer(
        "Here is a question about the transcript above with a choice of answers:",
        answer_form("$LETTER", f"exactly one of {_listed(options)}"),
        PossibleValues("label", options.labels, options.letters),
        partial(_read_one, options),
        options.is_complete,
    )


def many_labels(labels: Sequence[str], *, allow_none: bool) -> TextAnswer:
    """Ask for any number of labels: the value is the list of their texts, the answer the line as it was written.

    Raises:
        ConfigError: There are no labels, or one of them is blank or not text.
    """
    options = Options.of(labels)
    is_none = partial(_is_none, allow_none)
    meaning = f"every letter that applies, with commas between them, out of {_listed(options)}"
    return TextAnswer(
        "Here is a question about the transcript above; several of the choices may be right:",
        answer_form("$LETTERS", meaning)
        + ("\n\nWrite 'ANSWER: NONE' if not one of them applies." if allow_none else ""),
        PossibleValues("labels", options.labels, options.letters),
        partial(_read_many, options, is_none),
        is_none,
    )


def _listed(options: Options) -> str:
    return f"{','.join(options.letters)}, which stand for:\n{options.listing}"


def _read_one(options: Options, text: str) -> ParsedAnswer | str:
    index = options.read_one(text)
    if index is None:
        return options.refusal(text, several=False)
    return ParsedAnswer(options.letters[index], options.labels[index], options.labels[index])


def _read_many(options: Options, is_none: Callable[[str], bool], text: str) -> ParsedAnswer | str:
    chosen = Chosen(()) if is_none(text) else options.read_many(text)
    if chosen is None:
        return options.refusal(text, several=True)
    named = [options.labels[index] for index in chosen.indexes]
    return ParsedAnswer(named, text, named, {UNKNOWN_LABELS: list(chosen.unknown)} if chosen.unknown else None)


def _is_none(allow_none: bool, text: str) -> bool:
    return allow_none and strip_markup(text).casefold() == "none"
