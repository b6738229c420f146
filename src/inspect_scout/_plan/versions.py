"""Versions of a scanner within one scan: recorded when it is made, compared when it is resumed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import GenerateConfig, ModelConfig

from .._results import RecordedPairs
from .._scanners import ScannerConfig, hashed
from .._support.errors import ConfigError, ScanStateError
from .._types import AskedSpec, ScannerSpec, ScannerVersion, ScanSpec
from .models import PlannedModels

logger = logging.getLogger("inspect_scout")

_SHOWN = 200
"""Characters of a question in a message."""

TRANSPORT = frozenset(
    "max_retries timeout attempt_timeout stream_idle_timeout max_connections adaptive_connections cache cache_prompt batch"
    " extra_headers".split()
)
"""Options that decide how a model is reached, and not what it answers."""

TRANSPORT_ARGS = frozenset(
    "api_version client_timeout default_headers host http_client location max_retries organization port project"
    " region service_tier stream streaming timeout".split()
)
"""Arguments of providers that do the same."""


def version_of(config: ScannerConfig, models: PlannedModels) -> ScannerVersion:
    """Describe what makes the rows of a scanner.

    Args:
        config: The scanner.
        models: The models of the scan.
    """
    digest = None if config.asked is None else config.asked.digest
    fingerprint = hashed([digest, config.code, _models_called(config, models)])
    asked = None if config.asked is None else AskedSpec.model_validate(config.asked, from_attributes=True)
    return ScannerVersion(fingerprint=fingerprint, asked=asked, code=config.code)


def with_version(spec: ScannerSpec, version: ScannerVersion, earlier: Sequence[ScannerVersion] = ()) -> ScannerSpec:
    """Record in the spec of a scanner what makes its rows."""
    others = [each for each in earlier if each.fingerprint != version.fingerprint]
    return spec.model_copy(update={**dict(version), "earlier": others or None})


def accepted_fingerprints(spec: ScannerSpec) -> frozenset[str] | None:
    """Fingerprints of rows that count as recorded (None: all rows do, as nothing says what made them)."""
    if spec.fingerprint is None:
        return None
    return frozenset({spec.fingerprint, *(version.fingerprint for version in spec.earlier or ())})


def reconcile_versions(
    spec: ScanSpec, now: Mapping[str, ScannerVersion], recorded: RecordedPairs, rescan: bool, accept: bool
) -> ScanSpec:
    """Decide how a scan goes on whose scanners may have changed since it was made.

    Scanners of a scan that does not say what it asked (older ones do not) are taken as they are. Where all rows hold
    errors, nothing is mixed: these are scanned again in any case.

    Args:
        spec: The scan.
        now: Its scanners as they are now, by key.
        recorded: Its rows.
        rescan: Scan again what other versions have recorded.
        accept: Keep what other versions have recorded.

    Returns:
        The scan, with the versions that its rows may be of from now on.

    Raises:
        ConfigError: It is to be both scanned again and kept.
        ScanStateError: A scanner asks something else than it did, and nothing says what to do about it.
    """
    if rescan and accept:
        raise ConfigError(
            "rescan_changed=True and accept_changed=True (--rescan-changed, --accept-changed) exclude each other: scan the "
            "rows of changed scanners again, or keep them."
        )
    scanners: dict[str, ScannerSpec] = {}
    refused: list[str] = []
    for key, scanner in spec.scanners.items():
        known, version, rows = _known_versions(scanner), now[key], recorded.rows.get(key, {})
        scanners[key] = scanner
        if not known:
            if rescan:
                logger.warning(
                    "The scan does not say what scanner %r asked before, so none of its rows count as changed", key
                )
        elif rescan or not recorded.done.get(key):
            scanners[key] = with_version(scanner, version)
        elif version.fingerprint != known[0].fingerprint:
            asked_before = [each for each in known if _digest(each) == _digest(version)]
            if not asked_before and not accept:
                refused.append(_difference(key, known[0], version, rows))
            else:
                what = _changed(known, version) if asked_before else "What is asked"
                _warn(key, version, rows, what)
            scanners[key] = with_version(scanner, version, known)
    if refused:
        raise ScanStateError(_refusal(refused))
    return spec if scanners == spec.scanners else spec.model_copy(update={"scanners": scanners})


def _known_versions(spec: ScannerSpec) -> list[ScannerVersion]:
    if spec.fingerprint is None:
        return []
    return [ScannerVersion(fingerprint=spec.fingerprint, asked=spec.asked, code=spec.code), *(spec.earlier or ())]


def _digest(version: ScannerVersion) -> str | None:
    return None if version.asked is None else version.asked.digest


def _changed(known: Sequence[ScannerVersion], now: ScannerVersion) -> str:
    return "The model" if any(each.code == now.code for each in known) else "The code"


def _warn(key: str, version: ScannerVersion, rows: Mapping[str, int], what: str) -> None:
    counts = ", ".join(f"{count:,} of version {fingerprint[:8]}" for fingerprint, count in rows.items()) or "none"
    logger.warning(
        "%s of scanner %r has changed since the scan was made: the rows recorded so far (%s) stay, and what is scanned from "
        "now on is of version %s. --rescan-changed scans them again",
        what,
        key,
        counts,
        version.fingerprint[:8],
    )


def _refusal(changes: Sequence[str]) -> str:
    return (
        "The scan was not resumed, because it would mix verdicts on different questions:\n"
        + "\n".join(changes)
        + "\nTo scan again what was recorded under the former version, resume with --rescan-changed (rescan_changed=True). "
        "To keep it beside the new version, resume with --accept-changed (accept_changed=True). Or put back what was asked."
    )


def _difference(key: str, before: ScannerVersion, now: ScannerVersion, rows: Mapping[str, int]) -> str:
    old, new = before.asked or AskedSpec(), now.asked or AskedSpec()
    parts: list[tuple[str, Any, Any]] = []
    if old.question != new.question:
        parts.append(("question", old.question, new.question))
    if old.answer != new.answer:
        parts.append(("answer", old.answer, new.answer))
    if old.template != new.template:
        parts.append(("template", _template(old), _template(new)))
    if not parts:
        # Variables, messages that are left out, the form that Scout asks for: no text that could be shown.
        parts.append(("prompt", f"version {old.digest[:8]}", f"version {new.digest[:8]}"))
    what = " and ".join(name for name, _, _ in parts)
    lines = [f"  scanner {key!r}: the {what} changed ({sum(rows.values()):,} rows are recorded)"]
    for name, one, other in parts:
        shown = _shortened(one, other) if name == "question" else (repr(one), repr(other))
        lines += [f"    {name} before: {shown[0]}", f"    {name} now:    {shown[1]}"]
    return "\n".join(lines)


def _template(asked: AskedSpec) -> str | None:
    return None if asked.template is None else f"version {asked.template[:8]}"


def _shortened(one: str | None, other: str | None) -> tuple[str, str]:
    """Shorten two texts to where they differ."""
    texts = [" ".join((text or "").split()) for text in (one, other)]
    same = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(0, same - _SHOWN // 2) if max(map(len, texts)) > _SHOWN else 0
    cut = [
        ("..." if start else "") + t[start : start + _SHOWN] + ("..." if len(t) > start + _SHOWN else "") for t in texts
    ]
    return repr(cut[0]), repr(cut[1])


def _models_called(config: ScannerConfig, models: PlannedModels) -> Any:
    """Describe the models that a scanner may call, as far as they decide what it is answered."""
    default = [_described(models.model), _options(models.config)]
    match config.models.kind:
        case "none":
            return None
        case "own":
            return _own_model(config.models.value)
        case "default":
            return default
        case "role":
            bound = (models.roles or {}).get(config.models.value)
            return default if bound is None else _described(bound)
        case "any":
            return [default, {role: _described(bound) for role, bound in (models.roles or {}).items()}]


def _own_model(recorded: Any) -> Any:
    """Describe a model that a scanner brings itself."""
    if not isinstance(recorded, dict):
        return recorded
    parts: dict[str, Any] = recorded  # pyright: ignore[reportUnknownVariableType]
    kept = {key: value for key, value in parts.items() if key != "base_url"}
    if isinstance(options := kept.get("config"), dict):
        kept["config"] = {k: v for k, v in options.items() if k not in TRANSPORT}  # pyright: ignore[reportUnknownVariableType]
    return kept


def _described(model: ModelConfig | list[ModelConfig] | None) -> Any:
    if isinstance(model, list):
        return [_described(one) for one in model]
    return None if model is None else [model.model, _options(model.config), _args(model)]


def answer_options(model: ModelConfig) -> dict[str, Any]:
    """Describe options and arguments of a model, as far as they decide what is answered."""
    return {**_options(model.config), **_args(model)}


def _args(model: ModelConfig) -> dict[str, Any]:
    return {name: value for name, value in model.args.items() if name not in TRANSPORT_ARGS}


def _options(config: GenerateConfig | None) -> dict[str, Any]:
    return {} if config is None else config.model_dump(mode="json", exclude_none=True, exclude=set(TRANSPORT))
