"""What `scout view` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["default", "scans"]

TITLE = "Scout View"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 7576


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """What the server shows, to whom, and where.

    Args:
        project_dir: Folder of the project, in full form.
        transcripts: Where transcripts are, if that was said (None: the project says).
        scans: Where scans are, if that was said (None: the project says).
        file: One file or directory to open at once, which needs no project (an eval log, a database, a scan).
        trust_content: False: content of transcripts is never more than text. None: the project says.
        mode: `scans` shows scans only.
        host: Address to listen on.
        port: Port to listen on.
        token: What clients must show in the header `Authorization` (None: nothing).
        root_path: Path under which a proxy serves this server, without a slash at the end.
        trusted_origins: Origins of pages that may ask, besides our own.
        trusted_hosts: Names under which the server may be asked, besides its own.
        unsafe_allow_unauthenticated: Whether other machines may ask without a token.
        frame_ancestors: Sources of pages that may show this one in a frame, as `frame-ancestors` has them.
        page_dir: Folder of the page (None: ours).
    """

    project_dir: str
    transcripts: str | None = None
    scans: str | None = None
    file: str | None = None
    trust_content: bool | None = None
    mode: Mode = "default"
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    token: str | None = None
    root_path: str = ""
    trusted_origins: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    unsafe_allow_unauthenticated: bool = False
    frame_ancestors: tuple[str, ...] = ()
    page_dir: str | None = None
