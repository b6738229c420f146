"""Changing one scanner of a file, and nothing else in it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._support.errors import ConfigError, UnknownNameError
from .arguments import DECORATOR, GREP, LLM, Argument
from .generate import answer_text, argument_text, pattern_text
from .literals import text_literal
from .model import LlmSource, ScannerSource
from .parse import Located, locate, parse_python
from .text import SourceText

_ANSWER = ("answer_type", "labels", "allow_none", "structured")
_PATTERN = ("pattern", "patterns", "labeled_patterns")
_PACKAGE = "inspect_scout"


@dataclass(frozen=True, slots=True)
class _Change:
    """A changed argument.

    Args:
        decorator: Whether it is one of the decorator (else of the call).
        name: Its name.
        text: Makes its text, given the text of the file and its indentation; None takes it out.
    """

    decorator: bool
    name: str
    text: Callable[[str, str], str] | None


def apply_scanner_changes(text: str, updated: ScannerSource) -> str:
    """Change a scanner of a file; every character that belongs to no changed argument stays.

    Args:
        text: Text of the file.
        updated: The scanner as it is to be; its function says which one it is.

    Returns:
        The new text.

    Raises:
        UnknownNameError: The file has no such scanner.
        ConfigError: The scanner cannot be changed but by hand, or what differs is not among its plain arguments.
    """
    before = locate(text)
    current = _find(before, updated.function_name).scanner
    if current == updated:
        return text
    if not current.editable:
        raise ConfigError(f"Scanner {current.function_name!r} is changed by hand: {current.advanced_reason}.")
    for change in _changes(current, updated):
        text = _applied(text, updated.function_name, change)
    after = locate(text)
    expected = [updated if s.scanner.function_name == updated.function_name else s.scanner for s in before]
    found = [located.scanner for located in after]
    if found != expected:
        raise ConfigError(
            f"Scanner {updated.function_name!r} cannot be given these values: reading the changed file gives others."
        )
    return text


def _find(scanners: Sequence[Located], function: str) -> Located:
    for located in scanners:
        if located.scanner.function_name == function:
            return located
    raise UnknownNameError("scanner function", function, [located.scanner.function_name for located in scanners])


def _changes(current: ScannerSource, updated: ScannerSource) -> list[_Change]:
    if current.kind != updated.kind:
        raise ConfigError(
            f"Scanner {current.function_name!r} is made by {current.kind}_scanner; write a new one for another kind."
        )
    fixed = replace(updated, decorator=current.decorator, llm=current.llm, grep=current.grep)
    if fixed != current:
        raise ConfigError(
            f"The function of scanner {current.function_name!r} (its parameters, docstring and return annotation) is "
            "changed by hand; here the arguments of its decorator and of its call are."
        )
    found = [*_plain_changes(True, DECORATOR, current.decorator, updated.decorator)]
    if current.llm is not None and updated.llm is not None:
        found += _llm_changes(current.llm, updated.llm)
    elif current.grep is not None and updated.grep is not None:
        grep = updated.grep
        if _differ(current.grep, grep, _PATTERN):
            found.append(_Change(False, "pattern", lambda _, indent: pattern_text(grep, indent)))
        found += _plain_changes(False, GREP, current.grep, grep)
    return found


def _llm_changes(current: LlmSource, updated: LlmSource) -> list[_Change]:
    found: list[_Change] = []
    if current.question != updated.question:
        question = updated.question
        text = None if question is None else text_literal(question)
        found.append(_Change(False, "question", None if text is None else lambda _text, _indent: text))
    if updated.structured is not None and updated.structured != current.structured:
        raise ConfigError("The class of a structured answer, and its options, are changed by hand.")
    if _differ(current, updated, _ANSWER):
        found.append(_Change(False, "answer", lambda text, indent: answer_text(updated, _answer_names(text), indent)))
    return found + _plain_changes(False, LLM, current, updated)


def _plain_changes(decorator: bool, known: Sequence[Argument], current: Any, updated: Any) -> list[_Change]:
    if current.kept != updated.kept:
        raise ConfigError("Arguments that are no plain values (those in 'kept') are changed by hand.")
    kept = {name for name, _ in current.kept}
    found: list[_Change] = []
    for argument in known:
        value = getattr(updated, argument.name)
        if not _differ(current, updated, [argument.name]):
            continue
        if argument.name in kept:
            raise ConfigError(f"{argument.name!r} is no plain value in the file, so it is changed by hand.")
        if not argument.takes(value):
            raise ConfigError(f"{argument.name}={value!r} is not allowed.")
        found.append(_Change(decorator, argument.name, _writer(argument, value)))
    return found


def _writer(argument: Argument, value: Any) -> Callable[[str, str], str] | None:
    if repr(value) == repr(argument.default):
        return None
    return lambda _, indent: argument_text(argument, value, indent)


def _differ(current: object, updated: object, names: Sequence[str]) -> bool:
    # True and 1 are equal, and not the same answer.
    return any(repr(getattr(current, name)) != repr(getattr(updated, name)) for name in names)


def _applied(text: str, function: str, change: _Change) -> str:
    located = _find(locate(text), function)
    if not change.decorator and change.name == "answer" and change.text is not None:
        text = _with_import(text, change.text(text, ""))
        located = _find(locate(text), function)
    source = SourceText(text)
    call = located.decorator if change.decorator else located.call
    if not isinstance(call, ast.Call):
        end = source.span(located.decorator)[1]
        return text if change.text is None else source.replaced(end, end, f"({change.name}={change.text(text, '')})")
    given = next((keyword for keyword in call.keywords if keyword.arg == change.name), None)
    if change.name == "pattern" and given is None and call.args:
        start, end = source.span(call.args[0])
        return text if change.text is None else source.replaced(start, end, change.text(text, source.indent(start)))
    if given is not None and change.text is not None:
        start, end = source.value_span(given)
        return source.replaced(start, end, change.text(text, source.indent(source.span(given)[0])))
    if given is not None:
        return _without(source, call, given)
    return text if change.text is None else _with(source, call, change.name, change.text)


def _with(source: SourceText, call: ast.Call, name: str, write: Callable[[str, str], str]) -> str:
    """Add an argument behind the last one, on a line of its own if that has one."""
    close = source.span(call)[1] - 1
    last = max((source.span(node)[1] for node in [*call.args, *call.keywords]), default=None)
    if last is None:
        return source.replaced(close, close, f"{name}={write(source.text, source.indent(close))}")
    begin = max(source.span(node)[0] for node in [*call.args, *call.keywords])
    comma, after = _comma_after(source, last, close)
    indent = source.indent(begin)
    own_line = source.text[source.line_start(begin) : begin].strip() == ""
    added = f"{name}={write(source.text, indent)}"
    if not own_line or source.line_start(close) <= last:
        return source.replaced(after, after, f" {added}" if comma else f", {added}")
    # The rest of the line, perhaps a comment, stays with the argument that it stands behind.
    line_end = next((at for at, kind, _ in source.pieces(after) if kind == "newline"), close)
    text = source.replaced(line_end, line_end, f"\n{indent}{added},")
    return text if comma else SourceText(text).replaced(after, after, ",")


def _without(source: SourceText, call: ast.Call, given: ast.keyword) -> str:
    """Take an argument out, with its comma; its line too, if nothing else is on it."""
    start, end = source.span(given)
    comma, after = _comma_after(source, end, source.span(call)[1] - 1)
    rest = next(at for at, kind, _ in source.pieces(after) if kind != "space")
    line = source.line_start(start)
    before = source.text[line:start].rstrip(" \t\f")
    if not before and source.text[rest] in "\r\n":
        return source.replaced(line, rest + (2 if source.text.startswith("\r\n", rest) else 1), "")
    if comma:
        return source.replaced(start, rest, "")
    return source.replaced(line + len(before) - 1 if before.endswith(",") else start, end, "")


def _comma_after(source: SourceText, offset: int, close: int) -> tuple[bool, int]:
    """Tell whether a comma follows an argument, and where that or else the argument ends.

    Args:
        source: The file.
        offset: End of the argument's expression; parentheses around it may follow.
        close: Where the call is closed.
    """
    end = offset
    for at, kind, piece in source.pieces(offset):
        if at >= close:
            break
        if kind == "mark" and piece == ",":
            return True, at + 1
        if kind == "mark":
            end = at + 1
    return False, end


def _answer_names(text: str) -> dict[str, str]:
    """What a file calls the classes of answers; their own names if it does not import them yet."""
    tree = parse_python(text)
    return {name: _name_in(tree, name) or name for name in ("AnswerMultiLabel", "AnswerStructured")}


def _with_import(text: str, answer: str) -> str:
    """Import the class of an answer, if the file has it under no name."""
    tree = parse_python(text)
    if not answer.startswith("AnswerMultiLabel(") or _name_in(tree, "AnswerMultiLabel") is not None:
        return text
    source = SourceText(text)
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    at = source.span(imports[-1])[1] if imports else 0
    line = f"from {_PACKAGE} import AnswerMultiLabel"
    return source.replaced(at, at, f"\n{line}" if imports else f"{line}\n")


def _name_in(tree: ast.Module, name: str) -> str | None:
    """What a file calls something of Scout's; None if it does not import it."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in nodes:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom) and node.module == _PACKAGE and alias.name == name:
                return alias.asname or name
    modules = [a.asname or a.name for n in nodes if isinstance(n, ast.Import) for a in n.names if a.name == _PACKAGE]
    return f"{modules[0]}.{name}" if modules else None
