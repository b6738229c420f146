"""Numbers."""

from __future__ import annotations

import math
import re
import unicodedata

from ..._types import PossibleValues
from .contract import ParsedAnswer, TextAnswer, answer_form, not_an_answer
from .markup import strip_opening
from .reading import is_reasoned

_LONGEST = 2_000
_MINUS = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"
_ASCII = str.maketrans(
    dict.fromkeys(_MINUS, "-")
    | dict.fromkeys("\uff0b\ufe62", "+")
    | {"\uff0e": ".", "\uff0c": ",", "\u066b": ".", "\u066c": ",", "\uff05": "%"}
    | dict.fromkeys("\u2019\uff07", "'")
    | dict.fromkeys("\xa0\u2002\u2007\u2008\u2009\u202f", " ")
)
_RAISED = {
    **dict(zip("\u2070\xb9\xb2\xb3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789", strict=True)),
    "\u207b": "-",
    "\u207a": "+",
}
_CURRENCY = (
    r"(?:(?:USD|EUR|GBP|JPY|CHF|CNY|INR|AUD|CAD) ?|(?:US|AU|CA|HK|NZ|[AC])?\$ ?|[\u00a2-\u00a5\u20a0-\u20c0] ?)?"
)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)" + _CURRENCY + r"(?P<inner>[+-]?)"
    r"(?P<body>[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?(?![0-9])|[0-9]+(?:[.,'_][0-9]+)*|\.[0-9]+)?"
    r" ?(?P<single>[^\x00-\x7f])?"
)
_EXPONENT = re.compile(
    r"[eE](?P<e>[+-]?[0-9]{1,6})(?!\w)| ?[x\u00d7*\u00b7\u22c5] ?10 ?(?:\^|\*\*) ?\{?(?P<ten>[+-]?[0-9]{1,6})(?!\w)"
)
_POWER = re.compile(r" ?(?:\^|\*\*) ?\{?([+-]?[0-9]{1,6})\}?(?!\w)")
_APOSTROPHES = re.compile(r"[0-9]{1,3}(?:'[0-9]{3})+(?:[.,][0-9]+)?")
_MAGNITUDE = re.compile(r"\s?(thousand|million|billion|trillion)\b|\s?k(?!\w)", re.IGNORECASE)
_ZEROS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "k": 3}
# What may follow must not make it another number: more digits, arithmetic, hexadecimal, an alternative, "5M", "5 bn".
_NOT_THE_WHOLE = re.compile(
    r"\s?[.,;'_]?\s?[0-9]|[xXbBoO][0-9A-Fa-f]|\s?(?:[+*^\u00d7\u00f7]|\*\*)\s?[0-9]|\s?(?:or|to)\s[^a-z]{0,3}[0-9]"
    r"|[MBT](?!\w)|\s?(?:bn|mn|mio|mrd)\b"
)
_MONTH = (
    r"(?:(?i:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)|Mar(?:ch)?|MAR(?:CH)?|March|May|MAY)"
)
# A time of day, a date or a version begins with digits, but is not that many of anything. After the last digits of the
# number and a space comes what follows it.
_NOT_A_QUANTITY = re.compile(
    r"[0-9.,]{1,4} (?:"
    r":[0-9][0-9]|[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?![0-9])|T[0-9]{2}|Z(?!\w)|-?[WQ][0-9]"
    r"|\s?(?i:[ap]\.?\s?m)(?!\w)|\s?(?i:o['\u2019]?\s?clock|uhr|noon|midnight)\b|\s?h\s?[0-9]{2}(?![0-9])"
    r"|(?:st|nd|rd|th|\.)?[ -]?(?:of )?" + _MONTH + r"(?!\w)"
    r"|\.? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?(?:19|20)[0-9]{2}(?![0-9])"
    r"|[\u5e74\u6708\u65e5\u6642\u65f6\u70b9\u9ede]\s?[0-9]"
    r"|\.[xX*](?!\w)|[-+.]?(?i:alpha|beta|rc|dev|pre|post|snapshot|a|b)[.-]?[0-9]|[-.](?i:alpha|beta|rc|dev|snapshot)\b)"
    r"|(?:19|20)[0-9]{2} -(?:0[1-9]|1[0-2])(?![0-9])|(?:0?[1-9]|1[0-2]) /(?:19|20)[0-9]{2}(?![0-9])"
)


def _read(text: str) -> ParsedAnswer | str:
    number = read_number(text)
    return not_an_answer(text, "one finite number") if number is None else ParsedAnswer(number, str(number), number)


NUMERIC = TextAnswer(
    "Here is a question about the transcript above that has a number for an answer:",
    answer_form("$NUMBER", "one number in digits, without a unit."),
    PossibleValues("number"),
    _read,
    is_reasoned,
)
"""A number: the value is a float, the answer the same as text."""


def read_number(text: str) -> float | None:
    """Read the number that a text begins with; None if it begins with none, or that is not certain.

    A currency sign before it is passed over, and so is a unit, percent sign or comment after it; of a range, a ratio
    or a rating ("7/10") the first number counts. Signs between digits are read by what makes them a number: "1,234",
    "1.234,5", "12 345", "1'000"; a comma that cannot part thousands is a decimal comma.
    """
    plain = _plain(strip_opening(strip_opening(text[:_LONGEST]).lstrip("\\")))
    match = _NUMBER.match(plain)
    if match is None or (match["sign"] and match["inner"]):
        return None
    if match["body"] is not None and _NOT_A_QUANTITY.match(f"{match['body'][-4:]} {plain[match.end('body') :][:40]}"):
        return None
    digits = None if match["body"] is None else _digits(match["body"])
    if match["body"] is not None and digits is None:
        return None
    single = _single(match["single"])
    end = match.end() if single is not None or match["body"] is None else match.end("body")
    if single is not None and plain[end : end + 1].isalnum():
        # A numeral of several characters, or a word.
        return None
    number = _with_single(digits, single, match["single"])
    if number is None:
        return None
    value = _scaled(number, plain, end)
    if value is None or not math.isfinite(value):
        return None
    # "-0" is 0.
    return (-value if "-" in {match["sign"], match["inner"]} else value) or 0.0


def _plain(text: str) -> str:
    # Digits of every script, and raised ones as powers, in ASCII; other characters as they are.
    text = text.translate(_ASCII)
    if text.isascii():
        return text
    found: list[str] = []
    raised = False
    for character in text:
        if character in _RAISED:
            found.append(_RAISED[character] if raised else "^" + _RAISED[character])
            raised = True
            continue
        raised = False
        digit = unicodedata.decimal(character, None)
        found.append(character if digit is None else str(digit))
    return "".join(found)


def _digits(body: str) -> str | None:
    # A number as Python reads it, from digits with signs between them.
    if "'" in body and not _APOSTROPHES.fullmatch(body):
        # Minutes and seconds, or feet and inches.
        return None
    body = body.replace(" ", "").replace("_", "").replace("'", ",")
    last = max(body.rfind(","), body.rfind("."))
    if last < 0:
        return body
    whole, mark, part = body[:last], body[last], body[last + 1 :]
    if "," not in whole and "." not in whole:
        # One mark: a dot is decimal, a comma too unless exactly three digits follow one to three others.
        thousands = mark == "," and len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
        return whole + part if thousands else f"{whole}.{part}"
    if mark in whole:
        other = "." if mark == "," else ","
        return None if other in whole or not _is_grouped([*whole.split(mark), part]) else body.replace(mark, "")
    groups = whole.split("," if mark == "." else ".")
    return "".join(groups) + "." + part if _is_grouped(groups) else None


def _is_grouped(groups: list[str]) -> bool:
    # Thousands, or the groups of two of Indian numbers; the last group always has three digits.
    first, *between, last = groups
    return 1 <= len(first) <= 3 and len(last) == 3 and len({len(g) for g in between} | {2, 3}) == 2


def _single(character: str | None) -> float | None:
    # One character that is a number of its own: a fraction, a Roman or Chinese numeral.
    if not character or unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        return None
    return unicodedata.numeric(character, None)


def _with_single(digits: str | None, single: float | None, character: str | None) -> str | None:
    if digits is None:
        return None if single is None else repr(single)
    if single is None:
        return digits
    is_fraction = "<fraction>" in unicodedata.decomposition(character or " ")
    return repr(float(digits) + single) if is_fraction and digits.isdigit() else None


def _scaled(digits: str, text: str, end: int) -> float | None:
    # Exponents and magnitudes go into the text, so that the float is rounded once.
    try:
        if power := _POWER.match(text, end):
            value, end = math.pow(float(digits), int(power[1])), power.end()
        elif exponent := _EXPONENT.match(text, end):
            value, end = float(f"{digits}e{int(exponent['e'] or exponent['ten'])}"), exponent.end()
        elif magnitude := _MAGNITUDE.match(text, end):
            value, end = float(f"{digits}e{_ZEROS[magnitude[0].strip().lower()]}"), magnitude.end()
        else:
            value = float(digits)
    except (OverflowError, ValueError):
        # math.pow says so when a power is beyond all floats, or has no value.
        return None
    return None if _NOT_THE_WHOLE.match(text, end) else value
