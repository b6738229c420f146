"""What a browser sees: the page."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .._support.errors import ConfigError
from .._support.text import read_text
from .network.content_policy import PAGE_POLICY, parse_policy
from .static import INDEX, StaticFiles

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from .settings import ViewSettings

OUR_PAGE = os.path.join(os.path.dirname(__file__), "dist")
POLICY_FILE = "content-security-policy.json"


def page_folder(settings: ViewSettings) -> str | None:
    """Folder of the page; None if there is none."""
    folder = settings.page_dir or OUR_PAGE
    return folder if os.path.isfile(os.path.join(folder, INDEX)) else None


def page_policy(settings: ViewSettings) -> Mapping[str, Sequence[str]]:
    """What the page may load: what it says itself, else nothing but what is here, and nothing inline.

    Raises:
        ConfigError: What it says cannot be read.
    """
    folder = page_folder(settings)
    path = os.path.join(folder, POLICY_FILE) if folder is not None else ""
    return parse_policy(read_text(path), path) if os.path.isfile(path) else PAGE_POLICY


def create_site(settings: ViewSettings) -> ASGIApp:
    """Make what answers everything that is not an API.

    Raises:
        ConfigError: The page is not built.
    """
    folder = page_folder(settings)
    if folder is None:
        raise ConfigError(
            f"There is no page in {settings.page_dir or OUR_PAGE!r}. In a checkout, `make web` builds it."
        )
    return StaticFiles(folder)
