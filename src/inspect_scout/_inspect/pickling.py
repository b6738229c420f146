"""Scanners and models in a form that another process can make them of again.

Functions of notebooks, of programs and of scanner files travel by value. A model of inspect_ai holds clients that
belong to an event loop, so it travels as what it was made of: provider, name, options, arguments and key. Models that
share a provider object here share one there, as far as they travel together.
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
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # pyright: ignore[reportUnknownMemberType]
        # The model through which each provider object was met first: it alone knows what the object was made with.
        self._models: dict[int, Model] = {}

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Model):
            self._models.setdefault(id(obj.api), obj)
            return _make_model, (obj.api, type(obj), obj.config, obj.model_args, obj._role)
        if isinstance(obj, ModelAPI) and (model := self._models.get(id(obj))) is not None:
            base_url = model._explicit_base_url or obj.base_url
            made_with = type(obj), obj.model_name, base_url, obj.initial_api_key, model.config, model.model_args
            return _make_api, made_with, _details(obj), None, None, _set_details
        return super().reducer_override(obj)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _make_api(
    kind: Any, name: str, base_url: str | None, key: str | None, config: GenerateConfig, args: dict[str, Any]
) -> ModelAPI:
    return cast("ModelAPI", kind(model_name=name, base_url=base_url, api_key=key, config=config, **args))


def _details(api: ModelAPI) -> tuple[RegistryInfo | None, str | None, Mapping[str, Any]]:
    own = {name: vars(api)[name] for name in _OWN_METHODS if name in vars(api)}
    info = registry_info(api) if is_registry_object(api) else None
    described = RegistryInfo(type=info.type, name=info.name) if info is not None else None
    return described, api.qualified_model_name, own


def _set_details(api: ModelAPI, details: tuple[RegistryInfo | None, str | None, Mapping[str, Any]]) -> None:
    described, api.qualified_model_name, own = details
    if described is not None:
        set_registry_info(api, described)
    vars(api).update(own)


def _make_model(
    api: ModelAPI, kind: type[Model], config: GenerateConfig, args: dict[str, Any], role: str | None
) -> Model:
    model = kind(api, config, args)
    if role is not None:
        model._set_role(role)
    return model
