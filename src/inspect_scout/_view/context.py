"""What every route is given."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from .._app import ServedPlaces, refuse_label_place, served_places
from .._support.byte_budget import ByteBudget
from .._support.cache import Cache
from .._support.errors import ConfigError, LocationError
from .changes import Changes
from .kept import Kept
from .places import Places, place_below
from .settings import ViewSettings

if TYPE_CHECKING:
    from .._app import Runs


REQUEST_BYTES = 96 << 20
"""Bytes that all requests together may hold in memory."""

ANSWER_BYTES = 8 << 20
"""Bytes of answers that are kept for whoever asks for the same."""


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What every route is given.

    Args:
        settings: What the server was asked for.
        places: What may be read.
        changes: What has changed, and when.
        budget: How many bytes all requests together may hold.
        kept: What requests share.
        answers: Answers as they were sent, by their etags.
    """

    settings: ViewSettings
    places: Places
    changes: Changes = field(default_factory=Changes)
    budget: ByteBudget = field(default_factory=lambda: ByteBudget(lambda: REQUEST_BYTES))
    kept: Kept = field(default_factory=Kept)
    answers: Cache[str, bytes] = field(default_factory=lambda: Cache(ANSWER_BYTES, len))

    @property
    def runs(self) -> Runs:
        """The runs that were started for the project."""
        return self.kept.runs(self.settings.project_dir)

    def served(self) -> ServedPlaces:
        """Tell where transcripts and scans are if a request does not say, by the files of the project as they are now. Blocks."""
        settings = self.settings
        if settings.file is not None:
            return ServedPlaces((settings.transcripts or settings.file,), settings.file)
        return served_places(settings.project_dir, settings.transcripts, settings.scans)

    def project(self) -> str:
        """Give the folder of the project.

        Raises:
            LocationError: One file or directory was opened without a project: what is beside it is none of our business.
        """
        if self.settings.file is not None:
            raise LocationError(
                f"{self.settings.file!r} was opened without a project. Make one with `scout init` in a folder, then run "
                "`scout view` there."
            )
        return self.settings.project_dir

    def check(self, place: str) -> str:
        """Give a place in full form if it may be read; a relative one is in the folder of the project.

        Raises:
            PlaceRefusedError: It may not be read.
        """
        return self.places.check(place_below(self.settings.project_dir, place))

    def scans_place(self, location: str | None = None) -> str:
        """Tell where the scans are that a request is about: where it says, or where they are by default. Blocks.

        Raises:
            PlaceRefusedError: That may not be read.
        """
        return self.check(location or self.served().scans)

    def project_file(self, name: str) -> str:
        """Find a file of the project by its relative path.

        Raises:
            LocationError: There is no project.
            ConfigError: It leads out of the project, or to what is hidden there.
        """
        folder = self.project()
        if "://" in name:
            raise ConfigError(f"{name!r} is a URL: give the path of a file in the project {folder!r}.")
        inside = os.path.relpath(os.path.realpath(self.check(name)), os.path.realpath(folder))
        if any(part.startswith(".") for part in inside.split(os.sep)):
            raise ConfigError(
                f"{name!r} is not a file of the project {folder!r}, or is hidden there. Name one that is in it."
            )
        return self.check(name)

    def label_file(self, name: str) -> str:
        """Find a file of labelled cases of the project.

        Raises:
            LocationError: There is no project.
            ConfigError: It leads out of the project, or is a file of a scan or of the project itself.
        """
        path = self.project_file(name)
        refuse_label_place(path, self.settings.project_dir)
        return path

    def new_label_file(self, name: str) -> str:
        """Find the place of a file of labelled cases that is to be made in the project. Blocks.

        Raises:
            LocationError: There is no project.
            ConfigError: It leads out of the project, or to where no such file may be.
        """
        path = self.project_file(name)
        refuse_label_place(path, self.settings.project_dir, self.served().transcripts)
        return path


async def context_of(request: Request) -> ViewContext:
    """Give the context of the application that answers."""
    context: ViewContext = request.app.state.context
    return context


Context = Annotated[ViewContext, Depends(context_of)]
"""The parameter of a route that takes the context."""
