"""Values of the packages whose calls are captured."""

from __future__ import annotations

from typing import TypeAlias

from .._importers import Json

Foreign: TypeAlias = Json
"""A value whose class is known to another package only."""
