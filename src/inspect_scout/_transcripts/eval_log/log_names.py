"""What logs are called."""

from __future__ import annotations

import re

# What Inspect names its own log files.
_OWN_JSON = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}.*\.json$")


def may_be_log(path: str) -> bool:
    """Tell whether a name is one of a log (`.json` files may be something else all the same)."""
    return path.lower().endswith((".eval", ".json"))


def named_by_inspect(name: str) -> bool:
    """Tell whether Inspect gives such a name to `.json` logs.

    Of such a name a broken file is reported, of any other it is just another file.
    """
    return _OWN_JSON.match(name) is not None
