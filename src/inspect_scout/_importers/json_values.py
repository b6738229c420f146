"""JSON, as the types of this package call it: what programs write is known by looking, not by declaring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Any value."""
JsonObject: TypeAlias = dict[str, Json]
"""An object."""
JsonMapping: TypeAlias = Mapping[str, Json]
"""An object that is only read."""
