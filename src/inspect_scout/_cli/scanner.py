"""The commands of `scout scanner`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import click

from .._support.terminal import one_line, printable
from .contract import DONE
from .lazy import LazyGroup
from .options import OutputOptions, location_command, pop_output_options
from .stdout import write_json

if TYPE_CHECKING:
    from .._app import Parameter, ScannerFileReport, ScannerSource, StructuredSource

MAX_CELL_CHARACTERS = 80
_INPUTS = ("messages", "events", "timeline")
# Fields that hold pairs of name and value.
_PAIRS = ("kept", "labeled_patterns")
# Fields that are shown elsewhere, or in another way.
_APART = (*_INPUTS, "kept", "labeled_patterns", "structured")
_INDENT = "  "

command = LazyGroup(
    name="scanner",
    lazy={
        "list": (".scanner:list_scanners", "List the scanners of a file or folder, and what each asks."),
        "show": (".scanner:show_scanners", "Show all that a file says of its scanners."),
    },
    help="Show what the scanners of a file ask, without running it.",
    epilog="""\b
Examples:
  scout scanner list ./scanners
  scout scanner show scanners.py@refusal
""",
    no_args_is_help=True,
)


@location_command(
    "list",
    "scout scanner list scanners.py",
    "scout scanner list . --json",
    metavar="FILE|DIR",
)
def list_scanners(location: str, **options: Any) -> int:
    """List the scanners of a file, or of all files below a folder, and what each asks.

    Files are read, and never run. Programs can edit a scanner unless it has code of its own, or arguments that are
    computed; `scout scanner show` says why not.
    """
    output = pop_output_options(options, log=True)
    found = _scanners(location, output)
    if found:
        rows = [_row(path, scanner) for path, scanner in found]
        output.make_display().table("", ("file", "scanner", "kind", "sees", "asks", "editable"), rows)
    return DONE


@location_command(
    "show",
    "scout scanner show scanners.py",
    "scout scanner show scanners.py@refusal --json",
    metavar="FILE[@NAME]",
)
def show_scanners(location: str, **options: Any) -> int:
    """Show all that a file says of its scanners, or of the one called NAME: inputs, parameters, question, answer.

    The file is read, and never run.
    """
    output = pop_output_options(options, log=True)
    lines: list[str] = []
    for path, scanner in _scanners(location, output):
        lines += ["", *describe_lines(path, scanner)]
    if lines:
        display = output.make_display()
        for line in lines[1:]:
            display.print(line)
    return DONE


def _scanners(location: str, output: OutputOptions) -> list[tuple[str, ScannerSource]]:
    """Read the scanners that are to be shown, each with its file; none if they are written as JSON, which is done here."""
    from .._app import describe_scanner_files

    reports = describe_scanner_files(location)
    if output.as_json:
        write_json([report_json(report) for report in reports])
        return []
    for report in reports:
        if report.problem is not None:
            click.echo(one_line(report.problem, 300), file=sys.stderr)
    found = [(report.path, scanner) for report in reports for scanner in report.scanners]
    if not found:
        click.echo(f"No scanners in {location!r}.", file=sys.stderr)
    return found


def _row(path: str, scanner: ScannerSource) -> list[str]:
    editable = "yes" if scanner.editable else "no"
    cells = (path, scanner.name, scanner.kind, inputs_text(scanner), question_text(scanner), editable)
    return [one_line(cell, MAX_CELL_CHARACTERS) for cell in cells]


def report_json(report: ScannerFileReport) -> dict[str, Any]:
    """Describe a file, for JSON."""
    scanners = [
        {"name": s.name, "kind": s.kind, "editable": s.editable, **_pairs_as_objects(asdict(s))}
        for s in report.scanners
    ]
    return {"path": report.path, "problem": report.problem, "scanners": scanners}


def _pairs_as_objects(value: Any) -> Any:
    """Write pairs of name and value as objects."""
    if isinstance(value, dict):
        fields: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {
            name: dict(item) if name in _PAIRS and item else _pairs_as_objects(item) for name, item in fields.items()
        }
    if isinstance(value, list | tuple):
        return [_pairs_as_objects(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def inputs_text(scanner: ScannerSource) -> str:
    """Say which parts of a transcript a scanner asks for."""
    parts = [(name, getattr(scanner.decorator, name)) for name in _INPUTS]
    texts = [f"{name}: {_value(value)}" for name, value in parts if value is not None]
    texts += [f"{name}: {text}" for name, text in scanner.decorator.kept if name in {*_INPUTS, "loader"}]
    return "; ".join(texts) or "as its input is annotated"


def question_text(scanner: ScannerSource) -> str:
    """Say what a scanner asks or searches for."""
    if scanner.llm is not None:
        return scanner.llm.question or "(the question is in its template)"
    if scanner.grep is not None:
        grep = scanner.grep
        if grep.labeled_patterns is not None:
            return "; ".join(f"{label}: {_value(patterns)}" for label, patterns in grep.labeled_patterns)
        return _value(grep.pattern if grep.patterns is None else grep.patterns)
    return scanner.doc or ""


def describe_lines(path: str, scanner: ScannerSource) -> Iterator[str]:
    """Describe a scanner, line by line."""
    yield f"{scanner.name} ({scanner.kind}) in {path}"
    yield f"{_INDENT}function: {scanner.function_name}({', '.join(map(_parameter, scanner.parameters))})"
    yield f"{_INDENT}sees: {inputs_text(scanner)}"
    source = scanner.llm or scanner.grep
    for part in (scanner.decorator, source):
        if part is not None:
            yield from _part_lines(part)
    if scanner.llm is not None and scanner.llm.structured is not None:
        yield from _structured_lines(scanner.llm.structured)
    if scanner.grep is not None:
        for label, patterns in scanner.grep.labeled_patterns or ():
            yield from _entry(f"pattern {label!r}", patterns)
    if source is None and scanner.doc:
        yield from _entry("says", scanner.doc)
    if scanner.advanced_reason is not None:
        yield f"{_INDENT}not editable: {scanner.advanced_reason}"


def _part_lines(part: Any) -> Iterator[str]:
    for name, value in asdict(part).items():
        if name not in _APART and _differs_from_default(part, name, value):
            yield from _entry(name, value)
    for name, text in part.kept:
        if name not in _INPUTS:
            yield from _entry(name, f"{text} (kept as it is)")


def _structured_lines(structured: StructuredSource) -> Iterator[str]:
    yield from _entry("answer", f"list of {structured.class_name}" if structured.is_list else structured.class_name)
    for model in structured.models:
        for field in model.fields:
            notes = [field.description or "", *(f"{name}={text}" if name else text for name, text in field.kept)]
            texts = "; ".join(note for note in notes if note)
            yield from _entry(f"{model.class_name}.{field.name}", f"{field.field_type}{f' ({texts})' if texts else ''}")
    for name, text in structured.kept:
        yield from _entry(name, text)


def _differs_from_default(part: Any, name: str, value: Any) -> bool:
    defaults = {field.name: field.default for field in fields(part)}
    return bool(value != defaults[name])


def _entry(name: str, value: Any) -> Iterator[str]:
    first, *rest = printable(_value(value)).strip("\n").split("\n")
    yield f"{_INDENT}{name}: {first}"
    yield from (f"{_INDENT * 2}{line}" for line in rest)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return repr(value)


def _parameter(parameter: Parameter) -> str:
    annotation = "" if parameter.annotation is None else f": {parameter.annotation}"
    return parameter.name + annotation + ("" if parameter.default is None else f" = {parameter.default}")
