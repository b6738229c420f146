"""Which models a scan uses: as it was asked for, or as an earlier scan recorded them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from inspect_ai.model import GenerateConfig, Model, ModelConfig

from .._inspect.models import ActiveModels, RoleConfigs, make_model, no_model, to_config, with_role, without_secrets
from .._inspect.tokens import keep_counting_local
from .._scanners import estimate_tokens
from .._support.errors import ConfigError
from .._support.json import loads
from .._support.shapes import is_mapping
from .._support.text import read_text_at
from .._support.yaml import load_yaml
from .request import ResumeRequest, ScanRequest
from .roles import check_amounts, parse_role_mapping


@dataclass(frozen=True, slots=True)
class PlannedModels:
    """The models of a plan, and how `_scan.json` describes them.

    Args:
        active: The models.
        model: Description of the default model (None: there is none).
        roles: Descriptions of the models with a role.
        config: Generation options, if there are some and no default model holds them.
    """

    active: ActiveModels
    model: ModelConfig | None = None
    roles: RoleConfigs | None = None
    config: GenerateConfig | None = None


def plan_models(request: ScanRequest) -> PlannedModels:
    """Make the models that a request asks for.

    Base URL and arguments apply to the model of the request, and to no model with a role.

    Raises:
        ConfigError: A model cannot be used, or its settings cannot.
        LocationError: There is no file of arguments.
    """
    config = _scan_config(request)
    default, own = default_model(request, config)
    roles, own_roles = role_models(request.model_roles)
    active = assemble_models(default, roles, config, (*own, *own_roles))
    if default is not None:
        return PlannedModels(active, to_config(default, config), describe_roles(roles))
    kept = without_secrets(config) if config != GenerateConfig() else None
    return PlannedModels(active, None, describe_roles(roles), kept)


def assemble_models(
    default: Model | None, roles: Mapping[str, Model | list[Model]], config: GenerateConfig, own: Sequence[Model]
) -> ActiveModels:
    """Put models together; those whose provider cannot count tokens are given a counter that needs no network."""
    model = default if default is not None else no_model()
    with_roles = [one for many in roles.values() for one in (many if isinstance(many, list) else [many])]
    for one in (model, *with_roles):
        keep_counting_local(one, estimate_tokens)
    return ActiveModels(model, dict(roles), config, own)


def read_model_args(given: Mapping[str, Any] | str | Path | None) -> dict[str, Any]:
    """Read the arguments of a model: a mapping, or a YAML or JSON file of one.

    Raises:
        LocationError: There is no such file.
        ConfigError: It holds something else.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    text = read_text_at(given, "file of model arguments")
    return parse_mapping(text, f"The file of model arguments {str(given)!r}")


def parse_mapping(text: str, what: str) -> dict[str, Any]:
    """Read a mapping written in JSON or YAML.

    Args:
        text: The text.
        what: What it is, for messages.

    Raises:
        ConfigError: It is something else.
    """
    try:
        read = _json_or_yaml(text)
    except ValueError as error:
        raise ConfigError(f"{what} is neither JSON nor YAML: {error}.") from error
    if not isinstance(read, dict):
        raise ConfigError(f"{what} is not a mapping of names to values, as in 'timeout: 10'.")
    return {str(name): value for name, value in cast("dict[Any, Any]", read).items()}


def _json_or_yaml(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return loads(text)
        except ValueError:
            pass  # a flow mapping of YAML begins as JSON does
    return load_yaml(text)


def checked_config(request: ScanRequest | ResumeRequest) -> GenerateConfig:
    """Take the generation options of a request.

    Raises:
        ConfigError: They are not a GenerateConfig, or an amount is too small.
    """
    given = cast("object", request.model_config)
    if given is not None and not isinstance(given, GenerateConfig):
        raise ConfigError(f"model_config={given!r} is not a GenerateConfig (of inspect_ai.model).")
    config = given if given is not None else GenerateConfig()
    check_amounts(config)
    return config


def _scan_config(request: ScanRequest) -> GenerateConfig:
    config = checked_config(request)
    open_ended = config.max_connections is None and config.adaptive_connections is None and not config.batch
    if open_ended and request.max_transcripts is not None:
        # Who sets the number of transcripts in work has set the number of calls.
        config = config.model_copy(update={"max_connections": request.max_transcripts})
    return config


def default_model(request: ScanRequest | ResumeRequest, config: GenerateConfig) -> tuple[Model | None, list[Model]]:
    """Find the default model that a request names, and list it if it was made here.

    Raises:
        ConfigError: It is not a model, or cannot be used; or settings are given of a model that is not named.
    """
    given = named_model(request)
    if isinstance(given, Model):
        return given, []
    if given is None:
        if request.model_base_url or request.model_args:
            raise ConfigError("model_base_url= and model_args= belong to a model; name one with model=.")
        return None, []
    model = make_model(given, config, request.model_base_url, read_model_args(request.model_args))
    return model, [model]


def named_model(request: ScanRequest | ResumeRequest) -> Model | str | None:
    """Take the default model of a request, or its name: of several the first.

    Raises:
        ConfigError: It is not a model, or it is made already and settings of it are given.
    """
    given = cast("object", request.model)
    if isinstance(given, Model):
        for name in ("model_base_url", "model_args"):
            if getattr(request, name):
                raise ConfigError(
                    f"{name}= cannot change the model {str(given)!r}, which is made already. Give it to get_model()."
                )
        return given
    if given is None:
        return None
    if not isinstance(given, str):
        raise ConfigError(f"model={given!r} is neither the name of a model nor a Model.")
    name = next((name.strip() for name in given.split(",") if name.strip()), "")
    if not name:
        raise ConfigError(f"model={given!r} names no model.")
    return name


def role_models(given: Any) -> tuple[dict[str, Model | list[Model]], list[Model]]:
    """Find the models that roles are given, and list those that were made here.

    Raises:
        ConfigError: Something given is not a model, or cannot be used.
    """
    if given is None:
        return {}, []
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"model_roles={given!r} is not a mapping of roles to models. Use for example {'judge': 'provider/name'}."
        )
    roles: dict[str, Model | list[Model]] = {}
    own: list[Model] = []
    for role, models in cast("Mapping[str, Any]", given).items():
        several = isinstance(models, list | tuple)
        made: list[Model] = []
        for one in cast("Sequence[Any]", models) if several else (models,):
            model = parse_role(role, one)
            if isinstance(model, Model):
                made.append(with_role(model, role))
            else:
                made.append(with_role(make_model(model.model, model.config, model.base_url, model.args), role))
                own.append(made[-1])
        if not made:
            raise ConfigError(f"The role {role!r} has no models.")
        roles[role] = made if several else made[0]
    return roles, own


def parse_role(role: str, given: Any) -> Model | ModelConfig:
    """Read what a role was given: a model, or its description.

    Raises:
        ConfigError: It is neither.
    """
    if isinstance(given, Model):
        return given
    if isinstance(given, str) and given.strip():
        return ModelConfig(model=given.strip())
    if is_mapping(given):
        given = parse_role_mapping(given, f"The role {role!r}")
    if isinstance(given, ModelConfig):
        check_amounts(given.config, f"The role {role!r}: ")
        return given
    raise ConfigError(
        f"The role {role!r} is given {given!r}, which is neither the name of a model, nor a Model, nor a description such "
        "as {'model': 'provider/name', 'max_connections': 3}."
    )


def describe_roles(roles: Mapping[str, Model | list[Model]]) -> RoleConfigs | None:
    """Describe models by role; None if there are none."""
    if not roles:
        return None
    return {r: [to_config(m) for m in ms] if isinstance(ms, list) else to_config(ms) for r, ms in roles.items()}
