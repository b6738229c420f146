"""Real evals on a model that always says the same, for scanners as scorers and scorers as scanners."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import inspect_ai
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, Model, ModelOutput, ModelUsage, get_model

SAMPLES = (
    Sample(id="first", input="How many?", target="four", metadata={"hard": True}),
    Sample(id="second", input="And now?", target=["five", "4"]),
)

_inspect: Any = inspect_ai  # its types are partly unknown


def talker(text: str = "They are 4.") -> Model:
    """Make a model that always gives the same answer, and counts its tokens itself."""

    def reply(*_: Any) -> ModelOutput:
        message = ChatMessageAssistant(content=text)
        usage = ModelUsage(input_tokens=3, output_tokens=4, total_tokens=7)
        return ModelOutput(model="mockllm/model", choices=[ChatCompletionChoice(message=message)], usage=usage)

    return get_model("mockllm/model", custom_outputs=reply, memoize=False)


def run_eval(folder: Path, scorer: Any, *, samples: Sequence[Sample] = SAMPLES, **options: Any) -> EvalLog:
    """Run an eval and give its log, which is in the folder too."""
    task = Task(dataset=list(samples), scorer=scorer, name="counting", **options)
    with warnings.catch_warnings():
        # Inspect leaves a stream open at the end of an eval, which nothing of ours can close.
        warnings.simplefilter("ignore", ResourceWarning)
        log: EvalLog
        (log,) = _inspect.eval(task, model=talker(), display="none", log_dir=str(folder), log_realtime=False)
        gc.collect()
    assert log.status == "success", log.error
    return log


def scores_of(log: EvalLog, scorer: str) -> list[Any]:
    """Give the scores of a scorer, sample by sample (None where there is none)."""
    return [(sample.scores or {}).get(scorer) for sample in log.samples or ()]
