"""Which models scanners are certain to call, as far as that can be told before they run.

A judging scanner says it, also where another scanner holds or makes it. Of other code only what runs in any case is
taken at its word: a call of a model under a condition may never happen.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any, Final

from inspect_ai.model import get_model

from .._inspect import registry
from .._types import Scanner
from .declare.code import code_of_function
from .declare.config import ModelUse, scanner_config
from .declare.fingerprint import embedded_configs
from .declare.params import closed_over
from .llm.asked import models_named
from .llm.generate import generate_answer
from .llm.judge import JudgeConfig
from .llm.scanner import llm_scanner

_UNDER_A_CONDITION = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match, ast.IfExp, ast.BoolOp),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp),
    ast.GeneratorExp,
)
_GRADERS: Final = frozenset({"model_graded_qa", "model_graded_fact"})
_GRADER: Final = "grader"


@dataclass(frozen=True, slots=True)
class ModelNeed:
    """A model that a scanner calls.

    Args:
        model: Its name, if the scanner names it.
        role: Its role (None: it is the default model).
        required: Whether the default model cannot stand in for the role.
    """

    model: str | None = None
    role: str | None = None
    required: bool = False


def models_needed(scan: Scanner[Any]) -> list[ModelNeed]:
    """Find the models that a scanner calls, each once."""
    use = scanner_config(scan).models
    found = [] if use.kind == "none" else [*_declared(use), *_of_function(scan)]
    return list(dict.fromkeys(found))


def _declared(use: ModelUse) -> Iterator[ModelNeed]:
    match use.kind:
        case "default":
            yield ModelNeed()
        case "role":
            yield ModelNeed(role=use.value)
        case "own" if isinstance(use.value, str):
            yield ModelNeed(use.value)
        case _:
            pass


def _of_function(scan: Any) -> Iterator[ModelNeed]:
    for config in embedded_configs(scan):
        yield from _declared(config.models)
    function = inspect.unwrap(scan)
    if not isinstance(function, FunctionType):
        return
    for value in closed_over(function):
        if isinstance(value, JudgeConfig):
            yield from map(ModelNeed, models_named(value))
        yield from _of_scorer(value)
    code = None if function.__module__.startswith("inspect_scout.") else code_of_function(function)
    for statement in () if code is None else ast.parse(code.own).body:
        body = statement.body if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) else ()
        for call in _certain_calls(body):
            yield from _of_call(call, _meant(call.func, function))


def _of_scorer(value: Any) -> Iterator[ModelNeed]:
    """Read what Inspect's own scorers that ask a model were made with."""
    found = registry.registered(value) if callable(value) else None
    if found is None or found.kind != "scorer" or registry.unqualified_name(found.name) not in _GRADERS:
        return
    params = registry.recorded_params(value)
    if params.get("model") is None:
        role = params.get("model_role", _GRADER)
        if role is None or isinstance(role, str):
            yield ModelNeed(role=role)


def _certain_calls(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """Walk through what runs in any case."""
    for node in nodes:
        if isinstance(node, _UNDER_A_CONDITION):
            continue
        if isinstance(node, ast.Call):
            yield node
        yield from _certain_calls(list(ast.iter_child_nodes(node)))


def _meant(name: ast.expr, function: FunctionType) -> Any:
    """Look up what a name in a function means; None if that is not known."""
    if isinstance(name, ast.Attribute):
        module = _meant(name.value, function)
        return getattr(module, name.attr, None) if isinstance(module, ModuleType) else None
    if not isinstance(name, ast.Name):
        return None
    try:
        known = inspect.getclosurevars(function)
    except (TypeError, ValueError):
        return None
    return known.nonlocals.get(name.id, known.globals.get(name.id))


def _of_call(call: ast.Call, meant: Any) -> Iterator[ModelNeed]:
    """Read a call of `get_model`, `generate_answer` or `llm_scanner`, as far as its arguments stand there."""
    # Functions that call the model of the scan if they are given none, and the position of that argument.
    functions: tuple[tuple[Any, int], ...] = ((get_model, 0), (generate_answer, 2), (llm_scanner, 0))
    place = next((place for function, place in functions if meant is function), None)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if place is None or None in given or any(isinstance(arg, ast.Starred) for arg in call.args):
        return
    if len(call.args) > place:
        given["model"] = call.args[place]
    named = [name for name in ("model", "default") if not _is_none(given.get(name))]
    node, wanted = given.get("role") or given.get("model_role"), given.get("required")
    role = node.value if isinstance(node, ast.Constant) else None
    if named or not (_is_none(node) or isinstance(role, str)):
        return
    required = isinstance(wanted, ast.Constant) and wanted.value is True
    yield ModelNeed(role=role if isinstance(role, str) else None, required=required)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
