"""`python -m inspect_scout`: the command `scout` of this very Python."""

from __future__ import annotations

import sys

from ._cli import main

if __name__ == "__main__":
    sys.exit(main())
