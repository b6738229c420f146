"""Jobs with parameters: scout scan jobs.py@review -S limit=3."""

from scanners import edits_tests, long_talk

from inspect_scout import ScanJob, Scanner, ScannerWork, Transcript, scanjob, transcripts_from


@scanjob
def review(limit: int | None = None, score: str = "I") -> ScanJob:
    """Look at failed runs."""
    return ScanJob(
        scanners=[edits_tests(), long_talk(limit=8)],
        filter=f"score = '{score}'",
        limit=limit,
        tags=["review"],
    )


@scanjob(name="split")
def different_work() -> ScanJob:
    """Give each scanner its own transcripts."""
    logs = transcripts_from("../logs")
    scanners: list[Scanner[Transcript]] = [edits_tests(), long_talk()]
    return ScanJob(
        scanners=scanners,
        worklist=[
            ScannerWork("edits_tests", logs.where("task_set = 'fix-the-bug'")),
            ScannerWork("long_talk", ["NQ7dDdcKAUnFgyYfCwecd8", "X4tQGpzpaNKJfhNwLuZu5k"]),
        ],
    )
