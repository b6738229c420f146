"""JSON, as the types of this package call it: what programs write is known by looking, not by declaring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from .._support.shapes import is_list, is_mapping

Json: TypeAlias = Any
"""Any value."""
JsonObject: TypeAlias = dict[str, Json]
"""An object."""
JsonMapping: TypeAlias = Mapping[str, Json]
"""An object that is only read."""


def objects_of(value: object) -> list[JsonObject]:
    """Give the objects of a list; what else is in it is left out, and what is not a list has none."""
    return [each for each in value if is_mapping(each)] if is_list(value) else []
