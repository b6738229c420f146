"""The platforms that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .langfuse import LangfuseQuery
from .langsmith import LangSmithQuery
from .logfire import LogfireQuery
from .phoenix import PhoenixQuery
from .weave import WeaveQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .query import PlatformQuery

PLATFORMS: Final[Mapping[str, type[PlatformQuery]]] = {
    each.name: each for each in (LangfuseQuery, LangSmithQuery, LogfireQuery, PhoenixQuery, WeaveQuery)
}
