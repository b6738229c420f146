"""Write the JSON schemas of project files and job files, which come with the package.

    python docs/generate_schemas.py

A test compares them with the models, so they cannot fall behind.
"""

from __future__ import annotations

from pathlib import Path

from inspect_scout._project import schemas

if __name__ == "__main__":
    for name in schemas.SCHEMAS:
        path = Path(schemas.__file__).parent / f"{name}.schema.json"
        path.write_text(schemas.make_schema(name), encoding="utf-8")
