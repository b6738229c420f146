"""Turning what an author's factory returned into a scanner that carries what the engine must know."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..._inspect import registry
from ..._support.errors import ConfigError
from ..._support.plugins import package_version
from ..._transcripts import MaterializedHandle
from ..._types import Transcript, TranscriptContent
from .annotations import InputHint, check_hint, inferred_content, is_async, read_hint
from .config import OWN_PACKAGE, SCANNER, LoaderConfig, Metrics, ModelUse, Origin, ScannerConfig, find_config
from .filters import DEFAULT_TIMELINE, SignatureError
from .fingerprint import code_digest, embedded_configs, find_asked
from .inputs import CustomLoader, InputKind, LoadFn, implicit_loader
from .params import record_arguments
from .traits import ScanTraits, traits_of


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the decorator of a scanner declares.

    Args:
        factory: The author's factory.
        origin: Where it comes from.
        named: Whether the decorator named it.
        content: Content declared (all None: to be inferred).
        loader: Loader declared, and what it carries.
        version: Version declared.
        streaming: Whether streaming is declared possible, impossible, or left open.
        metrics: Metrics declared.
    """

    factory: Callable[..., Any]
    origin: Origin
    named: bool
    content: TranscriptContent
    loader: tuple[LoadFn, LoaderConfig] | None
    version: int
    streaming: bool | None
    metrics: Metrics | None


def bind_scanner(declared: Declaration, scan: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make the scanner that a call of a decorated factory returns.

    Args:
        declared: What the decorator declares.
        scan: What the author's factory returned.
        args: Positional arguments of the call.
        kwargs: Keyword arguments of the call.

    Raises:
        SignatureError: The scan function is not async, or its input does not fit its filters.
        ConfigError: Nothing says what the scanner is to be given.
    """
    origin = declared.origin
    name = registry.unqualified_name(origin.name)
    _require_async(name, scan)
    hint = read_hint(scan, declared.factory)
    config = _config(name, declared, scan, hint, (args, kwargs))
    takes_handles_only = hint is not None and hint.handle and not hint.transcript
    made = _own_copy(_given_handles(scan) if takes_handles_only else scan)
    setattr(made, SCANNER, config)
    registry.tag("scanner", made, origin.name, config.params)
    return made


def _config(
    name: str, declared: Declaration, scan: Any, hint: InputHint | None, given: tuple[tuple[Any, ...], dict[str, Any]]
) -> ScannerConfig:
    origin, traits, inner = declared.origin, traits_of(scan), find_config(scan)
    params, below = record_arguments(declared.factory, *given), [inner] if inner is not None else embedded_configs(scan)
    asked = find_asked(origin, traits, below, declared.factory, given)
    content, load, kind = _input(name, declared, hint, traits, inner)
    if kind == "custom" and declared.streaming:
        raise SignatureError(
            f"Scanner {name!r} has supports_streaming=True and a loader: a loader cuts whole transcripts. Leave one out."
        )
    vouched, inherited = (traits.streaming, None) if inner is None else (inner.streaming, inner.metrics)
    values = traits.values if inner is None else inner.values
    package = package_version(origin.package) if origin.package else None
    covered = traits.asked.covers if traits.asked is not None else frozenset[str]()
    besides = {key: value for key, value in params.items() if key not in covered}
    versions = (declared.version, None if origin.package == OWN_PACKAGE else package)
    return ScannerConfig(
        name=origin.name,
        given_name=name if declared.named else traits.name or name,
        version=declared.version,
        content=content,
        loader=load,
        kind=kind,
        streaming=_streaming(name, declared.streaming, vouched, hint, scan) and kind != "custom",
        metrics=next((given for given in (declared.metrics, traits.metrics, inherited) if given is not None), None),
        package_version=package,
        file=origin.file if traits.file is None else traits.file,
        params=params,
        asked=asked,
        code=code_digest(origin, traits, below, declared.loader[1] if declared.loader else None, [*versions, besides]),
        models=traits.models or (ModelUse() if inner is None else inner.models),
        values=None if content.timeline is not None else values,  # what reads spans gives a list of results
    )


def _require_async(name: str, scan: Any) -> None:
    """Check that a factory returned something that can be awaited on a call.

    Raises:
        SignatureError: It did not.
    """
    if not callable(scan):
        hint = " Is its return statement missing?" if scan is None else ""
        raise SignatureError(f"The factory of scanner {name!r} returned {scan!r}, not an async function.{hint}")
    if not is_async(scan):
        shown = getattr(scan, "__qualname__", type(scan).__qualname__)
        what = "not declared as an async callable: write 'async def'"
        if inspect.isasyncgenfunction(scan):
            what = "an async generator: return a list of results instead"
        raise SignatureError(f"Scan function {shown!r} of scanner {name!r} is {what}.")


def _input(
    name: str, declared: Declaration, hint: InputHint | None, traits: ScanTraits, inner: ScannerConfig | None
) -> tuple[TranscriptContent, LoadFn, InputKind]:
    if declared.loader is not None:
        load, loader = declared.loader
        return loader.content, CustomLoader(loader.content, load), "custom"
    content = declared.content
    if not _selects(content):
        inferred = inferred_content(hint) if hint is not None else None
        if inferred is None and inner is not None:
            return inner.content, inner.loader, inner.kind
        if inferred is not None:
            content = dataclasses.replace(inferred, metadata=content.metadata)
        elif not (traits.content is not None and _selects(traits.content)) and not traits.timeline:
            raise ConfigError(
                f"Scanner {name!r} requires at least one of messages=, events=, timeline= or loader=, or an input "
                "annotated with specific types (ChatMessageUser, list[ToolEvent], Timeline). "
                "For all messages write @scanner(messages='all')."
            )
    content = _overridden(content, traits)
    if hint is not None:
        check_hint(name, content, hint)
    kind, load = implicit_loader(content, hint)
    return content, load, kind


def _selects(content: TranscriptContent) -> bool:
    return content.messages is not None or content.events is not None or content.timeline is not None


def _overridden(content: TranscriptContent, traits: ScanTraits) -> TranscriptContent:
    if traits.content is not None:
        given = {field.name: getattr(traits.content, field.name) for field in dataclasses.fields(traits.content)}
        content = dataclasses.replace(content, **{name: value for name, value in given.items() if value is not None})
    if traits.timeline and content.timeline is None:
        content = dataclasses.replace(content, timeline=list(DEFAULT_TIMELINE))
    return content


def _streaming(name: str, declared: bool | None, vouched: bool | None, hint: InputHint | None, scan: Any) -> bool:
    if declared is None:
        return bool(vouched)
    if not declared or vouched is False:
        return False
    if hint is None or not hint.handle:
        raise SignatureError(
            f"Scanner {name!r} has supports_streaming=True, so its input must be annotated as "
            "Transcript | TranscriptHandle (or TranscriptHandle)."
        )
    if hasattr(scan, "__wrapped__"):
        raise SignatureError(
            f"Scanner {name!r} has supports_streaming=True, but its scan function is wrapped by another decorator, "
            "which may not pass handles on. Remove the decorator or supports_streaming."
        )
    return True


def _own_copy(scan: Any) -> Any:
    """Give each scanner a function of its own, as what is attached to a shared one would be overwritten."""
    if isinstance(scan, types.FunctionType):
        fresh = "<locals>" in scan.__qualname__ and not hasattr(scan, SCANNER)
        return scan if fresh else _copy_function(scan)
    if not hasattr(scan, SCANNER):
        with contextlib.suppress(AttributeError):  # bound methods and classes with slots take no attributes
            setattr(scan, SCANNER, None)
            return scan

    async def scan_input(given: Any, /) -> Any:
        return await scan(given)

    return functools.update_wrapper(scan_input, scan, updated=())


def _copy_function(function: types.FunctionType) -> types.FunctionType:
    copied = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    # Not `update_wrapper`: the copy wraps nothing that the function does not wrap.
    for name in (*functools.WRAPPER_ASSIGNMENTS, "__kwdefaults__"):
        setattr(copied, name, getattr(function, name))
    copied.__dict__.update(function.__dict__)
    return copied


def _given_handles(scan: Any) -> Any:
    """Let a scan function that takes nothing but handles be given transcripts that are in memory."""

    async def scan_input(given: Any, /) -> Any:
        if not isinstance(given, Transcript):
            return await scan(given)

        async def load() -> Transcript:
            return given

        async with MaterializedHandle(given, load) as handle:
            return await scan(handle)

    return functools.update_wrapper(scan_input, scan)
