"""What can go wrong between a question and its answer, beyond a refusal."""

from __future__ import annotations

from typing import Final

from ..._support.errors import ScoutError

_SHOWN: Final = 500


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
    """A prompt is longer than the model can read.

    Args:
        size: Tokens of the prompt, as the provider counts them if it says so. Of the prompt without messages, if this
            alone leaves no tokens for any, so that nobody was asked.
        window: Tokens that the model can read, as the provider says if it does, else as far as is known.
        response: What the provider responded (None: nobody was asked).
        counted: Tokens of the prompt as we count them.
        budget: Tokens of a prompt that should fit, as we count them.
    """

    def __init__(
        self, size: int, window: int, response: str | None = None, *, counted: int | None = None, budget: int = 0
    ) -> None:
        self.size, self.window, self.response = size, window, response
        self.counted, self.budget = size if counted is None else counted, budget
        if response is None:
            message = (
                f"The prompt takes {size} tokens without any message, and the model reads {window}, which leaves no "
                "tokens for messages. Shorten the template or the question, or set a larger context_window."
            )
        else:
            reads = "reads" if window <= size else "is taken to read"
            words = f"The provider said: {response[:_SHOWN]!r}. " if response else ""
            message = (
                f"The prompt has {size} tokens, and is too long for the model, which {reads} {window}. {words}"
                "Set a smaller context_window, shorten the template or the question, or take another model."
            )
        super().__init__(message)

    def __reduce__(self) -> tuple[type[PromptTooLargeError], tuple[int, int, str | None], dict[str, int]]:
        return type(self), (self.size, self.window, self.response), {"counted": self.counted, "budget": self.budget}
