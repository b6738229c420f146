"""Writing down how a scanner can be made again, and making it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..._inspect import registry
from ..._support.causes.describing import brief
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.folder import relative_file
from ..._support.foreign import foreign
from ..._types import Scanner, ScannerSpec
from .config import OWN_PACKAGE, factory_origin, hashed, scanner_config
from .params import unavailable_arguments
from .values import typed_arguments


def scanner_specs(scanners: Mapping[str, Scanner[Any]], folder: str | None = None) -> dict[str, ScannerSpec]:
    """Write down how each scanner can be made again.

    Args:
        scanners: Scanners by name.
        folder: The working directory (None: the current one).

    Returns:
        Specs by name; files are relative to the working directory where they are below it.
    """
    configs = {key: scanner_config(scanner) for key, scanner in scanners.items()}
    return {
        key: ScannerSpec(
            name=config.name,
            version=config.version,
            package_version=config.package_version,
            file=None if config.file is None else relative_file(config.file, folder),
            params=dict(config.params),
        )
        for key, config in configs.items()
    }


def scanner_fingerprint(scanner: Scanner[Any]) -> str:
    """Hash of what decides the results of a scanner, but for the models of the scan: what it asks, and its code."""
    config = scanner_config(scanner)
    return hashed([None if config.asked is None else config.asked.digest, config.code])


def scanner_create(name: str, params: Mapping[str, Any]) -> Scanner[Any]:
    """Make a registered scanner.

    Args:
        name: Registered name (`package/name` for scanners of packages).
        params: Arguments, as recorded.

    Raises:
        UnknownNameError: Nothing is registered under the name.
        ConfigError: An argument is unknown, missing, was not recorded, or does not fit its annotation; or the package
            cannot be imported.
    """
    return create_with(find_factory(name), params)


def create_with(factory: Callable[..., Any], params: Mapping[str, Any], *, recorded: bool = False) -> Scanner[Any]:
    """Make a scanner with arguments that come as data.

    Args:
        factory: The factory.
        params: The arguments.
        recorded: Whether a scan ran with them already: what does not fit its annotation is taken all the same.

    Raises:
        ConfigError: An argument is unknown, missing, was not recorded, or does not fit its annotation.
    """
    name = factory_name(factory)
    lost = unavailable_arguments(params)
    if lost:
        raise ConfigError(
            f"Scanner {name!r} cannot be made again, because some of its arguments could not be recorded: "
            f"{'; '.join(lost)}. Only text, numbers, lists, dictionaries, models and registered things can. "
            "Give such an argument inside a @scanner function of your own, and scan with that."
        )
    return make_scanner(factory, registry.from_recorded(params), strict=not recorded)


def make_scanner(factory: Callable[..., Any], given: Mapping[str, Any], *, strict: bool = True) -> Scanner[Any]:
    """Make a scanner.

    Args:
        factory: The factory.
        given: Arguments by name.
        strict: Whether what does not fit its annotation is refused.

    Raises:
        ConfigError: An argument is unknown, missing, or does not fit its annotation; or what was made is not a scanner.
    """
    check_arguments(factory, given)
    arguments = typed_arguments(factory, given, f"scanner {factory_name(factory)!r}", strict=strict)
    made: Scanner[Any] = call_factory(factory, arguments)
    scanner_config(made)
    return made


def call_factory(factory: Callable[..., Any], arguments: Mapping[str, Any], kind: str = "scanner") -> Any:
    """Call a factory; one that leaves the program is refused as one that raises.

    Args:
        factory: The factory.
        arguments: Its arguments.
        kind: What it makes, for messages.

    Raises:
        ConfigError: It raises what is not an `Exception`.
        Exception: What it raises.
    """
    with foreign() as ran:
        return factory(**arguments)
    if isinstance(ran.error, Exception):
        raise ran.error
    raise ConfigError(
        f"The {kind} {factory_name(factory)!r} cannot be made: its function raised {brief(ran.error)}."
    ) from ran.error


def find_factory(name: str) -> Callable[..., Any]:
    """Find the factory that is registered under a name.

    Raises:
        UnknownNameError: There is none.
        ConfigError: The package that should have it cannot be imported.
    """
    package, _, own_name = name.partition("/")
    if package == OWN_PACKAGE:  # Scout's own register when they are first used
        getattr(importlib.import_module(f"{OWN_PACKAGE}._scanners"), own_name, None)
    found = find_registered("scanner", name)
    if found is None or factory_origin(found) is None:
        raise UnknownNameError("scanner", name, registry.names("scanner"))
    return found


def find_registered(kind: registry.Kind, name: str) -> Callable[..., Any] | None:
    """Find a registered factory; None if there is none.

    Raises:
        ConfigError: The package that should have it cannot be imported.
    """
    with foreign() as ran:  # importing a package runs its code
        return registry.find(kind, name)
    package = name.split("/", maxsplit=1)[0]
    raise ConfigError(
        f"Package {package!r} cannot be imported, so {kind} {name!r} is not known: {brief(ran.error)}"
    ) from ran.error


def factory_name(factory: Callable[..., Any]) -> str:
    """Registered name of a factory."""
    found = factory_origin(factory) or registry.registered(factory)
    return found.name if found is not None else getattr(factory, "__name__", repr(factory))


def accepted_arguments(factory: Callable[..., Any]) -> tuple[set[str], bool]:
    """Names of the arguments that a factory takes by keyword, and whether it takes any name."""
    kinds = {name: parameter.kind for name, parameter in inspect.signature(factory).parameters.items()}
    by_keyword = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    names = {name for name, kind in kinds.items() if kind in by_keyword}
    return names, inspect.Parameter.VAR_KEYWORD in kinds.values()


def check_arguments(factory: Callable[..., Any], given: Mapping[str, Any], kind: str = "scanner") -> None:
    """Check that a factory can be called with these keyword arguments.

    Args:
        factory: The factory.
        given: The arguments.
        kind: What it makes, for messages.

    Raises:
        ConfigError: One is unknown (with close matches), or required ones are missing.
    """
    name = factory_name(factory)
    accepted, any_name = accepted_arguments(factory)
    for argument in given:
        if argument not in accepted and not any_name:
            raise UnknownNameError(f"argument of {kind} {name!r}", argument, accepted)
    parameters = inspect.signature(factory).parameters.values()
    required = [
        p.name
        for p in parameters
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in given
    ]
    if required:
        missing = ", ".join(map(repr, required))
        example = " ".join(f"-S {argument}=..." for argument in required)
        raise ConfigError(
            f"{kind.capitalize()} {name!r} requires arguments that were not given: {missing} ({example})."
        )
