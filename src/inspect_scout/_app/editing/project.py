"""The project as a form shows it: its file, its options with their values and where these come from, its scanners."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ..._project import OPTIONS, Option, ProjectConfig, read_project_file, write_project_file
from ..._scanners import ScannerFileReport, ScannerSource, describe_scanner_files
from ..._support.errors import ScanStateError, UnknownNameError
from ..._support.shapes import is_list, is_mapping
from ..._support.text import read_text
from ..running.processes import run_for_json
from .changed_file import ANY_STATE, ChangedFileError


@dataclass(frozen=True, slots=True)
class ProjectState:
    """The project file of a folder.

    Args:
        path: Where it is, or would be.
        exists: Whether there is one.
        etag: Names its state.
        text: The file ("": there is none).
        config: What it sets, by key.
    """

    path: str
    exists: bool
    etag: str
    text: str
    config: Mapping[str, object]


def project_state(folder: str) -> ProjectState:
    """Read the project file of a folder; blocks.

    Raises:
        ConfigError: It is broken, has keys that do not exist, or values that cannot be.
    """
    file = read_project_file(folder)
    exists = os.path.isfile(file.path)
    config = file.config.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return ProjectState(file.path, exists, file.etag, read_text(file.path) if exists else "", config)


def change_project(folder: str, changes: Mapping[str, object], etag: str) -> ProjectState:
    """Change the project file of a folder, or make it; blocks.

    Args:
        folder: The folder.
        changes: New values by key; None, or an empty text, list or mapping, removes the key.
        etag: The state that was read (`ANY_STATE`: whatever it is).

    Raises:
        UnknownNameError: There is no such key.
        ChangedFileError: The file is in another state.
        ConfigError: The changed file would not be allowed; it is left as it was.
    """
    for key in changes:
        if key not in ProjectConfig.model_fields:
            raise UnknownNameError("key", key, ProjectConfig.model_fields)
    try:
        write_project_file(changes, None if etag == ANY_STATE else etag, folder)
    except ScanStateError as error:
        raise ChangedFileError(str(error)) from None
    return project_state(folder)


async def explained_options(folder: str) -> list[dict[str, object]]:
    """Describe the options of a scan: what they are, their values in a project, and where these come from.

    The values are found out by a process of its own, in the folder of the project. Nothing of the project is run: whoever
    looks at a project that came from elsewhere does not trust it yet.

    Raises:
        ConfigError: The settings of the project cannot be used.
    """
    told = await run_for_json(["info", "config", "--explain", "--no-run-files", "--json", "--display", "none"], folder)
    settings, sources = told.get("settings"), told.get("sources")
    values = settings if is_mapping(settings) else {}
    origins = sources if is_mapping(sources) else {}
    return [_option_json(option, values.get(option.name), origins.get(option.name)) for option in OPTIONS]


def described_options() -> list[dict[str, object]]:
    """Describe the options of a scan without values, which takes no process."""
    return [_option_json(option, None, None) for option in OPTIONS]


def project_scanners(folder: str) -> list[dict[str, object]]:
    """Describe the scanners in the files of a project, none of which is run; blocks."""
    return [_report_json(report, folder) for report in describe_scanner_files(folder)]


def _option_json(option: Option, value: object, sources: object) -> dict[str, object]:
    default = option.make_default() if not callable(option.default) else None
    return {
        "name": option.name,
        "kind": option.kind,
        "help": option.help,
        "choices": list(option.choices),
        "default": default if isinstance(default, str | int | float | bool | dict | list) else None,
        "default_help": option.default_help,
        "merge": option.merge,
        "set_in": list(option.places),
        "variables": option.variables,
        "flags": [
            {"names": flag.names.split(), "parameter": flag.parameter_name, "kind": flag.kind or option.kind,
             "help": flag.help or option.help, "choices": list(flag.choices or option.choices)}
            for flag in option.flags
            if not flag.hidden
        ],
        "value": value,
        "sources": [str(each) for each in sources] if is_list(sources) else [],
    }  # fmt: skip


def _report_json(report: ScannerFileReport, folder: str) -> dict[str, object]:
    scanners = [_scanner_json(scanner) for scanner in report.scanners]
    return {"path": os.path.relpath(report.path, folder), "problem": report.problem, "scanners": scanners}


def _scanner_json(scanner: ScannerSource) -> dict[str, object]:
    parameters = [{"name": p.name, "annotation": p.annotation, "default": p.default} for p in scanner.parameters]
    return {
        "name": scanner.name,
        "function": scanner.function_name,
        "kind": scanner.kind,
        "doc": scanner.doc,
        "question": scanner.llm.question if scanner.llm is not None else None,
        "parameters": parameters,
        "editable": scanner.editable,
    }
