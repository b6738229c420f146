"""The scanners that a project can run, and the code of a condition."""

from __future__ import annotations

import functools
import inspect
import logging
import os
from collections.abc import Callable, Sequence
from typing import Final

from pydantic import JsonValue

from ..._query import Condition, condition_as_sql
from ..._scanners import Parameter, ScannerSource, describe_scanner_files, grep_scanner, llm_scanner
from ..._support.errors import ConfigError
from ..._support.shapes import is_list
from .annotations import default_of, schema_of
from .paging import parse_condition

logger = logging.getLogger(__name__)

_PACKAGE: Final = "inspect_scout"


def known_scanners(folder: str | None) -> list[dict[str, object]]:
    """Describe the scanners that come with Scout, then those of the files of a project; none of these is run.

    Args:
        folder: The project (None: there is none).

    Returns:
        Name, version, description and parameters of each; `file` for those of the project.
    """
    own = [_built_in("grep_scanner", grep_scanner), _built_in("llm_scanner", llm_scanner)]
    if folder is None:
        return own
    found: list[dict[str, object]] = []
    for report in describe_scanner_files(folder):
        if report.problem is not None:
            logger.debug("Left out of the scanners: %s: %s", report.path, report.problem)
        path = os.path.relpath(report.path, folder)
        found += [_of_project(scanner, path) for scanner in report.scanners]
    return own + found


def condition_code(body: JsonValue) -> dict[str, object]:
    """Write conditions, all of which must hold, as SQL and as Python.

    Args:
        body: One condition or several, as JSON.

    Raises:
        ConfigError: It is not a condition.
    """
    conditions = [parse_condition(each) for each in body] if is_list(body) else [parse_condition(body)]
    if not conditions:
        raise ConfigError("There is no condition to write. Give one, or several.")
    both: Callable[[Condition, Condition], Condition] = lambda one, other: one & other  # noqa: E731
    text = condition_as_sql(functools.reduce(both, conditions), "filter")
    return {"python": f"transcripts.where({text!r})", "filter": text}


def _built_in(name: str, factory: Callable[..., object]) -> dict[str, object]:
    parameters = [
        Parameter(
            each.name,
            inspect.formatannotation(each.annotation),
            None if each.default is each.empty else repr(each.default),
        )
        for each in inspect.signature(factory).parameters.values()
    ]
    return _described(f"{_PACKAGE}/{name}", 0, inspect.getdoc(factory), parameters)


def _of_project(scanner: ScannerSource, path: str) -> dict[str, object]:
    described = _described(scanner.name, scanner.decorator.version, scanner.doc, scanner.parameters)
    return {**described, "file": path}


def _described(name: str, version: int, doc: str | None, parameters: Sequence[Parameter]) -> dict[str, object]:
    named = [each for each in parameters if each.name.isidentifier()]  # stars and slashes are not parameters
    return {
        "name": name,
        "version": version,
        "description": next(iter(inspect.cleandoc(doc or "").splitlines()), None),
        "params": [
            {
                "name": each.name,
                "schema": schema_of(each.annotation),
                "required": each.default is None,
                "default": default_of(each.default),
            }
            for each in named
        ],
    }
