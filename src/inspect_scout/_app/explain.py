"""Which settings a scan would use, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel

from .._inspect.models import public_url, public_values, without_secrets
from .._plan import ScannerWork, ScanRequest, Setting, resolve_request
from .._project import load_dotenv_once


async def explain_settings(request: ScanRequest, run_files: bool = True) -> dict[str, Setting]:
    """Say which settings a scan would use and where they come from, by their keys in project files; values are JSON.

    Args:
        request: The scan.
        run_files: Whether the files of the scanners that the project names are run, to know that they can be.

    Raises:
        ScoutError: The settings cannot be used.
    """
    load_dotenv_once()
    settings = resolve_request(request, run_files=run_files).settings
    return {name: replace(setting, value=_without_secrets(name, setting.value)) for name, setting in settings.items()}


def _without_secrets(name: str, value: Any) -> Any:
    if name == "scanners":
        return sorted(value or {}) or None
    if name == "model_base_url":
        return public_url(value)
    if name == "generate_config" and value is not None:
        return without_secrets(value).model_dump(mode="json", exclude_none=True)
    return _json(value)


def _json(value: Any) -> Any:
    """Write a value as JSON, secrets left out."""
    if isinstance(value, BaseModel):
        return _json(value.model_dump(mode="json", exclude_none=True))
    if isinstance(value, Mapping):
        plain = {str(key): _json(item) for key, item in cast("Mapping[Any, Any]", value).items()}
        return public_values(plain)
    if isinstance(value, ScannerWork):
        ids = value.transcripts if isinstance(value.transcripts, list) else str(value.transcripts)
        return {"scanner": value.scanner, "transcripts": ids}
    if isinstance(value, list | tuple):
        return [_json(item) for item in cast("Sequence[Any]", value)]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
