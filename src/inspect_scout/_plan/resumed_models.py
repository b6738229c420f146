"""The models of a scan that goes on: as recorded, but for how they are reached, and for what was not recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from inspect_ai.model import GenerateConfig, Model, ModelConfig

from .._inspect.models import (
    RoleConfigs,
    make_model,
    public_url,
    public_values,
    to_config,
    with_role,
    without_secrets,
)
from .._support.errors import ConfigError, ScanStateError
from .._types import ScanSpec
from .models import (
    PlannedModels,
    config_of,
    default_model,
    described_roles,
    named_model,
    put_together,
    read_model_args,
    role_models,
    said_of_role,
)
from .request import ResumeRequest
from .versions import answer_options


@dataclass(frozen=True, slots=True)
class _Again:
    """A recorded model as it is to be from now on.

    Args:
        spec: What is recorded of it.
        model: The model, if it was given.
        base_url: Where it is served, with what is not recorded of that.
        args: Its arguments, secrets included.
    """

    spec: ModelConfig
    model: Model | None = None
    base_url: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def make(self) -> Model:
        if self.model is not None:
            return self.model
        return make_model(self.spec.model, self.spec.config, self.base_url, self.args)


def resumed_models(spec: ScanSpec, request: ResumeRequest) -> PlannedModels:
    """Make the models of an earlier scan again; secrets, which it did not record, come from the request or the environment.

    Raises:
        ScanStateError: A recorded model is to become another one, or to answer otherwise.
        ConfigError: A model cannot be used, or what is said of it makes no sense.
    """
    said = config_of(request)
    again = None if spec.model is None else _default_again(spec.model, request, said)
    roles_again, roles_new = _roles_again(spec, request.model_roles)
    config = (spec.generate_config or GenerateConfig()).merge(said) if again is None else again.spec.config
    if again is None and request.model is None:
        before = spec.generate_config or GenerateConfig()
        _check_same("its models", *(answer_options(ModelConfig(model="", config=each)) for each in (before, config)))
    # Nothing is refused from here on but what cannot be made.
    default, own = default_model(request, config) if again is None else (again.make(), list[Model]())
    if again is not None and default is not None and again.model is None:
        own = [default]
    roles, made = role_models(roles_new)
    recorded: RoleConfigs = {**(spec.model_roles or {}), **(described_roles(roles) or {})}
    for role, many in roles_again.items():
        models = [with_role(one.make(), role) for one in many]
        made += [model for model, one in zip(models, many, strict=True) if one.model is None]
        listed = isinstance(recorded[role], list)
        roles[role] = models if listed else models[0]
        recorded[role] = [one.spec for one in many] if listed else many[0].spec
    active = put_together(default, roles, config, (*own, *made))
    if again is not None:
        return PlannedModels(active, again.spec, recorded or None, spec.generate_config)
    if default is not None:
        return PlannedModels(active, to_config(default, config), recorded or None)
    kept = without_secrets(config) if config != GenerateConfig() else None
    return PlannedModels(active, None, recorded or None, kept)


def _default_again(recorded: ModelConfig, request: ResumeRequest, said: GenerateConfig) -> _Again:
    given = named_model(request)
    if isinstance(given, Model):
        # The recorded options go before those of the model, as those of the scan did.
        now = to_config(given, recorded.config.merge(said))
        return _Again(_checked(recorded, now), given)
    args = read_model_args(request.model_args)
    return _changed(
        recorded, ModelConfig(model=given or recorded.model, config=said, args=args), request.model_base_url
    )


def _roles_again(spec: ScanSpec, given: Any) -> tuple[dict[str, list[_Again]], dict[str, Any]]:
    """Sort roles into those that were recorded, as they are to be from now on, and new ones."""
    if given is not None and not isinstance(given, Mapping):
        raise ConfigError(f"model_roles={given!r} is not a mapping of roles to models.")
    said = dict(cast("Mapping[str, Any]", given or {}))
    again: dict[str, list[_Again]] = {}
    for role, recorded in (spec.model_roles or {}).items():
        many = recorded if isinstance(recorded, list) else [recorded]
        if role not in said:
            again[role] = [_changed(one, ModelConfig(model=one.model), None) for one in many]
            continue
        now = said.pop(role)
        models = list(cast("Sequence[Any]", now)) if isinstance(now, list | tuple) else [now]
        if len(models) != len(many):
            raise ScanStateError(_refusal(f"{len(many)} models with the role {role!r}", f"{len(models)}"))
        again[role] = [_of_role(one, said_of_role(role, new)) for one, new in zip(many, models, strict=True)]
    if said and spec.model is not None:
        raise ScanStateError(
            _refusal(
                f"{spec.model.model!r}, also where the role {next(iter(said))!r} was asked for", "a model of its own"
            )
        )
    return again, said


def _of_role(recorded: ModelConfig, now: Model | ModelConfig) -> _Again:
    if isinstance(now, Model):
        return _Again(_checked(recorded, to_config(now)), now)
    return _changed(recorded, now, now.base_url)


def _changed(recorded: ModelConfig, said: ModelConfig, base_url: str | None) -> _Again:
    """Change a recorded model by what is said of it now."""
    args = {**recorded.args, **said.args}
    changes: dict[str, Any] = {
        "model": said.model,
        "config": without_secrets(recorded.config.merge(said.config)),
        "args": public_values(args),
    }
    if base_url is not None:
        changes["base_url"] = public_url(base_url)
    spec = _checked(recorded, recorded.model_copy(update=changes))
    return _Again(spec, None, base_url or recorded.base_url, args)


def _checked(recorded: ModelConfig, now: ModelConfig) -> ModelConfig:
    """Refuse another model than was recorded, and one that would answer otherwise.

    Raises:
        ScanStateError: It is, or would.
    """
    if now.model != recorded.model:
        raise ScanStateError(_refusal(repr(recorded.model), repr(now.model)))
    _check_same(repr(recorded.model), answer_options(recorded), answer_options(now))
    return now


def _check_same(judge: str, recorded: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for name in dict.fromkeys([*recorded, *now]):
        if recorded.get(name) != now.get(name):
            before, after = (f"{name}={each[name]!r}" if name in each else f"no {name}" for each in (recorded, now))
            raise ScanStateError(_refusal(f"{judge} with {before}", after))


def _refusal(before: str, now: str) -> str:
    return (
        f"The scan was judged by {before} and cannot go on with {now}: verdicts of two judges would stand side by side. "
        "Leave it out (what may change is how a model is reached: base URL, key, connections, retries, timeouts), or start "
        "a new scan."
    )
