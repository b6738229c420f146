"""Names of places in URLs."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote


def in_url(place: Path | str) -> str:
    """Write a place as the page does: base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def in_editor_url(place: Path | str) -> str:
    """Write a place as the editor's extension does: plain base64, each odd sign escaped."""
    return quote(base64.b64encode(str(place).encode()).decode(), safe="")
