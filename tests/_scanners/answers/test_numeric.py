from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.answers.numeric import read_number
from inspect_scout.testing.answer_laws import failed, parse

READ = {
    # As the reference reads them.
    "7/10": 7,
    "50%": 50,
    "50 %": 50,
    "5-6": 5,
    "[5]": 5,
    "(5)": 5,
    "**5**": 5,
    "`5`": 5,
    "'5'": 5,
    "\u00bd": 0.5,
    "-\u00bd": -0.5,
    "1\u00bd": 1.5,
    "2\u00b2": 4,
    "\u0663": 3,
    "\u2167": 8,
    "\u4e09": 3,
    "+7": 7,
    "-7": -7,
    "\u22127": -7,
    "$5": 5,
    "\\$5": 5,
    "$-5": -5,
    "-$5": -5,
    "$1,234.50": 1234.5,
    "\u20ac5": 5,
    "5\u20ac": 5,
    "\u00a35.20": 5.2,
    "5.": 5,
    ".5": 0.5,
    "1.5.": 1.5,
    "1,234": 1234,
    "10 000": 10000,
    "1_000": 1000,
    "1e3": 1000,
    "3 apples": 3,
    "5 (five)": 5,
    "5 stars, I think": 5,
    # As it does not.
    "100000": 100000,
    "123456789": 123456789,
    "1000000": 1000000,
    "0.00001": 0.00001,
    "12345.678": 12345.678,
    "3.14159265": 3.14159265,
    "1.7976931348623157e308": 1.7976931348623157e308,
    "1e-7": 1e-7,
    "2.5E+3": 2500,
    "1.5 x 10^3": 1500,
    "6.02\u00d710\u00b2\u00b3": 6.02e23,
    "10^3": 1000,
    "2**10": 1024,
    "2^-1": 0.5,
    "10\u207b\u00b2": 0.01,
    "1,5": 1.5,
    "0,123": 0.123,
    "1.234,5": 1234.5,
    "1.234.567": 1234567,
    "1,234,567.891": 1234567.891,
    "12,34,567": 1234567,
    "1'000": 1000,
    "10\u00a0000": 10000,
    "1\u202f234\u202f567,5": 1234567.5,
    "12 345.5": 12345.5,
    "\uff15\uff10": 50,
    "\u0661\u0662\u066b\u0665": 12.5,
    "2 \u00be": 2.75,
    "USD 5": 5,
    "US$5": 5,
    "\\boxed{42}": 42,
    "$\\boxed{42}$": 42,
    "5k": 5000,
    "1.5 million": 1500000,
    "-0": 0,
    "007": 7,
    "9007199254740993": 9007199254740992,
}

REFUSED = (
    "<5",
    ">5",
    "~5",
    "about 5",
    "seven",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "9^9999",
    "0^-1",
    "1 2",
    "1 1/2",
    "1,2,3",
    "5, 6",
    "1.2.3",
    "1,23,45",
    "12,34.5",
    "5 or 6",
    "5 to 6",
    "5+6",
    "5*6",
    "0x10",
    "5M",
    "5 bn",
    "--5",
    "+$-5",
    "- 5",
    "x = 5",
    "none",
    "$",
    "%",
    "-",
    ".",
    "\u00b2",
    "\u4e8c\u5341",
    "\u2167\u2160",
    "\ud800",
    "$NUMBER",
    "9" * 5000,
)


@pytest.mark.parametrize(("written", "value"), READ.items())
def test_number_is_read_as_it_was_meant(written: str, value: float) -> None:
    result = parse("numeric", f"why [M1]\nANSWER: {written}")
    assert result.value == value and isinstance(result.value, float)
    assert result.parsed == value and result.answer == str(float(value))
    assert result.explanation == "why [M1]" and [r.id for r in result.references] == ["m1"]


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_no_certain_number_is_not_guessed(written: str) -> None:
    assert failed(parse("numeric", f"why\nANSWER: {written}"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_keeps_its_precision(number: float) -> None:
    assert read_number(repr(number)) == number


@given(st.integers(-(10**15), 10**15), st.integers(0, 99))
def test_thousands_and_decimals_are_told_apart(whole: int, hundredths: int) -> None:
    number = float(f"{whole}.{hundredths:02}")
    written = f"{whole:,}.{hundredths:02}"
    assert read_number(written) == number
    assert read_number(f"${written}") == number
    european = written.translate(str.maketrans(",.", ".,"))
    assert read_number(european) == number
    assert read_number(written.replace(",", "\u202f")) == number


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    for written in (text, "5" + text, "-" + text, text + "5"):
        number = read_number(written)
        assert number is None or math.isfinite(number)
