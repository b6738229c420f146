"""Write the description of the API of our page, which its types are generated from.

    python docs/generate_openapi.py

A test compares it with the routes, so it cannot fall behind.
"""

from __future__ import annotations

from pathlib import Path

from inspect_scout._view import v3

if __name__ == "__main__":
    Path(v3.__file__).with_name("openapi.json").write_text(v3.openapi_text(), encoding="utf-8")
