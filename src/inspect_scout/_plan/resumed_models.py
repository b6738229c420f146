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
    assemble_models,
    checked_config,
    default_model,
    describe_roles,
    named_model,
    parse_role,
    read_model_args,
    role_models,
)
from .request import ResumeRequest
from .versions import answer_options


@dataclass(frozen=True, slots=True)
class _ResumedModel:
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
        ConfigError: A model cannot be used, or its settings contradict each other.
    """
    given_config = checked_config(request)
    again = None if spec.model is None else _resume_default(spec.model, request, given_config)
    roles_again, roles_new = _resume_roles(spec, request.model_roles)
    config = (spec.generate_config or GenerateConfig()).merge(given_config) if again is None else again.spec.config
    if again is None and request.model is None:
        before = spec.generate_config or GenerateConfig()
        _check_same("its models", *(answer_options(ModelConfig(model="", config=each)) for each in (before, config)))
    # Nothing is refused from here on but what cannot be made.
    default, own = default_model(request, config) if again is None else (again.make(), list[Model]())
    if again is not None and default is not None and again.model is None:
        own = [default]
    roles, made = role_models(roles_new)
    recorded: RoleConfigs = {**(spec.model_roles or {}), **(describe_roles(roles) or {})}
    for role, many in roles_again.items():
        models = [with_role(one.make(), role) for one in many]
        made += [model for model, one in zip(models, many, strict=True) if one.model is None]
        listed = isinstance(recorded[role], list)
        roles[role] = models if listed else models[0]
        recorded[role] = [one.spec for one in many] if listed else many[0].spec
    active = assemble_models(default, roles, config, (*own, *made))
    if again is not None:
        return PlannedModels(active, again.spec, recorded or None, spec.generate_config)
    if default is not None:
        return PlannedModels(active, to_config(default, config), recorded or None)
    kept = without_secrets(config) if config != GenerateConfig() else None
    return PlannedModels(active, None, recorded or None, kept)


def _resume_default(recorded: ModelConfig, request: ResumeRequest, given_config: GenerateConfig) -> _ResumedModel:
    given = named_model(request)
    if isinstance(given, Model):
        # The recorded options go before those of the model, as those of the scan did.
        now = to_config(given, recorded.config.merge(given_config))
        return _ResumedModel(_check_same_model(recorded, now), given)
    args = read_model_args(request.model_args)
    return _update_model(
        recorded, ModelConfig(model=given or recorded.model, config=given_config, args=args), request.model_base_url
    )


def _resume_roles(spec: ScanSpec, given: Any) -> tuple[dict[str, list[_ResumedModel]], dict[str, Any]]:
    """Sort roles into those that were recorded, as they are to be from now on, and new ones."""
    if given is not None and not isinstance(given, Mapping):
        raise ConfigError(f"model_roles={given!r} is not a mapping of roles to models.")
    given_roles = dict(cast("Mapping[str, Any]", given or {}))
    again: dict[str, list[_ResumedModel]] = {}
    for role, recorded in (spec.model_roles or {}).items():
        many = recorded if isinstance(recorded, list) else [recorded]
        if role not in given_roles:
            again[role] = [_update_model(one, ModelConfig(model=one.model), None) for one in many]
            continue
        now = given_roles.pop(role)
        models = list(cast("Sequence[Any]", now)) if isinstance(now, list | tuple) else [now]
        if len(models) != len(many):
            raise ScanStateError(_refusal(f"{len(many)} models with the role {role!r}", f"{len(models)}"))
        again[role] = [_resume_role_model(one, parse_role(role, new)) for one, new in zip(many, models, strict=True)]
    if given_roles and spec.model is not None:
        raise ScanStateError(
            _refusal(
                f"{spec.model.model!r}, also where the role {next(iter(given_roles))!r} was asked for",
                "a model of its own",
            )
        )
    return again, given_roles


def _resume_role_model(recorded: ModelConfig, now: Model | ModelConfig) -> _ResumedModel:
    if isinstance(now, Model):
        return _ResumedModel(_check_same_model(recorded, to_config(now)), now)
    return _update_model(recorded, now, now.base_url)


def _update_model(recorded: ModelConfig, now: ModelConfig, base_url: str | None) -> _ResumedModel:
    """Change a recorded model by its settings now."""
    args = {**recorded.args, **now.args}
    changes: dict[str, Any] = {
        "model": now.model,
        "config": without_secrets(recorded.config.merge(now.config)),
        "args": public_values(args),
    }
    if base_url is not None:
        changes["base_url"] = public_url(base_url)
    spec = _check_same_model(recorded, recorded.model_copy(update=changes))
    return _ResumedModel(spec, None, base_url or recorded.base_url, args)


def _check_same_model(recorded: ModelConfig, now: ModelConfig) -> ModelConfig:
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
