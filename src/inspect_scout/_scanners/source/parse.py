"""Text of a scanner file -> its scanners, without running it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..._support.errors import ConfigError
from ..files.discover import ImportedNames, decorated, imported_names
from .answers import NotEditable, find_models, read_answer
from .model import GrepSource, Kept, LlmSource, Parameter, ScannerDecorator, ScannerSource, accepts_plain
from .text import NO_VALUE, SourceText, is_texts, plain_value

MAX_CHARACTERS = 1_000_000
"""Size of a file beyond which it is not read: scanner files are written by hand."""

_MAKERS = ("llm_scanner", "grep_scanner")


@dataclass(frozen=True, slots=True)
class _ParsedFile:
    text: SourceText
    tree: ast.Module
    names: dict[str, ImportedNames]


def parse_scanner_file(text: str) -> tuple[ScannerSource, ...]:
    """Read the scanners of a file without running it.

    Args:
        text: Text of the file.

    Returns:
        The scanners at its top level, in order (none: there are none).

    Raises:
        ConfigError: It is not Python, or too long or too deeply nested to be a scanner file.
    """
    tree = _parse_python(text)
    names = {name: imported_names(tree, name) for name in ("scanner", *_MAKERS, "AnswerMultiLabel", "AnswerStructured")}
    file = _ParsedFile(SourceText(text), tree, names)
    try:
        return tuple(_scanner(file, *found) for found in decorated(tree, names["scanner"]))
    except RecursionError as error:
        raise ConfigError("The file is nested too deeply to be read.") from error


def _parse_python(text: str) -> ast.Module:
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            f"The file has {len(text):,} characters; scanner files of up to {MAX_CHARACTERS:,} are read. Move what is "
            "no scanner to a file of its own."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code in the file, which its author hears of when it runs
            return ast.parse(text)
    except SyntaxError as error:
        where = f" (line {error.lineno})" if error.lineno else ""
        raise ConfigError(f"The file is not valid Python{where}: {error.msg}.") from error
    except ValueError as error:
        raise ConfigError(f"The file is not valid Python: {error}.") from error
    except (RecursionError, MemoryError) as error:
        raise ConfigError("The file is nested too deeply to be read.") from error


def _scanner(file: _ParsedFile, function: ast.FunctionDef | ast.ClassDef, decorator: ast.expr) -> ScannerSource:
    declared, reason = _decorator(file, decorator)
    doc = ast.get_docstring(function, clean=False)
    if isinstance(function, ast.ClassDef):
        no_function = "it is a class; only functions can be changed here"
        return ScannerSource(function.name, declared, returns=None, doc=doc, advanced_reason=no_function)
    own_statements = len(function.body) - (doc is not None)
    made: LlmSource | GrepSource | None = None
    try:
        call = _returned_call(file, function)
        made = _grep(file, call) if file.names["grep_scanner"].matches(call.func) else _llm(file, call)
    except NotEditable as not_editable:
        reason = reason or str(not_editable)
    return ScannerSource(
        function_name=function.name,
        decorator=declared,
        parameters=_parameters(file, function.args),
        returns=None if function.returns is None else file.text.of(function.returns),
        doc=doc,
        llm=made if isinstance(made, LlmSource) else None,
        grep=made if isinstance(made, GrepSource) else None,
        statements=own_statements > 1,
        advanced_reason=reason,
    )


def _decorator(file: _ParsedFile, decorator: ast.expr) -> tuple[ScannerDecorator, str | None]:
    if not isinstance(decorator, ast.Call):
        return ScannerDecorator(), None
    unnamed = bool(decorator.args) or any(keyword.arg is None for keyword in decorator.keywords)
    reason = "its decorator has arguments that are not named" if unnamed else None
    values, kept = _plain_arguments(file, decorator, ScannerDecorator)
    return ScannerDecorator(**values, kept=kept), reason


def _returned_call(file: _ParsedFile, function: ast.FunctionDef) -> ast.Call:
    returns = list(_own_returns(function.body))
    last = function.body[-1]
    call = last.value if isinstance(last, ast.Return) else None
    if not isinstance(call, ast.Call) or not any(file.names[maker].matches(call.func) for maker in _MAKERS):
        raise NotEditable("it has code of its own: it does not end with 'return llm_scanner(...)' or grep_scanner(...)")
    if len(returns) > 1:
        raise NotEditable("it decides between several return statements")
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        raise NotEditable("arguments of its call are computed (* or **)")
    return call


def _own_returns(body: Sequence[ast.stmt]) -> list[ast.Return]:
    found: list[ast.Return] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _llm(file: _ParsedFile, call: ast.Call) -> LlmSource:
    if call.args:
        raise NotEditable("arguments of llm_scanner are not named")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    question = plain_value(given["question"]) if "question" in given else None
    if question is not None and not isinstance(question, str):
        raise NotEditable("its question is computed")
    if question is None and "template" not in given:
        raise NotEditable("it has neither a question nor a template")
    if "answer" not in given:
        raise NotEditable("it says nothing of the answer")
    answer = read_answer(file.text, file.names, find_models(file.text, file.tree), given["answer"])
    values, kept = _plain_arguments(file, call, LlmSource, skipped=("question", "answer"))
    return LlmSource(question=question, **answer, **values, kept=kept)


def _grep(file: _ParsedFile, call: ast.Call) -> GrepSource:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if len(call.args) > 1:
        raise NotEditable("arguments of grep_scanner are not named")
    node = call.args[0] if call.args else given.get("pattern")
    if node is None:
        raise NotEditable("it has no pattern")
    value = _labeled(node) if isinstance(node, ast.Dict) else plain_value(node)
    values, kept = _plain_arguments(file, call, GrepSource, skipped=("pattern",))
    if isinstance(node, ast.Dict):
        return GrepSource(labeled_patterns=value, **values, kept=kept)
    if isinstance(value, str):
        return GrepSource(pattern=value, **values, kept=kept)
    return GrepSource(patterns=_texts(value), **values, kept=kept)


def _labeled(node: ast.Dict) -> Any:
    found: dict[str, str | tuple[str, ...]] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        label, value = NO_VALUE if key is None else plain_value(key), plain_value(item)
        if not isinstance(label, str) or label in found:
            raise NotEditable("its patterns are computed")
        found[label] = value if isinstance(value, str) else _texts(value)
    return tuple(found.items())


def _texts(value: Any) -> tuple[str, ...]:
    if not is_texts(value):
        raise NotEditable("its patterns are computed")
    texts: tuple[str, ...] = value
    return texts


def _plain_arguments(
    file: _ParsedFile, call: ast.Call, source: type, skipped: Sequence[str] = ()
) -> tuple[dict[str, Any], Kept]:
    """Read the arguments that are plain values; the others are kept as text."""
    values: dict[str, Any] = {}
    kept: list[tuple[str, str]] = []
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in skipped:
            continue
        value = plain_value(keyword.value)
        if accepts_plain(source, keyword.arg, value):
            values[keyword.arg] = value
        else:
            kept.append((keyword.arg, file.text.value_of(keyword)))
    return values, tuple(kept)


def _parameters(file: _ParsedFile, given: ast.arguments) -> tuple[Parameter, ...]:
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    found = [_parameter(file, arg, default) for arg, default in zip(positional, defaults, strict=True)]
    if given.posonlyargs:
        found.insert(len(given.posonlyargs), Parameter("/"))
    if given.vararg is not None:
        found.append(_parameter(file, given.vararg, None, "*"))
    elif given.kwonlyargs:
        found.append(Parameter("*"))
    found += [_parameter(file, arg, default) for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg is not None:
        found.append(_parameter(file, given.kwarg, None, "**"))
    return tuple(found)


def _parameter(file: _ParsedFile, arg: ast.arg, default: ast.expr | None, stars: str = "") -> Parameter:
    annotation = None if arg.annotation is None else file.text.of(arg.annotation)
    return Parameter(stars + arg.arg, annotation, None if default is None else file.text.of(default))
