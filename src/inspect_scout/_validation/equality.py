"""What values and targets mean: a target is written by a person, a value by a program, and both say the same thing.

`"A"`, `"done"` and `"Done"` are one label; `True`, `"yes"` and `1` one truth; `3`, `3.0` and `"3"` one number.
"""

from __future__ import annotations

import math
from typing import Any, Final

from .._support.shapes import is_list, is_mapping
from .._types import PossibleValues
from .cells import read_number

_WORDS: Final = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}
_DIGITS: Final = {"1": True, "0": False}


def as_truth(value: object) -> bool | None:
    """Read a value as true or false: booleans, 1 and 0, and yes, no, true, false, y, n in any case; None for others."""
    if isinstance(value, str):
        return (_WORDS | _DIGITS).get(_plain(value))
    if isinstance(value, int | float):
        return bool(value) if value in {0, 1} else None
    return None


def as_number(value: object) -> int | float | None:
    """Read a value as a number: numbers, and text in decimal; None for others, booleans and NaN among them."""
    if isinstance(value, str):
        return read_number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if isinstance(value, float) and math.isnan(value) else value


def class_of_target(target: object) -> str:
    """Name a target so that those that mean the same have the same name: `true` for yes, `3` for 3.0, labels in lower case."""
    truth, number = (None, None) if target is None else (as_truth(target), as_number(target))
    if truth is not None:
        return str(truth).lower()
    if number is not None:
        return f"{number:.15g}"
    return "null" if target is None else _plain(str(target))


def label_place(label: object, values: PossibleValues) -> int | None:
    """Find a label by its text, by its text in another case, or by its letter; None for what is not a label."""
    if not isinstance(label, str):
        return None
    if label in values.labels:
        return values.labels.index(label)
    plain = [_plain(known) for known in values.labels]
    if plain.count(_plain(label)) == 1:
        return plain.index(_plain(label))
    letters = [letter.casefold() for letter in values.letters]
    return letters.index(_plain(label)) if _plain(label) in letters else None


def label_places(labels: object, values: PossibleValues) -> frozenset[int] | None:
    """Find the labels of a list, or of a text with commas between them; None if one of them is not a label."""
    if labels is None or (isinstance(labels, str) and _plain(labels) == "none" and label_place(labels, values) is None):
        return frozenset()
    if isinstance(labels, str) and (one := label_place(labels, values)) is not None:
        return frozenset({one})
    listed = labels.split(",") if isinstance(labels, str) else labels if is_list(labels) else [labels]
    places = [label_place(label, values) for label in listed]
    known = frozenset(place for place in places if place is not None)
    return known if None not in places else None


def is_same(value: Any, target: Any, answer: str | None = None, values: PossibleValues | None = None) -> bool:
    """Tell whether a value and a target mean the same.

    Args:
        value: What the scanner gave.
        target: What was expected.
        answer: The answer of the result: the text of a label, where the value is its letter.
        values: Which values the scanner can give (None: not known; then a single letter or digit beside an answer is
            taken for a label, which both may name).
    """
    if values is not None and values.kind == "label" and (wanted := label_place(target, values)) is not None:
        said = label_place(value if answer is None else answer, values)
        if said is not None:
            return said == wanted
    if values is not None and values.kind == "labels" and (all_wanted := label_places(target, values)) is not None:
        return label_places(value, values) == all_wanted
    return any(_equal(name, target) for name in names_of(value, answer, values))


def names_of(value: Any, answer: str | None, values: PossibleValues | None = None) -> list[Any]:
    """List what a value may be called: itself, and if it is the letter (or number) of a label, its text."""
    if answer is None or answer == value:
        return [value]
    if values is None:
        chosen = isinstance(value, str) and len(value.strip()) <= 2 and value.strip().isalnum()
    else:
        chosen = values.kind == "label"
    return [value, answer] if chosen else [value]


def normalised(target: Any, value: Any, answer: str | None = None, values: PossibleValues | None = None) -> Any:
    """Write a target in the terms of the value that it was compared with, so that targets can be counted.

    A label becomes its text, `"yes"` beside a boolean `True`, `"3"` beside a number 3; anything else stays.
    """
    if values is not None and values.kind == "label" and (place := label_place(target, values)) is not None:
        return values.labels[place]
    if values is not None and values.kind == "labels" and (places := label_places(target, values)) is not None:
        return [values.labels[place] for place in sorted(places)]
    if isinstance(value, bool) and (truth := as_truth(target)) is not None:
        return truth
    if isinstance(target, str) and as_number(value) is not None and not isinstance(value, str):
        number = as_number(target)
        return target if number is None else number
    others = names_of(value, answer, values)[1:]
    if isinstance(target, str) and others and _plain(target) in {_plain(str(value)), _plain(answer or "")}:
        return answer
    return target


def class_of(value: Any, answer: str | None) -> str:
    """Name the class that a value stands for, in a table of classes."""
    if value is None:
        return "(no value)"
    name = names_of(value, answer)[-1]
    if isinstance(name, int | float) and not isinstance(name, bool) and answer is not None:
        return answer  # a label of which a number was made
    return name if isinstance(name, str) else str(name)


def _equal(value: Any, target: Any) -> bool:
    if is_list(value) and is_list(target):
        return len(value) == len(target) and all(map(_equal, value, target))
    if is_mapping(value) and is_mapping(target):
        return value.keys() == target.keys() and all(_equal(value[key], target[key]) for key in target)
    if isinstance(value, bool) or isinstance(target, bool):
        return _equal_truth(value, target)
    if value == target:
        return True
    one, other = as_number(value), as_number(target)
    if one is not None and other is not None:
        # Two texts are the same only to the letter: an identifier "007" is not "7".
        return one == other and not (isinstance(value, str) and isinstance(target, str))
    # yes, no, true or false in words, beside another word or beside 1 or 0.
    worded = _word(value) is not None or _word(target) is not None
    return worded and as_truth(value) is not None and as_truth(value) == as_truth(target)


def _equal_truth(value: Any, target: Any) -> bool:
    read, expected = as_truth(value), as_truth(target)
    if isinstance(value, int) and value > 1:
        read = True  # a count: something was found
    return read is not None and read == expected


def _word(value: object) -> bool | None:
    return _WORDS.get(_plain(value)) if isinstance(value, str) else None


def _plain(text: str) -> str:
    return text.strip().casefold()
