"""Predicates that have a name, so that a recorded scan can find them again."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast, get_args, overload

from .._inspect import registry
from .._support.causes.describing import brief
from .._support.errors import ConfigError, UnknownNameError
from .._support.folder import relative_file, source_file
from .._support.foreign import foreign
from .._support.plugins import package_version
from .._types import PredicateFn, PredicateSpec, PredicateType, ValidationPredicate

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., PredicateFn])
_ORIGIN = "__scout_predicate__"


@dataclass(frozen=True, slots=True)
class _Origin:
    """How a predicate was made."""

    name: str
    args: Mapping[str, Any]
    file: str | None
    package_version: str | None


class _Predicate:
    """What factories of predicates are registered to make."""


@overload
def validation_predicate(factory: F, /) -> F: ...
@overload
def validation_predicate(*, name: str | None = None) -> Callable[[F], F]: ...
def validation_predicate(factory: F | None = None, /, *, name: str | None = None) -> F | Callable[[F], F]:
    """Register a factory of predicates, so that a scan that was validated with one can be resumed.

    The factory returns an async function of result and target that gives True or False (for a target with keys, a
    mapping of these).

    Args:
        factory: The factory, where the decorator is used without parentheses.
        name: Name to register it under (default: the name of the function).

    Raises:
        TypeError: What the factory returns is not an async function (when it is called).

    Example:
        ```python
        @validation_predicate
        def close_to(distance: float = 0.1):
            async def check(result: Result, target: JsonValue) -> bool:
                return abs(result.value - target) <= distance

            return check
        ```
    """
    if factory is None:
        return lambda decorated: _register(decorated, name)
    return _register(factory, name)


def _register(factory: F, name: str | None) -> F:
    if not callable(factory):
        raise TypeError(f"{factory!r} is not a factory of predicates: decorate a function that returns an async one.")
    qualified = registry.qualified_name(factory, name or factory.__name__)
    package = qualified.split("/", maxsplit=1)[0] if "/" in qualified else None
    file, signature = None if package else source_file(inspect.unwrap(factory)), inspect.signature(factory)

    @functools.wraps(factory)
    def make(*args: Any, **kwargs: Any) -> PredicateFn:
        made = factory(*args, **kwargs)
        if not is_async(made):
            raise TypeError(f"Predicate {qualified!r} is {made!r}; its factory must return an async function.")
        given = dict(signature.bind(*args, **kwargs).arguments)
        setattr(made, _ORIGIN, _Origin(qualified, given, file, None if package is None else package_version(package)))
        return made

    registry.register("validation_predicate", make, qualified, _Predicate)
    return cast("F", make)


def is_async(thing: object) -> bool:
    """Tell whether calling a thing gives something to await."""
    return callable(thing) and any(map(inspect.iscoroutinefunction, (thing, type(thing).__call__)))


def registered_name(predicate: object) -> str | None:
    """Name that a predicate is registered under; None for a function without one."""
    origin = _origin(predicate)
    return None if origin is None else origin.name


def predicate_named(name: str) -> ValidationPredicate:
    """Find a predicate by its name: a built-in one, or one that is registered.

    Raises:
        UnknownNameError: There is none.
        ConfigError: It needs arguments, or its package cannot be imported.
    """
    if name in get_args(PredicateType):
        return cast("PredicateType", name)
    return create_predicate(name, {})


def create_predicate(name: str, args: Mapping[str, Any]) -> PredicateFn:
    """Make a registered predicate.

    Args:
        name: Name that it is registered under.
        args: Arguments of its factory.

    Raises:
        UnknownNameError: Nothing is registered under the name.
        ConfigError: The arguments do not fit, the factory raises, or the package cannot be imported.
    """
    with foreign() as ran:  # a package or a factory is the user's code
        factory = registry.find("validation_predicate", name)
        if factory is None:
            raise UnknownNameError(
                "predicate", name, {*get_args(PredicateType), *registry.names("validation_predicate")}
            )
        return cast("PredicateFn", factory(**args))
    if isinstance(ran.error, ConfigError):
        raise ran.error
    raise ConfigError(f"Predicate {name!r} cannot be made: {brief(ran.error)}") from ran.error


def predicate_spec(predicate: ValidationPredicate | None, folder: str | None = None) -> str | PredicateSpec | None:
    """Describe how a predicate can be found again: its name, or what its factory was given.

    Args:
        predicate: The predicate.
        folder: Directory that its file is written relative to (None: the current one).
    """
    if predicate is None or isinstance(predicate, str):
        return predicate
    origin = _origin(predicate)
    if origin is None or not _is_json(origin.args):
        name = getattr(predicate, "__qualname__", None) if origin is None else origin.name
        return PredicateSpec(kind="unavailable", display_name=name, reason="anonymous")
    return PredicateSpec(
        kind="registered",
        name=origin.name,
        args=dict(origin.args),
        file=None if origin.file is None else relative_file(origin.file, folder),
        package_version=origin.package_version,
    )


def _origin(predicate: object) -> _Origin | None:
    found = getattr(predicate, _ORIGIN, None)
    return found if isinstance(found, _Origin) else None


def _is_json(args: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(json.dumps(dict(args), allow_nan=False)) == dict(args))
    except (TypeError, ValueError):
        return False
