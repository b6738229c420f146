"""Models of inspect_ai: making them, describing them without secrets, and making them the active ones of a block."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeAlias, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from inspect_ai._util.error import PrerequisiteError
from inspect_ai.model import GenerateConfig, Model, ModelConfig, get_model
from inspect_ai.model._generate_config import active_generate_config_context_var
from inspect_ai.model._model import _model_roles as roles_context_var
from inspect_ai.model._model import active_model_context_var

from .._support.errors import ConfigError
from .._support.gc_control import gc_paused
from .calls import managing_calls

Roles: TypeAlias = "Mapping[str, Model | list[Model]]"
RoleConfigs: TypeAlias = "dict[str, ModelConfig | list[ModelConfig]]"

NO_MODEL: Final = "none/none"

_SECRET_WORDS = frozenset(
    "key apikey token secret password passwd pwd passphrase credential credentials auth authorization bearer cookie "
    "signature sig".split()
)
# Keys of well-known providers, wherever they stand.
_SECRET_VALUE = re.compile(
    r"^(Bearer\s|Basic\s|sk-|pk-|AKIA|ASIA|AIza|gh[pousr]_|github_pat_|hf_|xox[abprs]-|gsk_|eyJ[\w-]+\.)"
)
_MARKUP = re.compile(r"\[/?[a-z ]+\]")

_LIMITS = ("max_connections", "adaptive_connections")
_OPERATION = (*_LIMITS, "max_retries", "timeout", "attempt_timeout", "cache")
_scanning: ContextVar[bool] = ContextVar("scout_scanning", default=False)
_resolve_config = Model._resolve_config


class ModelError(ConfigError, PrerequisiteError):
    """A model that a scanner calls is missing or cannot be used, so that the scan cannot go on."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ActiveModels:
    """The models of a scan.

    Args:
        model: What `get_model()` gives.
        roles: What `get_model(role=...)` gives.
        config: Generation options for the default model; those about connections, retries and caching for all that do
            not bring their own.
        own: Models made for this scan, to be closed at its end.
    """

    model: Model
    roles: Roles = field(default_factory=dict[str, "Model | list[Model]"])
    config: GenerateConfig = field(default_factory=GenerateConfig)
    own: Sequence[Model] = ()


def make_model(
    name: str, config: GenerateConfig | None = None, base_url: str | None = None, args: Mapping[str, Any] | None = None
) -> Model:
    """Make a model, always a new one: a client that an earlier scan used belongs to an event loop that is gone.

    Raises:
        ConfigError: There is no such provider, or it lacks its package, its key or an argument.
    """
    try:
        with gc_paused():  # a provider's package defines thousands of classes: a seventh of its import is collecting
            return get_model(name, config=config or GenerateConfig(), base_url=base_url, memoize=False, **(args or {}))
    except PrerequisiteError as error:
        raise ConfigError(f"The model {name!r} cannot be used: {plain_message(error)}") from error
    except ValueError as error:
        advice = "Write models as provider/name, for example openai/gpt-4o-mini or anthropic/claude-sonnet-4-0."
        raise ConfigError(f"The model {name!r} cannot be used: {error} {advice}") from error
    except (TypeError, ImportError) as error:
        raise ConfigError(f"The model {name!r} cannot be made: {error}") from error


def no_model() -> Model:
    """Make the stand-in for a model that nobody named: it fails when it is called, with advice."""
    model = get_model(NO_MODEL, memoize=False)
    # Only the call is another: inspect_ai knows its providers by what it has registered of them.
    vars(model.api)["generate"] = _refuse
    return model


async def _refuse(*_args: Any, **_options: Any) -> NoReturn:
    """Say which model to name, and where."""
    raise ModelError(
        "No model specified: a scanner calls a model, and this scan has none. Name one with "
        "scan(..., model='provider/name'), --model provider/name or the variable SCOUT_SCAN_MODEL. This scan goes on with "
        "scan_resume(..., model='provider/name') or scout scan resume SCAN --model provider/name."
    )


def with_role(model: Model, role: str) -> Model:
    """Copy a model for a role, so that its calls say the role; the original stays as it is."""
    copied = copy(model)
    copied._set_role(role)  # pyright: ignore[reportPrivateUsage]
    return copied


@contextmanager
def using_models(models: ActiveModels) -> Generator[None]:
    """Make models the active ones of the block and of the tasks that it starts.

    inspect_ai puts the options of the eval before those that a model was named with. In the block it is the other way
    round for what a model brings itself: the number of its connections, and for models with a role, and those of
    scanners, retries, timeouts and caching as well.
    """
    Model._resolve_config = _resolve_call_config  # type: ignore[method-assign]  # an eval in this process goes on as before
    tokens = (
        (_scanning, _scanning.set(True)),
        (active_model_context_var, active_model_context_var.set(models.model)),
        (active_generate_config_context_var, active_generate_config_context_var.set(models.config)),
        (roles_context_var, roles_context_var.set(dict(models.roles))),
    )
    try:
        with managing_calls():
            yield
    finally:
        for variable, token in tokens:
            cast("Any", variable).reset(token)


def _resolve_call_config(self: Model, config: GenerateConfig | None) -> GenerateConfig:
    """Resolve the options of a call: its own, then those that its model was named with, then those of the scan."""
    resolved = _resolve_config(self, config)
    if not _scanning.get():
        return resolved
    return _own_first(_LIMITS if self == active_model_context_var.get() else _OPERATION, self.config, resolved, config)


def _own_first(
    names: Sequence[str], own: GenerateConfig, resolved: GenerateConfig, given: GenerateConfig | None = None
) -> GenerateConfig:
    """Put options that a model brings before the resolved ones, but for those given for a single call."""

    def is_open(name: str) -> bool:
        return given is None or getattr(given, name) is None

    kept = {name: value for name in names if (value := getattr(own, name)) is not None and is_open(name)}
    if "adaptive_connections" in kept and own.max_connections is None and is_open("max_connections"):
        kept["max_connections"] = None  # a number that the scan fixed would go before
    return resolved.model_copy(update=kept) if kept else resolved


async def close_models(models: ActiveModels) -> None:
    """Close the clients of the models made for a scan."""
    for model in models.own:
        await model.api.aclose()


def to_config(model: Model, config: GenerateConfig | None = None) -> ModelConfig:
    """Describe a model so that it can be made again, without secrets.

    Args:
        model: The model.
        config: Options of the scan, which go before the model's own, but for its connections.
    """
    own = model.config
    merged = _own_first(_LIMITS, own, own.merge(config)) if config is not None else own
    return ModelConfig(
        model=str(model),
        config=without_secrets(merged),
        base_url=public_url(model.api.base_url),
        args=public_values(model.model_args),
    )


def without_secrets(config: GenerateConfig) -> GenerateConfig:
    """Copy options without the headers and body fields that hold secrets."""
    headers, body = config.extra_headers, config.extra_body
    if not headers and not body:
        return config
    changes = {
        "extra_headers": public_values(headers) if headers else headers,
        "extra_body": public_values(body) if body else body,
    }
    return config.model_copy(update=changes)


def public_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is JSON and no secret, at any depth."""
    return {
        str(name): _public(value)
        for name, value in values.items()
        if not _names_secret(str(name)) and not _is_secret(value) and _is_json(value)
    }


def as_refusal(error: PrerequisiteError) -> ModelError:
    """Translate what inspect_ai, or a scanner, raised because something is missing on this machine."""
    return error if isinstance(error, ModelError) else ModelError(plain_message(error))


def plain_message(error: PrerequisiteError) -> str:
    """Write the message of an error without the marks that make it bold."""
    return " ".join(_MARKUP.sub("", str(error.message)).split())


def _public(value: Any) -> Any:
    if isinstance(value, Mapping):
        return public_values(cast("Mapping[str, Any]", value))
    if isinstance(value, list | tuple):
        return [_public(item) for item in cast("Sequence[Any]", value) if not _is_secret(item)]
    return public_url(value) if isinstance(value, str) and "://" in value else value


def _names_secret(name: str) -> bool:
    words = re.findall(r"[a-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower())
    return name.lower().startswith("aws_") or not _SECRET_WORDS.isdisjoint(words)


def _is_secret(value: Any) -> bool:
    return isinstance(value, str) and _SECRET_VALUE.match(value) is not None


def _is_json(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and _is_json(v) for k, v in cast("Mapping[Any, Any]", value).items())
    if isinstance(value, list | tuple):
        return all(_is_json(item) for item in cast("Sequence[Any]", value))
    return value is None or isinstance(value, str | int | float | bool)


def public_url(url: str | None) -> str | None:
    """Cut user, password and secret parameters out of a URL."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _names_secret(k)]
    except ValueError:
        return None
    query = parts.query if len(kept) == parts.query.count("&") + bool(parts.query) else urlencode(kept)
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment))
