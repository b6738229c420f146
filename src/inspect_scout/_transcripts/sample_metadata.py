"""Typed access to what an eval log says about a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._support.errors import ConfigError
from .._support.json import loads
from .._support.shapes import is_list, is_mapping

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig

    from .._types import TranscriptInfo

_SCORE = "score_"


class SampleMetadata:
    """What the metadata of a transcript from an eval log says, with types.

    Args:
        transcript: The transcript, or its description.

    Raises:
        ConfigError: The transcript does not come from an eval log (this is a ValueError).

    Example:
        ```python
        metadata = SampleMetadata(transcript)
        print(metadata.eval_id, metadata.epoch, metadata.target)
        ```
    """

    def __init__(self, transcript: TranscriptInfo) -> None:
        if transcript.source_type != "eval_log":
            raise ConfigError(
                f"SampleMetadata needs a transcript from an eval log, not one of source_type {transcript.source_type!r}."
            )
        self._metadata = transcript.metadata

    @property
    def eval_id(self) -> str:
        """Id of the eval."""
        return str(self._metadata["eval_id"])

    @property
    def log(self) -> str:
        """Location of the log ("" for a log in memory)."""
        return str(self._metadata.get("log") or "")

    @property
    def eval_status(self) -> str:
        """Status of the eval ("started", "success", "cancelled", "error")."""
        return str(self._metadata["eval_status"])

    @property
    def eval_tags(self) -> list[str] | None:
        """Tags of the eval (None: it has none)."""
        tags = self._metadata.get("eval_tags") or ""
        names = tags.split(",") if isinstance(tags, str) else [str(tag) for tag in tags]
        return [name.strip() for name in names if name.strip()] or None

    @property
    def eval_metadata(self) -> dict[str, Any] | None:
        """Metadata of the eval (None: it has none)."""
        return self._object("eval_metadata") or None

    @property
    def task_args(self) -> dict[str, Any]:
        """Arguments of the task."""
        return self._object("task_args")

    @property
    def generate_config(self) -> GenerateConfig:
        """Generation options of the main model."""
        from inspect_ai.model import GenerateConfig

        return GenerateConfig.model_validate(self._object("generate_config"))

    @property
    def model_roles(self) -> dict[str, Any] | None:
        """Models by role (None: there are none)."""
        return self._object("model_roles") or None

    @property
    def id(self) -> str:
        """Id of the sample within its dataset."""
        return str(self._metadata["id"])

    @property
    def epoch(self) -> int:
        """Repetition of the sample, from 1."""
        return int(self._metadata["epoch"])

    @property
    def input(self) -> str:
        """Input of the sample as text."""
        return str(self._metadata["input"])

    @property
    def target(self) -> list[str]:
        """Targets of the sample.

        Exact for a transcript that was read with its metadata. The description alone has only the targets joined by
        commas, so that a target with a comma in it comes apart there.
        """
        target = self._metadata.get("target", "")
        if is_list(target):
            return [str(item) for item in target]
        # Only the body of a sample brings its scores as objects.
        return [str(target)] if "scores" in self._metadata else str(target).split(",")

    @property
    def sample_metadata(self) -> dict[str, Any]:
        """Metadata of the sample (shortened in the description, whole in a transcript that was read)."""
        return self._object("sample_metadata")

    @property
    def working_time(self) -> float | None:
        """Seconds that the run took without waiting."""
        value = self._metadata.get("working_time")
        return None if value is None else float(value)

    @property
    def score_values(self) -> dict[str, Any]:
        """Values of the scores by name."""
        return {key[len(_SCORE) :]: value for key, value in self._metadata.items() if key.startswith(_SCORE)}

    def _object(self, key: str) -> dict[str, Any]:
        value: Any = self._metadata.get(key)
        if isinstance(value, str):
            value = loads(value)
        return value if is_mapping(value) else {}
