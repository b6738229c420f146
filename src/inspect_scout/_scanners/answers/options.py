"""Labels to choose from, their letters, and finding them in what a model wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_uppercase
from typing import cast

from ..._support.errors import ConfigError
from .markup import plain_letters, strip_markup
from .reading import is_reasoned, quoted

_LONGEST_LINE = 20_000
_CALLED = re.compile(r"[\s*_`'\"(\[]{0,8}(?:option|choice|label|letter)\s{1,4}", re.IGNORECASE)
_LETTERED = re.compile(
    r"[\s*_`'\"(\[]{0,8}([A-Za-z]|[0-9]{1,4})"
    r"(?:[*_`'\"]{0,4}[)\]][*_`.:]{0,4}|[*_`'\"]{0,4}[.:,;][*_`'\"]{0,4}(?=\s)|\s{1,4}[-\u2013\u2014:(])"
)
_OTHER_LETTER = re.compile(r"(?<!\w)([A-Z]|[0-9]{1,4})(?=\s{0,4}(?:[),.:;/\]]|\Z|(?:and|or)\b))")
_SEPARATORS = re.compile(
    r"(?:[\s,;:!&+/|*_`'\"()\[\]{}.\u2022\u201c\u201d\u00ab\u00bb]|and(?![\w'\u2019]))+", re.IGNORECASE
)
_LETTER = re.compile(r"([A-Za-z]|[0-9]{1,4})(?![\w'\u2019\-])")
_GOES_ON = re.compile(r"(?:[,;:/&|+=\-\u2013\u2014]|\b(?:and|or))[\s*_`]{0,8}\Z", re.IGNORECASE)
_MORE_TO_COME = re.compile(r"(?:[,;&+]|\band)[\s*_`]{0,8}\Z", re.IGNORECASE)
_TAIL = 20
_ITS_TEXT = re.compile(r"[*_`]{0,4}\s{0,4}[).:\-\u2013\u2014\]=]{1,2}[*_`]{0,4}\s{0,4}")


def _barest(text: str) -> str:
    return strip_markup(text).casefold()


# From the most exact; a label that is told from others by one of them is meant.
_SPELLINGS: tuple[Callable[[str], str], ...] = (str, lambda text: text.strip().casefold(), _barest)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Places of the labels that were found, each once, in the order given; and letters that stand for no label."""

    indexes: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """Labels to choose from, and what each is called: A to Z, then 1, 2, ..."""

    labels: tuple[str, ...]
    letters: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, labels: Sequence[str]) -> Options:
        """Give labels their letters.

        Raises:
            ConfigError: There are none, or one of them is blank or not text.
        """
        found = tuple(cast(Sequence[object], labels)) if isinstance(labels, list | tuple) else ()
        if not found:
            raise ConfigError(f"labels {labels!r} were refused: a list of at least one label is needed.")
        for label in found:
            if not isinstance(label, str) or not label.strip():
                raise ConfigError(f"label {label!r} was refused: every label must be a text that is not blank.")
        letters = (*ascii_uppercase, *map(str, range(1, len(found) - 25)))[: len(found)]
        return cls(cast("tuple[str, ...]", found), letters)

    @property
    def listing(self) -> str:
        """One line for each label."""
        return "\n".join([f"{letter}) {label}" for letter, label in zip(self.letters, self.labels, strict=True)])

    def read_one(self, text: str) -> int | None:
        """Find the one label that a text names, by its letter, its text, or both; None if that is not certain."""
        if len(text) > self._longest_line:
            return None
        by_name = self._named(text)
        if by_name is None and (called := _CALLED.match(text)):
            text = text[called.end() :]
            by_name = self._named(text)
        return by_name if by_name is not None else self._lettered(text)

    def read_many(self, text: str) -> Chosen | None:
        """Find the labels that a text lists, by letter or text; None if it says anything else."""
        if len(text) > self._longest_line:
            return None
        if _MORE_TO_COME.search(text[-_TAIL:]):
            return None
        whole = self._by_text(text)
        if whole is not None:
            return Chosen((whole,))
        indexes: list[int] = []
        unknown: list[str] = []
        position = _end_of(_SEPARATORS, text, 0)
        while position < len(text):
            name = self._texts.match(text, position)
            if name is not None:
                index = self._by_text(name[0])
                if index is None:
                    return None
                indexes.append(index)
                position = name.end()
            else:
                letter = _LETTER.match(text, position)
                if letter is None:
                    return None
                position = letter.end()
                index = self._places.get(letter[1].upper())
                if index is None:
                    unknown.append(letter[1])
                else:
                    indexes.append(index)
                    if self._other_text(text, position, index):
                        return None
            position = _end_of(_SEPARATORS, text, position)
        return Chosen(tuple(dict.fromkeys(indexes)), tuple(unknown)) if indexes else None

    def is_complete(self, text: str) -> bool:
        """Tell whether a text that may have been cut off names its label however it goes on."""
        index = self.read_one(text)
        if index is None or _GOES_ON.search(text[-_TAIL:]):
            return False
        called = _CALLED.match(text)
        said = _barest(text[called.end() :] if called else text)
        if said in {self.letters[index].casefold(), self._bare_text(index)}:
            names = (t for i, letter in enumerate(self.letters) if i != index for t in (letter, self._bare_text(i)))
            return not any(name.casefold().startswith(said) for name in names)
        lettered = _LETTERED.match(text)
        begun = lettered is not None and self._bare_text(index).startswith(_barest(text[lettered.end() :]))
        return begun or is_reasoned(text)

    def refusal(self, text: str, *, several: bool) -> str:
        """Say why a text was refused."""
        what = "a list of labels" if several else "exactly one label"
        known = ",".join(self.letters[:30]) + (",..." if len(self.letters) > 30 else "")
        return f"{quoted(text)} after 'ANSWER:' is not {what} out of {known}."

    @cached_property
    def _longest_line(self) -> int:
        return max(_LONGEST_LINE, 2 * sum(len(label) + 10 for label in self.labels))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {letter: index for index, letter in enumerate(self.letters)}

    @cached_property
    def _texts(self) -> re.Pattern[str]:
        # The longest first, so that "not safe" is not read as "not". A text that is also a letter is read as letter.
        labels = map(plain_letters, self.labels)
        texts = sorted({text for text in labels if text.upper() not in self._places}, key=len, reverse=True)
        return re.compile(rf"(?:{'|'.join(map(re.escape, texts))})(?!\w)" if texts else r"(?!)", re.IGNORECASE)

    @cached_property
    def _by_spelling(self) -> list[dict[str, int | None]]:
        return [_unambiguous([spelled(plain_letters(label)) for label in self.labels]) for spelled in _SPELLINGS]

    def _bare_text(self, index: int) -> str:
        return _barest(plain_letters(self.labels[index]))

    def _named(self, text: str) -> int | None:
        place = self._places.get(strip_markup(text).upper())
        return place if place is not None else self._by_text(text)

    def _by_text(self, text: str) -> int | None:
        for spelled, places in zip(_SPELLINGS, self._by_spelling, strict=True):
            key = spelled(text)
            place = places.get(key) if key else None
            if place is not None:
                return place
        return None

    def _lettered(self, text: str) -> int | None:
        match = _LETTERED.match(text)
        index = None if match is None else self._places.get(match[1].upper())
        if match is None or index is None:
            return None
        rest = text[match.end() :]
        named = self._by_text(rest)
        if named is not None:
            return index if named == index or self._same_text(named, index) else None
        others = {m[1] for m in _OTHER_LETTER.finditer(rest)} & self._places.keys()
        if others - {self.letters[index]} or self._other_text(text, match.end(), index, delimited=True):
            return None
        return index

    def _other_text(self, text: str, position: int, index: int, *, delimited: bool = False) -> bool:
        # "A) Two" contradicts itself if Two is the text of B.
        if not delimited:
            between = _ITS_TEXT.match(text, position)
            if between is None:
                return False
            position = between.end()
        name = self._texts.match(text, _end_of(_SEPARATORS, text, position) if delimited else position)
        named = None if name is None else self._by_text(name[0])
        return named is not None and named != index and not self._same_text(named, index)

    def _same_text(self, one: int, other: int) -> bool:
        return self.labels[one].casefold() == self.labels[other].casefold()


def _unambiguous(texts: Sequence[str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for index, text in enumerate(texts):
        found[text] = None if text in found else index
    return found


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return position if match is None else match.end()
