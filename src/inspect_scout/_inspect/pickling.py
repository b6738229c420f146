"""Scanners and models in a form that another process can make them of again.

Functions of notebooks, of programs and of scanner files travel by value. A model of inspect_ai holds clients that
belong to an event loop, so it travels as what it was made of: provider, name, options, arguments and key. Models that
share a provider object here share one there.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import Any, cast

import cloudpickle  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from inspect_ai._util.registry import RegistryInfo, is_registry_object, registry_info, set_registry_info
from inspect_ai.model import GenerateConfig, Model, ModelAPI

# What Scout puts in the place of methods of a single model.
_OWN_METHODS = ("generate", "count_text_tokens")

_made: dict[str, ModelAPI] = {}


def to_bytes(value: object) -> bytes:
    """Write an object, with the functions and models that it holds.

    Raises:
        Exception: Something in it cannot travel; of any class, as its own code says.
    """
    buffer = io.BytesIO()
    cast("Any", _Pickler)(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


def from_bytes(data: bytes) -> Any:
    """Make again what `to_bytes` wrote; only for what this program wrote itself."""
    return pickle.loads(data)  # noqa: S301 - comes from our own other end, through a pipe that nobody else has


class _Pickler(cloudpickle.CloudPickler):  # type: ignore[misc]  # pyright: ignore[reportUntypedBaseClass]
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Model):
            return _make_model, _parts(obj)
        return super().reducer_override(obj)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _parts(model: Model) -> tuple[Any, ...]:
    api = model.api
    own = {name: vars(api)[name] for name in _OWN_METHODS if name in vars(api)}
    info = registry_info(api) if is_registry_object(api) else None
    described = (info.type, info.name) if info is not None else None
    key = api.initial_api_key
    provider = (type(api), api.model_name, model._explicit_base_url or api.base_url, key, api.qualified_model_name)
    return f"{id(api)}", provider, described, own, (type(model), model.config, model.model_args, model._role)


def _make_model(
    token: str,
    provider: tuple[type[ModelAPI], str, str | None, str | None, str | None],
    described: tuple[Any, str] | None,
    own: Mapping[str, Any],
    outer: tuple[type[Model], GenerateConfig, dict[str, Any], str | None],
) -> Model:
    kind, config, args, role = outer
    api = _made.get(token)
    if api is None:
        api_kind, name, base_url, key, qualified = provider
        make = cast("Any", api_kind)
        api = _made[token] = cast(
            "ModelAPI", make(model_name=name, base_url=base_url, api_key=key, config=config, **args)
        )
        if described is not None:
            set_registry_info(api, RegistryInfo(type=described[0], name=described[1]))
        api.qualified_model_name = qualified
        vars(api).update(own)
    model = kind(api, config, args)
    if role is not None:
        model._set_role(role)
    return model
