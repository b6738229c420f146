"""What the invocations of a scanner said, one by one: as much as comparing scans and choosing results takes."""

from __future__ import annotations

from dataclasses import dataclass

from ..._support.shapes import is_list
from ..rows.cells import read_json, read_value
from ..rows.counting import RESULTSET, count_items
from .results_query import ResultsQuery, ResultsTable

_COLUMNS = (
    "transcript_id",
    "transcript_task_set",
    "transcript_task_id",
    "transcript_task_repeat",
    "transcript_model",
    "input_ids",
    "uuid",
    "value",
    "value_type",
    "answer",
    "explanation",
    "scan_error",
    "scan_total_tokens",
)


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """What one invocation of a scanner said.

    Args:
        transcript_id: The transcript.
        input_ids: Ids of what the scanner was given.
        value: The value (None: none, or the scanner failed).
        value_type: Its type.
        answer: The answer: the text of a label, where the value is its letter.
        explanation: The explanation.
        error: Why the scanner failed (None: it did not).
        tokens: Tokens that it used.
        uuid: Id of the result.
        task: Set and id of the transcript's task, and its epoch.
        model: Model of the transcript.
    """

    transcript_id: str
    input_ids: tuple[str, ...]
    value: object
    value_type: str | None
    answer: str | None = None
    explanation: str | None = None
    error: str | None = None
    tokens: int = 0
    uuid: str = ""
    task: tuple[str | None, str | None, int | None] = (None, None, None)
    model: str | None = None

    @property
    def found(self) -> bool:
        """Whether something was found, as the summary counts it."""
        if self.value_type == RESULTSET and is_list(self.value):
            return count_items(self.value) > 0
        return bool(self.value)


async def read_verdicts(table: ResultsTable, scanner: str) -> list[RecordedVerdict]:
    """Read what a scanner said, in the order of transcripts.

    Args:
        table: The results, opened with `rows="stored"`.
        scanner: Key of the scanner.

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: The scan has no such scanner.
    """
    page = await table.query(ResultsQuery(columns=_COLUMNS), scanner)
    found: list[RecordedVerdict] = []
    for row in page.table.to_pylist():
        listed, tokens, failed = read_json(row["input_ids"]), row["scan_total_tokens"], row["scan_error"]
        verdict = RecordedVerdict(
            transcript_id=row["transcript_id"] or "",
            input_ids=tuple(map(str, listed)) if is_list(listed) else (),
            value=read_value(row["value"], row["value_type"]) if failed is None else None,
            value_type=row["value_type"],
            answer=row["answer"],
            explanation=row["explanation"],
            error=failed,
            tokens=tokens if isinstance(tokens, int) else 0,
            uuid=row["uuid"] or "",
            task=(row["transcript_task_set"], row["transcript_task_id"], row["transcript_task_repeat"]),
            model=row["transcript_model"],
        )
        found.append(verdict)
    return found
