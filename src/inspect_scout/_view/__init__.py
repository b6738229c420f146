"""The local server behind `scout view`: an API for the editor (v2), one for our page (v3), and the page.

settings     what was asked for                  application  the parts put together
context      what routes are given               places       what may be read, and what a name in a URL means
kept         what requests share
changes      what has changed, and when
errors       errors as answers                   network      who may ask, from where
serving      the process, its port and its end   site         what a browser sees: `static` files
exporting    a folder that shows scans without a server

Loaded by name, because the web frameworks take time that `scout view --help` does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .application import create_app, guarded_app
    from .exporting.export import PlannedExport, WrittenExport, plan_export, write_export
    from .serving.notebook import view
    from .serving.ports import listen
    from .serving.protocol import Patience
    from .serving.server import Server
    from .serving.start import ViewRequest, serve, settings_for, take_token
    from .settings import DEFAULT_HOST, DEFAULT_PORT, TITLE, ViewSettings

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
