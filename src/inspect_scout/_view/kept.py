"""What requests share, made when the first of them needs it: it loads much that a server does not need to start."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._app import Runs


class Kept:
    """What requests share.

    Args:
        project_dir: Folder of the project.
    """

    def __init__(self, project_dir: str) -> None:
        self._project_dir = project_dir

    @cached_property
    def runs(self) -> Runs:
        """The runs that were started for the project."""
        from .._app import Runs

        return Runs(self._project_dir)
