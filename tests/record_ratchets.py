"""Record how much there is of what may only become less (`tests/architecture/ratchets.py`); refuse if there is more."""

from __future__ import annotations

import json
import sys

from architecture.ratchets import RECORDED, counts, load, record

try:
    RECORDED.write_text(json.dumps(record(counts(), load()), indent=1) + "\n", encoding="utf-8")
except ValueError as refused:
    sys.exit(str(refused))
