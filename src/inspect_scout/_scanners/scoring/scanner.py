"""Scorers as scanners."""

from __future__ import annotations

import math
from typing import Any

from inspect_ai.scorer import Reference, Score, Scorer

from ..._inspect import registry
from ..._inspect.scoring import declared_metrics, made_by_factory, run_scorer
from ..._support.errors import ConfigError
from ..._support.folder import source_file
from ..._support.shapes import is_list, is_mapping
from ..._types import Result, Scanner, Transcript
from ..declare.decorators import scanner
from ..declare.traits import ScanTraits, set_traits
from .scorer import FROM_SCANNER
from .scorer_input import scorer_input
from .scores import REFERENCES


@scanner(messages="all")
def as_scanner(scorer: Scorer, *, name: str | None = None) -> Scanner[Transcript]:
    """Make a scanner of an Inspect scorer, to score logs again, or with other scorers, as part of a scan.

    `scan` does this itself with the scorers that it is given. The scorer sees each sample as in `inspect score`:
    input, target, choices, messages, output, store, events and earlier scores come from the log. A transcript that
    comes from no log file is scored by its messages (the input are those before the first answer, the output is the
    last answer) and its metadata (`target`, `sample_metadata`). Model calls go to the model of the scan; there is no sandbox.

    The result has value, answer, explanation and metadata of the score (no value: NaN, or no score), and the metrics
    of the scorer are those of the scanner.

    Args:
        scorer: The scorer: what a function decorated with Inspect's `@scorer` returns.
        name: Name of the scanner in a job (default: that of the scorer).

    Raises:
        ConfigError: It is not a scorer.

    Example:
        ```python
        from inspect_ai.scorer import includes

        scan([as_scanner(includes(), name="includes_target")], "logs")
        ```
    """
    found = registry.registered(scorer)
    if found is None or found.kind != "scorer":
        raise ConfigError(
            f"{_shown(scorer)} is not a scorer. A scorer is what a function decorated with Inspect's @scorer returns when "
            "called."
        )
    own_name = registry.unqualified_name(found.name)
    if hasattr(scorer, FROM_SCANNER):
        raise ConfigError(f"{own_name!r} is a scorer made of a scanner; give the scanner itself.")
    if not made_by_factory(scorer):
        raise ConfigError(f"{own_name!r} makes scorers but is not one itself; call it: {own_name}().")

    async def scan(transcript: Transcript) -> Result[Any]:
        return result_of(await run_scorer(scorer, *await scorer_input(transcript)))

    # Scorers of packages are found by their name; those of files only once the file was run.
    file = None if "/" in found.name else source_file(scorer)
    return set_traits(scan, ScanTraits(name=name or own_name, metrics=declared_metrics(scorer), file=file))


def result_of(score: Score | None) -> Result[Any]:
    """Make a result of a score."""
    if score is None:
        return Result(value=None)
    metadata = dict(score.metadata or {})
    references = metadata.pop(REFERENCES, [])
    return Result(
        value=_json_value(score.value),
        answer=score.answer,
        explanation=score.explanation,
        metadata=metadata or None,
        references=[Reference.model_validate(reference) for reference in references],
    )


def _json_value(value: Any) -> Any:
    if is_mapping(value):
        return {key: _json_value(item) for key, item in value.items()}
    if is_list(value):
        return [_json_value(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(thing: object) -> str:
    name = getattr(thing, "__name__", None)
    return f"{type(thing).__name__} {name!r}" if isinstance(name, str) else repr(thing)[:200]
