from typing import Any, ClassVar

from inspect_scout.testing import ExecutorLaws


class TestQueued(ExecutorLaws):
    options: ClassVar[dict[str, Any]] = {"executor": "queued"}
