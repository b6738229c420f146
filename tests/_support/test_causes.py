"""What is said of any exception."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import get_model
from pydantic import TypeAdapter
from tenacity import RetryError, retry, retry_if_result, stop_after_attempt

from inspect_scout import scan
from inspect_scout._support.causes.describing import MAX_TEXT, MAX_TRACE, brief, causes_of, describe, trace_of

HERE = Path(__file__).name
Raises = Callable[[], object]


def raised_by(function: Raises) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def line_of(function: Any, number: int = 1) -> str:
    """Where a line of a function is, as a text says it."""
    return f"{HERE}:{function.__code__.co_firstlineno + number})"


def said(function: Raises) -> str:
    """What is said of what a function raises, without the place."""
    return describe(raised_by(function)).rsplit(" (", 1)[0]


def missing() -> None:
    dict[str, int]()["foo"]


def failing(error: BaseException) -> Raises:
    def fail() -> None:
        raise error

    return fail


def test_kind_message_and_line_are_said() -> None:
    assert describe(raised_by(missing)).startswith("KeyError: 'foo' (")
    assert describe(raised_by(missing)).endswith(line_of(missing))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError(), "ValueError"),
        (ValueError(""), "ValueError"),
        (ValueError("  \n"), "ValueError"),
        (KeyError(), "KeyError"),
        (KeyError(3), "KeyError: 3"),
        (KeyError("a", "b"), "KeyError: ('a', 'b')"),
        (AssertionError(), "AssertionError"),
        (TimeoutError(), "TimeoutError"),
        (asyncio.CancelledError(), "CancelledError"),
        (SystemExit(7), "SystemExit: 7"),
        (ValueError("two\nlines\tand more"), "ValueError: two lines and more"),
        (ValueError("a\x1b[31mred\x07\u202e\udc80"), "ValueError: ared\ufffd"),
        (FileNotFoundError(2, "No such file", "x"), "FileNotFoundError: [Errno 2] No such file: 'x'"),
    ],
)
def test_messages_are_clean_and_never_empty(error: BaseException, text: str) -> None:
    assert said(failing(error)) == text


def test_what_was_never_raised_has_no_place() -> None:
    assert describe(ValueError("x")) == "ValueError: x"


def test_the_line_is_that_of_the_caller_of_libraries() -> None:
    def parse() -> None:
        json.loads("{")

    assert describe(raised_by(parse)).endswith(line_of(parse))


def test_without_code_of_the_user_the_innermost_line_is_said() -> None:
    text = describe(raised_by(lambda: exec(compile("import json\njson.loads('{')", "<frozen x>", "exec"), {})))
    assert text.endswith(line_of(test_without_code_of_the_user_the_innermost_line_is_said))
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(json.loads, "{").exception()
    assert error is not None
    assert "(json/decoder.py:" in describe(error)


def test_files_below_the_working_directory_are_said_shortly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own" / "scan.py"
    code = compile("\n\n1/0", str(file), "exec")
    assert describe(raised_by(lambda: exec(code))).endswith(f"({file}:3)")
    monkeypatch.chdir(tmp_path)
    assert describe(raised_by(lambda: exec(code))).endswith("(own/scan.py:3)")


def test_a_deleted_working_directory_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert describe(raised_by(missing)).endswith(line_of(missing))


# What wraps


@retry(stop=stop_after_attempt(2))
def retried() -> None:
    missing()


@retry(stop=stop_after_attempt(2), retry_error_cls=LookupError)  # type: ignore[arg-type]
def retried_otherwise() -> None:
    missing()


@retry(stop=stop_after_attempt(3))
def retried_twice() -> None:
    retried()


def grouped(*errors: Exception) -> Raises:
    raised = [raised_by(failing(error)) for error in errors]
    return failing(BaseExceptionGroup("several", raised))


def nested_groups() -> None:
    raise BaseExceptionGroup("outer", [BaseExceptionGroup("inner", [raised_by(retried)])])


@pytest.mark.parametrize("function", [retried, retried_otherwise, retried_twice, nested_groups])
def test_what_wraps_is_taken_off(function: Raises) -> None:
    assert describe(raised_by(function)).startswith("KeyError: 'foo' (")
    assert describe(raised_by(function)).endswith(line_of(missing))


def test_tasks_of_a_group_are_taken_out_of_it() -> None:
    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(missing))

    assert describe(raised_by(lambda: asyncio.run(run()))).endswith("KeyError: 'foo' (" + where(missing))


def where(function: Any) -> str:
    text = describe(raised_by(function))
    return text.rsplit(" (", 1)[1]


def test_members_of_a_group_are_named_and_counted() -> None:
    text = describe(raised_by(grouped(ValueError("bad"), KeyError("foo"), ValueError("bad"))))
    assert text.startswith("ExceptionGroup of 3: ValueError: bad (")
    assert "(2 times); KeyError: 'foo' (" in text


def test_many_members_are_bounded() -> None:
    text = describe(raised_by(grouped(*[ValueError(f"{chr(97 + i % 26)}{'x' * 500}") for i in range(3000)])))
    assert "more" in text
    assert len(text) <= MAX_TEXT


def test_retries_without_an_exception_say_what_came() -> None:
    @retry(stop=stop_after_attempt(2), retry=retry_if_result(lambda value: value == 5))
    def five() -> int:
        return 5

    assert said(five).startswith("RetryError: ")
    assert "0x" not in describe(raised_by(five))
    assert "int" in said(five)


def test_an_odd_last_attempt_is_only_its_text() -> None:
    waiting: Future[int] = Future()
    assert said(failing(RetryError(waiting))).startswith("RetryError")  # type: ignore[arg-type]


def translated() -> None:
    try:
        missing()
    except KeyError as error:
        raise RuntimeError("no verdict") from error


def translated_with_words() -> None:
    try:
        missing()
    except KeyError as error:
        raise RuntimeError(f"no verdict: {error}") from error


def translated_after_retries() -> None:
    try:
        retried()
    except RetryError as error:
        raise RuntimeError("no verdict.") from error


def hidden() -> None:
    try:
        missing()
    except KeyError:
        raise RuntimeError("no verdict") from None


def masked() -> None:
    try:
        missing()
    finally:
        raise RuntimeError("cannot close")


def masked_with_words() -> None:
    try:
        missing()
    finally:
        raise RuntimeError("cannot close, 'foo' is missing")


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (masked_with_words, "RuntimeError: cannot close, 'foo' is missing"),
        (translated, "RuntimeError: no verdict, caused by KeyError: 'foo'"),
        (translated_with_words, "RuntimeError: no verdict: 'foo', caused by KeyError"),
        (translated_after_retries, "RuntimeError: no verdict, caused by KeyError: 'foo'"),
        (hidden, "RuntimeError: no verdict"),
        (masked, "RuntimeError: cannot close, while handling KeyError: 'foo'"),
    ],
)
def test_causes_are_named(function: Raises, text: str) -> None:
    assert said(function) == text
    assert where(function).startswith(("tests", "/")) and HERE in where(function)


def test_the_cause_of_a_timeout_is_not_a_cancellation() -> None:
    async def wait() -> None:
        async with asyncio.timeout(0):
            await asyncio.sleep(10)

    assert said(lambda: asyncio.run(wait())) == "TimeoutError"


def test_the_text_of_a_remote_traceback_is_no_cause() -> None:
    with ProcessPoolExecutor(1) as pool:
        error = pool.submit(int, "x").exception()
    assert error is not None
    assert describe(error).startswith("ValueError: invalid literal for int() with base 10: 'x'")
    assert "_RemoteTraceback" not in describe(error)


def test_messages_of_pydantic_hold_no_advertisement() -> None:
    assert said(lambda: TypeAdapter(int).validate_python("x")).endswith("input_type=str]")


def test_circles_of_causes_end() -> None:
    one, two = ValueError("one"), KeyError("two")
    one.__cause__, two.__cause__ = two, one
    assert said(failing(one)) == "ValueError: one, caused by KeyError: 'two'"
    attempt: Future[None] = Future()
    looped = RetryError(attempt)  # type: ignore[arg-type]
    attempt.set_exception(looped)
    assert said(failing(looped)).startswith("RetryError")


def test_long_chains_are_bounded() -> None:
    error: BaseException = ValueError("root")
    for number in range(3000):
        above = RuntimeError(f"level {number} " + "y" * 900)
        above.__cause__ = error
        error = above
    assert len(describe(error)) <= MAX_TEXT
    assert len(trace_of(error)) <= MAX_TRACE


# What is hostile


class RaisesInStr(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


class ExitsInStr(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)

    __repr__ = __str__


class NoText(Exception):
    def __str__(self) -> str:
        return 3  # type: ignore[return-value]  # noqa: PLE0307 - this is what it is for


class Text(str):
    __slots__ = ()

    def __getitem__(self, key: Any) -> str:
        raise RuntimeError("hostile")

    def __format__(self, spec: str) -> str:
        raise RuntimeError("hostile")

    def strip(self, *args: Any) -> str:
        raise RuntimeError("hostile")


class OddText(Exception):
    def __str__(self) -> str:
        return Text("odd")


class OddAttributes(Exception):
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Anything(Exception):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class OddNumber(int):
    def __le__(self, other: object) -> bool:
        raise SystemExit(0)

    __ge__ = __lt__ = __gt__ = __le__


class OddStatus(Exception):
    status_code = OddNumber(400)


def leaves(_: object) -> None:
    raise SystemExit(0)


OddCause = type("OddCause", (Exception,), {"__cause__": property(leaves)})


class Enormous(Exception):
    def __str__(self) -> str:
        return "begin " + "x" * 100_000_000 + " end"


class Own(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RaisesInStr(), "RaisesInStr: its message cannot be read"),
        (ExitsInStr(), "ExitsInStr: its message cannot be read"),
        (NoText(), "NoText: its message cannot be read"),
        (OddText(), "OddText: odd"),
        (OddAttributes("x"), "OddAttributes: x"),
        (OddStatus("x"), "OddStatus: its message cannot be read"),
        (OddCause("x"), "OddCause: its message cannot be read"),
        (Anything("x"), "Anything: x"),
        (Own("x"), "Own: x"),
        (type("Odd\x1b[2J\nname", (Exception,), {})("x"), "Odd name: x"),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_hostile_exceptions_are_described(error: BaseException, text: str) -> None:
    assert said(failing(error)) == text
    trace = trace_of(raised_by(failing(error)))
    assert HERE in trace
    assert causes_of(error) == [error]
    assert "\x1b" not in trace


def test_enormous_messages_are_cut() -> None:
    error = raised_by(failing(Enormous()))
    text, trace = describe(error), trace_of(error)
    assert text.startswith("Enormous: begin xxx")
    assert HERE in text
    assert len(text) <= MAX_TEXT
    assert len(trace) <= MAX_TRACE
    assert "begin xxx" in trace
    assert trace.rstrip().endswith("xx end")


@given(st.text(st.characters(exclude_categories=[])))
def test_any_message_is_one_clean_line(message: str) -> None:
    text = describe(ValueError(message))
    text.encode()
    assert text.isprintable() or not text.isascii()
    assert "\n" not in text
    trace_of(ValueError(message)).encode()


def test_a_traceback_is_what_python_prints() -> None:
    error = raised_by(translated)
    assert trace_of(error) == "".join(traceback.format_exception(error))


def test_all_members_are_causes() -> None:
    one, two = ValueError("one"), KeyError("two")
    assert causes_of(ExceptionGroup("several", [one, ExceptionGroup("inner", [two])])) == [one, two]
    assert causes_of(one) == [one]


@pytest.mark.parametrize("ours", [True, False])
def test_the_line_is_that_which_called_the_library_and_not_one_of_it(ours: bool) -> None:
    def call() -> object:
        return scan([]) if ours else get_model("no/such-model-at-all")

    assert describe(raised_by(call)).endswith(line_of(call))


def test_kind_and_message_alone_are_one_clean_line() -> None:
    assert brief(KeyError("a\x1b[31m\nb")) == r"KeyError: 'a\x1b[31m\nb'"
    assert brief(ValueError("a\x1b[31m\nb")) == "ValueError: a b"
    assert brief(ValueError()) == "ValueError"
    assert len(brief(ValueError("x" * 10**6))) < MAX_TEXT


def test_kind_and_message_of_a_hostile_exception_are_said_without_failing() -> None:
    class Hostile(Exception):
        def __str__(self) -> str:
            raise SystemExit(3)

    assert brief(Hostile()) == "Hostile: its message cannot be read"
