"""What a scanner, a loader, and the factories that make them carry with them."""

from __future__ import annotations

import inspect
import json
import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from inspect_ai.scorer import Metric

from ..._inspect import registry
from ..._support.errors import ConfigError
from ..._support.folder import source_file
from ..._types import PossibleValues, TranscriptContent
from .code import Code, asked_texts, code_of_function, digest_function, hash_text, values_read
from .inputs import InputKind, LoadFn
from .params import FILE_MODULE, closed_values

Metrics: TypeAlias = Sequence[Metric | Mapping[str, Sequence[Metric]]] | Mapping[str, Sequence[Metric]]
"""Metrics of a scanner: a list, or lists by name."""

OWN_PACKAGE = __name__.split(".", maxsplit=1)[0]
"""Scout's own package."""

SCANNER, LOADER, FACTORY = "__scout_scanner__", "__scout_loader__", "__scout_factory__"
"""Attributes of scan functions, of loaders, and of what makes them."""


REVISION = 1
"""Part of what every judging scanner asks, and of what Scout's own scanners are: raise it when the same scanner would be
given another prompt, other rendered messages, or would come to another result."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a scanner asks of a model.

    Args:
        question: The question; if a function makes it, its source (None: there is none apart from the template).
        answer: Kind of answer, as JSON.
        template: Hash of the template.
        digest: Hash of all that decides what is asked.
        covers: Arguments of the scanner that are part of this, or that decide nothing about its results.
    """

    question: str | None
    answer: Any
    template: str | None
    digest: str
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Which models a scanner may call.

    Args:
        kind: any; none; one of its own; that of a role, or else the default; or the default.
        value: The model of its own, as recorded, or the role.
    """

    kind: Literal["any", "none", "own", "role", "default"] = "any"
    value: Any = None


@dataclass(frozen=True)
class Origin:
    """Where a factory comes from.

    What its code says is looked up when a scanner is made: most factories of a file are not used (eleven factories of
    one file took 20 ms, a quarter of a scan of ten transcripts).

    Args:
        name: Registered name, with the package in front for those of packages.
        file: Absolute path of its source (None for those of packages, and for code without a file).
        package: Its package, if it is part of an installed one.
        function: Its function.
        own: Whether it is Scout's own.
    """

    name: str
    file: str | None
    package: str | None
    function: Callable[..., Any]
    own: bool = False

    @cached_property
    def digest(self) -> str:
        """Hash of its code, of what that has read from files, and of what the factory closes over."""
        # Each version of Scout changes its sources; the revision says whether its scanners still do the same.
        if self.own:
            return str(REVISION)
        return hashed([digest_function(self.function, self._code), self._read, closed_values(self.function)])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What it asks a model by itself, as far as its code and the files that this reads show it."""
        found = () if self._code is None else asked_texts(self._code)
        return (*found, *self._read.values()) if found else ()

    @cached_property
    def _read(self) -> dict[str, str]:
        return {} if self._code is None else values_read(self._code, self.function)

    @cached_property
    def _code(self) -> Code | None:
        return None if self.own else code_of_function(self.function)


def origin_of(factory: Callable[..., Any], name: str) -> Origin:
    """Tell where a factory comes from.

    Args:
        factory: The undecorated factory.
        name: Name that its author gave it.
    """
    function = inspect.unwrap(factory)
    qualified = _qualified(function, name)
    package = qualified.split("/", maxsplit=1)[0] if qualified != name else None
    linecache.getlines(getattr(getattr(function, "__code__", None), "co_filename", ""))  # as it is when it is loaded
    return Origin(
        name=registry.log_name(qualified),
        file=None if package else source_file(function),
        package=package,
        function=function,
        own=package == OWN_PACKAGE,
    )


def _qualified(function: Callable[..., Any], name: str) -> str:
    module = getattr(function, "__module__", None) or ""
    if module.startswith(FILE_MODULE):
        return name
    # Scout's own things bear its name however it is installed, so that recorded names never change.
    if module.split(".")[0] == OWN_PACKAGE:
        return f"{OWN_PACKAGE}/{name}"
    return registry.qualified_name(function, name)


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """What the engine must know of a scanner.

    Args:
        name: Registered name, by which it can be made again.
        given_name: Name in a job, where none is given there.
        version: Version declared by its author.
        content: Content that must be read for it.
        loader: Cuts a transcript (which may hold more than `content`) into its inputs.
        kind: How the loader cuts: an input of any kind but "custom" can be found again in its transcript.
        streaming: Whether it can be given a handle instead of a transcript.
        metrics: Metrics over its results.
        package_version: Version of its package.
        file: Absolute path of its source (None for scanners of packages).
        params: Arguments it was made with, as recorded.
        asked: What it asks of a model, as far as that is known.
        code: Hash of what decides its results besides: its code, version and other arguments, and those of the scanners
            that it builds on.
        models: Which models it may call.
        values: Which values its results can have (None: not known).
    """

    name: str
    given_name: str
    version: int
    content: TranscriptContent
    loader: LoadFn
    kind: InputKind
    streaming: bool
    metrics: Metrics | None
    package_version: str | None
    file: str | None
    params: Mapping[str, Any]
    asked: Asked | None
    code: str
    models: ModelUse
    values: PossibleValues | None = None


@dataclass(frozen=True, slots=True)
class LoaderConfig:
    """What a scanner must know of a loader.

    Args:
        name: Registered name.
        content: Content that it cuts.
        digest: Hash of its source text and arguments.
    """

    name: str
    content: TranscriptContent
    digest: str


def scanner_config(scanner: object) -> ScannerConfig:
    """Return what a scanner carries with it.

    Args:
        scanner: What a function decorated with `@scanner` returned.

    Raises:
        ConfigError: It is not a scanner.
    """
    found = find_config(scanner)
    if found is None:
        raise _refused(scanner, "scanner")
    return found


def loader_config(loader: object) -> LoaderConfig:
    """Return what a loader carries with it.

    Raises:
        ConfigError: It is not a loader.
    """
    found = getattr(loader, LOADER, None)
    if not isinstance(found, LoaderConfig):
        raise _refused(loader, "loader", "loader=")
    return found


def find_config(scanner: object) -> ScannerConfig | None:
    """Return what a scanner carries with it; None if it is not a scanner."""
    found = getattr(scanner, SCANNER, None)
    return found if isinstance(found, ScannerConfig) else None


def hashed(parts: Sequence[Any]) -> str:
    """Hash of JSON values."""
    return hash_text(json.dumps(parts, sort_keys=True, default=str))


def factory_origin(factory: object) -> Origin | None:
    """Tell where a factory comes from; None if it is not a factory of scanners or loaders."""
    found = getattr(factory, FACTORY, None)
    return found if isinstance(found, Origin) else None


def _refused(thing: object, kind: str, argument: str = "") -> ConfigError:
    origin, name = factory_origin(thing), getattr(thing, "__name__", None)
    if origin is not None:
        shown = f"{argument}{origin.name}" if argument else repr(origin.name)
        return ConfigError(f"{shown} makes {kind}s but is not one itself; call it: {origin.name}().")
    shown = f"{type(thing).__name__} {name!r}" if isinstance(name, str) else repr(thing)[:200]
    return ConfigError(
        f"{argument}{shown} is not a {kind}. A {kind} is what a function decorated with @{kind} returns when called."
    )
