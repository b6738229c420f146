"""The local server behind `scout view`: an API for the editor (v2), one for our page (v3), and the page.

settings     what was asked for                  application  the parts put together
context      what routes are given               places       what may be read, and what a name in a URL means
changes      what has changed, and when          budget       how many bytes requests may hold
errors       errors as answers
"""

from __future__ import annotations

from .application import create_app
from .settings import ViewSettings

__all__ = ["ViewSettings", "create_app"]
