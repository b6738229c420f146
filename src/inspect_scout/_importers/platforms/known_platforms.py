"""The platforms that can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .langfuse import LangfuseQuery
from .langsmith import LangSmithQuery
from .logfire import LogfireQuery
from .phoenix import PhoenixQuery
from .query import PlatformQuery
from .weave import WeaveQuery

PLATFORMS: Final[Mapping[str, type[PlatformQuery]]] = {
    each.name: each for each in (LangfuseQuery, LangSmithQuery, LogfireQuery, PhoenixQuery, WeaveQuery)
}
