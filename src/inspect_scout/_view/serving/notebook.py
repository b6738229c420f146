"""`view(...)` for programs and notebooks."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from os import PathLike

from ..._app import prepare_viewing
from ..._support.errors import ConfigError, NotAvailableError, StorageError
from ..settings import DEFAULT_HOST, DEFAULT_PORT, TITLE, Mode, ViewSettings
from .start import Viewer, ViewRequest, make_scans, serve, settings_for, take_token

START_SECONDS = 30.0
FRAME_HEIGHT = 720

_viewers: dict[int, tuple[Viewer, threading.Thread]] = {}
"""Servers that run in threads of this process, by the port that was asked for."""


def view(
    project_dir: str | PathLike[str] | None = None,
    transcripts: str | PathLike[str] | None = None,
    scans: str | PathLike[str] | None = None,
    trust_content: bool | None = None,
    mode: Mode = "default",
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    browser: bool = False,
    authorization: str | None = None,
    log_level: str | None = None,
    fs_options: Mapping[str, object] | None = None,
    root_path: str | None = None,
    trusted_origins: Sequence[str] | None = None,
    trusted_hosts: Sequence[str] | None = None,
    unsafe_allow_unauthenticated: bool = False,
    *,
    inline: bool = False,
) -> None:
    """Look at transcripts, scans and results in a browser.

    Serves until Ctrl-C. Where an event loop runs already, as in a notebook, it serves from a thread and returns at once; called
    again, it ends the earlier server on the same port.

    Args:
        project_dir: Folder of a project; or one log, database or scan directory (default: the working directory).
        transcripts: Where transcripts are (default: the project says).
        scans: Where scans are, made if it is not there (default: the project says).
        trust_content: False: what is in transcripts is shown as plain text, whatever the project says.
        mode: `scans` shows scans only.
        host: Address to listen on.
        port: Port to listen on; if another program has it, the next free one.
        browser: Whether to open the page in a browser.
        authorization: Token that clients must send in the header `Authorization` (default: the variable
            INSPECT_VIEW_AUTHORIZATION_TOKEN, else none).
        log_level: Level of log messages (default warning).
        fs_options: Not used any more: remote places take their credentials from the environment.
        root_path: Path or URL under which a proxy serves it.
        trusted_origins: Origins of pages that may ask, besides its own.
        trusted_hosts: Names under which it may be asked, besides its own.
        unsafe_allow_unauthenticated: Whether other machines may ask without a token.
        inline: Whether to show it in the cell of the notebook.

    Raises:
        LocationError: There is nothing to show.
        ConfigError: Other machines could ask without a token, or an argument is not what it should be.

    Example:
        ```python
        from inspect_scout import view

        if __name__ == "__main__":  # it returns when Ctrl-C is pressed
            view("my-project", browser=True)
        ```
    """
    if fs_options:
        raise NotAvailableError(
            "view(fs_options=...)", "Set the credentials of remote places in the environment, as in AWS_ACCESS_KEY_ID."
        )
    in_thread = _loop_runs()
    if inline and not in_thread:
        raise ConfigError("inline=True shows the page in a cell: it is for notebooks. Use browser=True.")
    request = ViewRequest(
        place=None if project_dir is None else os.fspath(project_dir),
        transcripts=None if transcripts is None else os.fspath(transcripts),
        scans=None if scans is None else os.fspath(scans),
        trust_content=trust_content,
        mode=mode,
        host=host,
        port=port,
        browser=browser,
        token=take_token(authorization),
        root_path=root_path or "",
        trusted_origins=tuple(trusted_origins or ()),
        trusted_hosts=tuple(trusted_hosts or ()),
        unsafe_allow_unauthenticated=unsafe_allow_unauthenticated,
        framed=inline,
    )
    prepare_viewing(log_level)
    settings = settings_for(request)
    _report(TITLE)
    if not in_thread:
        serve(settings, browser, _report)
        return
    viewer = _serve_from_thread(settings, browser)
    if inline:
        _show_in_cell(viewer)


def _serve_from_thread(settings: ViewSettings, browser: bool) -> Viewer:
    make_scans(settings)
    earlier = _viewers.pop(settings.port, None)
    if earlier is not None:
        earlier[0].stop()
        earlier[1].join(START_SECONDS)
    viewer = Viewer(settings, browser, _report, owns_process=False)
    thread = threading.Thread(target=viewer.run, name="scout-view", daemon=True)
    thread.start()
    if not viewer.started.wait(START_SECONDS):
        raise StorageError(f"The server did not start within {START_SECONDS:.0f} seconds: the log says why.")
    _viewers[settings.port] = viewer, thread
    return viewer


def _show_in_cell(viewer: Viewer) -> None:
    if "IPython" not in sys.modules:
        raise ConfigError("inline=True shows the page in a cell: it is for notebooks. Use browser=True.")
    display = import_module("IPython.display")
    # Under the name that a notebook on this machine has, so that the browser takes both for one site.
    url = viewer.browser_url().replace("//127.0.0.1:", "//localhost:")
    display.display(display.IFrame(url, "100%", FRAME_HEIGHT))


def _report(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - where the server is, for whoever called `view`


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
