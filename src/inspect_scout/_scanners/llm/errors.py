"""What can go wrong between a question and its answer, beyond a refusal."""

from __future__ import annotations

from ..._support.errors import ScoutError


class UnusableAnswerError(ScoutError, ValueError):
    """A model gave no structured answer that fits its schema, however often it was asked.

    Args:
        attempts: How often it was asked.
        problem: What was wrong the last time.
        completion: What it said the last time.
    """

    def __init__(self, attempts: int, problem: str, completion: str) -> None:
        self.attempts, self.problem, self.completion = attempts, problem, completion
        times = "once" if attempts == 1 else f"{attempts} times"
        said = completion if len(completion) <= 1000 else completion[:1000] + "..."
        super().__init__(
            f"The model was asked {times} and gave no answer that fits the schema. The last time: {problem} "
            f"It said: {said!r}. Allow more attempts (max_attempts), describe the fields better, or take another model."
        )

    def __reduce__(self) -> tuple[type[UnusableAnswerError], tuple[int, str, str]]:
        return type(self), (self.attempts, self.problem, self.completion)


class PromptTooLargeError(ScoutError, RuntimeError):
    """A prompt leaves no room for messages in what the model can read.

    Args:
        overhead: Tokens of the prompt without messages.
        window: Tokens that the model can read.
    """

    def __init__(self, overhead: int, window: int) -> None:
        self.overhead, self.window = overhead, window
        super().__init__(
            f"The prompt takes {overhead} tokens without any message, and the model reads {window}, which leaves no "
            "room for messages. Shorten the template or the question, or set a larger context_window."
        )

    def __reduce__(self) -> tuple[type[PromptTooLargeError], tuple[int, int]]:
        return type(self), (self.overhead, self.window)
