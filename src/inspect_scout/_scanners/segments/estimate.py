"""Tokens of a text, estimated from its characters.

Weights were fitted to o200k_base on rendered messages of eval logs and coding sessions, prose, source code, ten
languages, numbers and noise. Measured on 16 logs and sessions (1.06 million characters): off by 0.3 % in total, by 5.8 %
on the worst of them, and on pieces of 3000 characters by 0.90 to 1.24 times. Noise that hides in a text to make it look
short is estimated too low by a half at most: random words 0.77 of the true number, base64 1.05, punctuation 0.48.

    text                                         characters    o200k_base    estimate / true
    eval log, short answers                          13 682         2 955    0.970
    eval log, security questions                      2 463           534    1.004
    eval log, stories and answers                   164 113        36 137    1.013
    eval log, science with formulas                   9 741         2 936    1.006
    JSON log, browser and its tools                  18 115         5 035    0.978
    JSON log of one tiny tool call                       66            21    0.714
    coding sessions, every string of the records  2 860 537       933 844    1.029
    agent trajectories, every string                 30 620         6 705    1.027

Five times as fast as counting with o200k_base (5 ms of CPU for a million characters), and without the 0.3 s that loading
it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import numpy as np


def _table(classes: Mapping[int, bytes], others: int = 0) -> bytes:
    """Make a table that translates each byte to the number of its class, and all else to another number."""
    table = bytearray([others] * 256)
    for code, members in classes.items():
        for number in members:
            table[number] = code
    return bytes(table)


_LOWER, _UPPER, _DIGITS = bytes(range(97, 123)), bytes(range(65, 91)), bytes(range(48, 58))
_PUNCTUATION = bytes(n for n in range(33, 127) if n not in _LOWER + _UPPER + _DIGITS)
# Seldom in words, so they tell words from letters that only look like some.
_RARE: Final = b"jqxzJQXZ"
_SLICE_BYTES: Final = 1 << 18
Counts: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.int64]]"
# Classes of characters: lower case, upper case, blanks, digits, punctuation, line ends; 0 is all else.
_l, _U, _S, _D, _P, _N = range(1, 7)
_ASCII: Final = _table({_l: _LOWER, _U: _UPPER, _S: b" \t", _D: _DIGITS, _P: _PUNCTUATION, _N: b"\n\r"})
_RUN_OF_LETTERS, _RUN_OF_MARKS = bytes([_l] * 20), bytes([_P] * 16)
_TWO_UPPER, _TWO_BLANKS = bytes([_U] * 2), bytes([_S] * 2)
# First bytes of other characters, by the scripts they stand for; continuation bytes are left out.
_OTHERS: Final = _table(
    {
        ord("a"): bytes(range(0xC2, 0xCC)) + bytes(range(0xD0, 0xE0)),  # Latin with accents, Cyrillic, Hebrew, Arabic
        ord("g"): b"\xce\xcf",  # Greek
        ord("i"): b"\xe0\xe1",  # Indic scripts, Thai
        ord("q"): b"\xe2",  # typographic marks, symbols
        ord("c"): bytes(range(0xE3, 0xEA)),  # kana, Han
        ord("k"): bytes(range(0xEA, 0xEE)),  # Hangul
        ord("e"): bytes(range(0xF0, 0xF8)),  # emoji, the rest
        ord("z"): b"\xcc\xcd\xee\xef",  # combining marks, private characters
    },
    others=ord("."),
)
_CONTINUATIONS: Final = bytes(range(0x80, 0xC0))


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text.

    Args:
        text: The text; lone surrogates are allowed.

    Returns:
        The number, at least 1; what two texts have together is never more than the sum for both and 2 for a line break
        between them.
    """
    # Weights are thousandths of a token. The dot makes the first character a beginning of a word or number.
    data = b"." + text.encode("utf-8", "surrogatepass")
    codes = data.translate(_ASCII)
    # How often which class stands before which, in one pass: eleven searches for pairs took four times as long.
    pair = _pairs(codes)
    before = pair.sum(axis=0)
    run = codes.count
    # Most words are one token, cheaper where no space leads them; letters that go on and on are not a word.
    total = 58 * before[_l] + 737 * pair[_S, _l] + 249 * _after_others(pair, _l, _l, _U, _S)
    total += 5325 * run(_RUN_OF_LETTERS) + 1224 * pair[_l, _U] + 754 * pair[_S, _U]
    total += 430 * _after_others(pair, _U, _l, _U, _S) + 315 * run(_TWO_UPPER)
    total += 312 * before[_D] + 1254 * _after_others(pair, _D, _D)
    total += 119 * (1 + before[_P]) + 859 * _after_others(pair, _P, _P, _N) + 3150 * run(_RUN_OF_MARKS)
    total += 29 * run(_TWO_BLANKS) + 1363 * _after_others(pair, _N, _P, _N)
    total = int(total) + 1356 * (len(data) - len(data.translate(None, _RARE)))
    if not text.isascii():
        other = data.translate(_OTHERS, _CONTINUATIONS).count
        total += 260 * other(b"a") + 130 * other(b".a") + 477 * other(b"g") + 338 * other(b"i") + 1951 * other(b"q")
        total += 716 * other(b"c") + 678 * other(b"k") + 1276 * other(b"e") + 2774 * other(b"z")
    return max(1, -(-total // 1000))


def _pairs(codes: bytes) -> Counts:
    """Count which class stands before which."""
    import numpy as np

    found = np.zeros(64, np.int64)
    numbers = np.frombuffer(codes, np.uint8)
    for start in range(0, len(codes) - 1, _SLICE_BYTES):
        piece = numbers[start : start + _SLICE_BYTES + 1]
        found += np.bincount(piece[:-1] * np.uint8(8) + piece[1:], minlength=64)
    return found.reshape(8, 8)


def _after_others(pair: Counts, code: int, *classes: int) -> Any:
    """Count how often a class stands after none of some classes."""
    return pair[:, code].sum() - sum(pair[other, code] for other in classes)
