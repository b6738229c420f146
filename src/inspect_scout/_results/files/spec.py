"""The file that defines a scan: reading it, and changing what it says of transcripts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_json, to_jsonable_python

from ..._query import Condition, condition_as_sql
from ..._support.errors import ConfigError, LocationError
from ..._support.json import loads
from ..._support.shapes import is_mapping
from ..._types import RECORDED_FIELDS, Error, ScanSpec
from .lenient import JsonPath, RequiredPartError, read_leniently

if TYPE_CHECKING:
    from ..._types import ScannerSpec, ScanTranscripts, Worklist
    from .light_spec import LightSpec

logger = logging.getLogger(__name__)

_RECORDED_ONLY = frozenset(("scan_file", "scan_args", "timestamp", "tags", "metadata", "revision", "packages"))
"""Fields that do not decide what is scanned, and how."""


def parse_spec(text: bytes, path: str, *, strict: bool = False) -> ScanSpec:
    """Read what defines a scan. Optional parts that cannot be read are left out, with a warning.

    Args:
        text: The file.
        path: Its location.
        strict: Refuse where a part cannot be read that decides what is scanned.

    Raises:
        LocationError: It does not define a scan.
    """
    try:
        spec, dropped = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise LocationError(f"{path!r} does not describe a scan: {str(error).partition(chr(10))[0]}") from error
    deciding = {name: why for name, why in dropped.items() if name.partition(".")[0] not in _RECORDED_ONLY}
    if strict and deciding:
        raise LocationError(f"{path!r} cannot be used to go on: {_listed(deciding)}. Repair it, or start a new scan.")
    if dropped:
        logger.warning("Parts of %r cannot be read and are left out: %s", path, _listed(dropped))
    if "timestamp" not in spec.model_fields_set:
        spec.timestamp = datetime.fromtimestamp(0, UTC)  # not the moment of reading
    return _with_filter(spec)


MODELS = ("model", "model_roles", "generate_config")
"""Fields about models."""


def with_transcripts(
    text: bytes,
    transcripts: ScanTranscripts,
    worklist: list[Worklist] | None = None,
    scanners: Mapping[str, ScannerSpec] | None = None,
    scanner_timeout: float | None = None,
) -> bytes:
    """Change what the file of a scan says of transcripts; all else stays, also what only other programs know.

    Args:
        text: The file.
        transcripts: The transcripts.
        worklist: The worklist (None: it stays).
        scanners: The scanners: what is recorded of their versions (None: it stays).
        scanner_timeout: Seconds that a scanner may take for a transcript (None: it stays).
    """
    data: dict[str, Any] = loads(text)
    before = data.get("transcripts")
    kept = (
        {k: v for k, v in before.items() if k not in ("unread", "accepted", "selection")} if is_mapping(before) else {}
    )
    new = transcripts.model_dump(mode="json", exclude_none=True)
    if not transcripts.transcript_ids:  # older scans hold a table instead
        new.pop("transcript_ids")
    data["transcripts"] = {**kept, **new}
    if worklist is not None:
        data["worklist"] = [one.model_dump(mode="json") for one in worklist]
    for key, scanner in (scanners or {}).items():
        versions = scanner.model_dump(mode="json", exclude_none=True, include=set(RECORDED_FIELDS))
        kept = {name: value for name, value in data["scanners"][key].items() if name not in RECORDED_FIELDS}
        data["scanners"][key] = {**kept, **versions}
    if scanner_timeout is not None:
        options = data.get("options")
        data["options"] = {**(options if is_mapping(options) else {}), "scanner_timeout": scanner_timeout}
    return to_json(data, indent=2, inf_nan_mode="null", fallback=str)


def with_models(text: bytes, changed: Mapping[str, Any]) -> bytes:
    """Change what the file of a scan says of models; all else stays.

    Args:
        text: The file.
        changed: What is new, by field; None: nothing is recorded from now on.
    """
    if not changed:
        return text
    data: dict[str, Any] = loads(text)
    for name, value in changed.items():
        data[name] = to_jsonable_python(value, exclude_none=True)
    kept = {name: value for name, value in data.items() if value is not None or name not in changed}
    return to_json(kept, indent=2, inf_nan_mode="null", fallback=str)


def unread_errors(spec: ScanSpec | LightSpec) -> list[Error]:
    """List the logs that were not read; those without which the scan was declared complete follow."""
    snapshot = spec.transcripts
    if snapshot is None:
        return []
    reasons = list((snapshot.unread or {}).values())
    reasons += [f"{reason} (the scan was accepted without it)" for reason in (snapshot.accepted or {}).values()]
    return [Error(transcript_id="", scanner="", error=r, traceback="", refusal=False) for r in reasons]


def _parsed(text: bytes) -> tuple[ScanSpec, dict[str, str]]:
    try:
        spec, dropped = ScanSpec.model_validate_json(text), dict[str, str]()
    except ValidationError:
        data = loads(text)
        if not is_mapping(data):
            raise
        data, guessed = _with_type(data)
        spec, dropped = read_leniently(ScanSpec, data, _is_required)
        dropped = {**guessed, **dropped}
    if "scan_id" not in spec.model_fields_set:
        raise RequiredPartError(f"scan_id: {dropped.get('scan_id', 'it is missing')}")
    return spec, dropped


def _is_required(part: JsonPath) -> bool:
    """Tell whether a part must be there: a scanner that is left out would look as if it was never asked for."""
    return part[0] == "scanners" and len(part) <= 2


def _with_type(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Tell the kind of a source by its location where the kind cannot be read, so that the transcripts stay known."""
    snapshot = data.get("transcripts")
    if not is_mapping(snapshot) or (isinstance(kind := snapshot.get("type"), str) and kind):
        return data, {}
    kind = "database" if isinstance(snapshot.get("location"), str) else "eval_log"
    return {**data, "transcripts": {**snapshot, "type": kind}}, {"transcripts.type": "it is not a kind of source"}


def _listed(dropped: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in dropped.items())


def _with_filter(spec: ScanSpec) -> ScanSpec:
    """Turn the conditions that older scans store into SQL."""
    transcripts = spec.transcripts
    if transcripts is not None and transcripts.filter is None and transcripts.conditions:
        filters: list[str] = []
        for condition in transcripts.conditions:
            try:
                filters.append(condition_as_sql(Condition.model_validate(condition), "filter"))
            except (ValidationError, ConfigError) as error:
                logger.warning("A stored condition cannot be read and is left out: %s", error)
        transcripts.filter = filters
    return spec
