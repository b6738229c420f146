"""A program as a user writes it: type checkers read it (test_user_types.py), and it runs on the example logs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, assert_type

import pandas as pd
import pyarrow as pa
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from pydantic import BaseModel, Field, JsonValue

from inspect_scout import (
    AnswerMultiLabel,
    AnswerStructured,
    Condition,
    Loader,
    Reference,
    Result,
    ResultsPage,
    ScanJob,
    Scanner,
    ScannerSpec,
    ScanResultsArrow,
    ScanResultsDF,
    ScanSpec,
    Status,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    TranscriptInfo,
    Transcripts,
    ValidationSet,
    aio,
    condition_from_sql,
    grep_scanner,
    llm_scanner,
    loader,
    scan,
    scan_complete,
    scan_list,
    scan_results_arrow,
    scan_results_batches,
    scan_results_df,
    scan_results_query,
    scan_resume,
    scan_status,
    scanjob,
    scanner,
    transcripts_from,
    validation_predicate,
    validation_results_df,
    validation_set,
)
from inspect_scout import columns as c


@scanner(messages=["assistant"])
def gives_up(phrase: str = "I cannot") -> Scanner[ChatMessageAssistant]:
    async def check(message: ChatMessageAssistant) -> Result:
        cited = [Reference(type="message", id=message.id or "", cite="[M1]")]
        return Result(value=phrase in message.text, explanation="It gives up [M1].", references=cited)

    return check


@scanner(messages="all")
def length() -> Scanner[Transcript]:
    async def check(transcript: Transcript) -> list[Result]:
        return [Result(value=len(transcript.messages), label=str(transcript.task_id))]

    return check


@loader(messages="all")
def ends() -> Loader[list[ChatMessage]]:
    async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
        yield transcript.messages[-3:]

    return load


@scanner(loader=ends())
def last_words() -> Scanner[list[ChatMessage]]:
    async def check(messages: list[ChatMessage]) -> Result:
        return Result(value=messages[-1].text)

    return check


@scanner(messages="all")
def errors() -> Scanner[Transcript | TranscriptHandle]:
    return grep_scanner({"disk": "No space left", "shell": ["command not found", "syntax error"]})


class Verdict(BaseModel):
    """What a judge says."""

    deceives: bool = Field(description="Whether the agent deceives the user.")


@scanner(messages="all")
def deceives() -> Scanner[Transcript | TranscriptHandle]:
    return llm_scanner(question="Does the agent deceive the user?", answer=AnswerStructured(type=Verdict))


@scanner(messages="all")
def kinds() -> Scanner[Transcript | TranscriptHandle]:
    return llm_scanner(question="What does it do?", answer=AnswerMultiLabel(labels=["lies", "hides"]), model="a/b")


@scanjob
def nightly(limit: int = 100) -> ScanJob:
    return ScanJob(scanners=[gives_up(), ("long", length())], transcripts=Path("logs"), limit=limit)


@validation_predicate
def close_to(distance: float = 0.1) -> Any:
    async def check(result: Result, target: JsonValue) -> bool:
        return isinstance(result.value, float) and isinstance(target, float) and abs(result.value - target) < distance

    return check


def scans(logs: Path, folder: Path) -> Status:
    by_text = condition_from_sql("task_id IS NOT NULL")
    assert_type(by_text, Condition)
    chosen = transcripts_from(logs).where(c.message_count > 2).where(by_text).order_by(c.task_id).limit(4)
    assert_type(chosen, Transcripts)
    status = scan({"gives_up": gives_up(), "length": length(), "last": last_words()}, chosen, folder, display="none")
    assert_type(status, Status)
    scan([errors()], logs, str(folder), limit=1, tags=["try"], metadata={"why": "types"}, display="none")
    scan(nightly(limit=2), [str(logs)], scans=folder, display="none")
    scan([length()], status, folder, display="none")
    return status


def ways_to_begin(cases: ValidationSet, status: Status) -> None:
    """Everything that `scan` takes."""
    scan("scanners.py", "logs")
    scan(Path("scanners.py"), Path("logs"), Path("scans"), model="openai/gpt-5-mini", model_args=Path("model.yaml"))
    scan([deceives(), kinds()], ["logs", Path("more")], validation={"deceives": cases}, max_processes=1)
    scan_resume(status, model_roles={"judge": "openai/gpt-5-mini"})
    scan_complete(Path("scans") / "scan_id=x")


def results_of(status: Status) -> None:
    results = scan_results_df(status, parse_json=True)
    assert_type(results, ScanResultsDF)
    assert_type(results.spec, ScanSpec)
    assert_type(results.spec.scanners["length"], ScannerSpec)
    assert_type(results.summary["length"].tokens, int)
    frame = results.scanners["length"]
    assert_type(frame, pd.DataFrame)
    assert_type(results.wide(), pd.DataFrame)
    assert_type(results.wide("explanation"), pd.DataFrame)
    assert_type(results.long(), pd.DataFrame)
    for batch in scan_results_batches(Path(status.location), "length", batch_size=2):
        assert_type(batch, pd.DataFrame)
    page = scan_results_query(status, scanner="length", columns=["task_id", "value"], order_by=[("value", "DESC")])
    assert_type(page, ResultsPage)
    assert_type(page.table, pa.Table)
    arrow = scan_results_arrow(status)
    assert_type(arrow, ScanResultsArrow)
    assert_type(validation_results_df(status), pd.DataFrame)
    assert_type(scan_list(Path(status.location).parent), list[Status])
    assert_type(scan_status(status).complete, bool)


def transcripts(logs: Path) -> str:
    found = transcripts_from([logs])
    assert_type(found.count(), int)
    assert_type(found.to_df(), pd.DataFrame)
    for info in found.limit(2):
        assert_type(info, TranscriptInfo)
        assert_type(info.total_tokens, int | None)
    first = next(iter(found))
    read = found.read(first.transcript_id, TranscriptContent(messages=["user", "assistant"]))
    assert_type(read, Transcript)
    assert_type(read.messages, list[ChatMessage])
    return read.transcript_id


async def embedded(logs: Path, folder: Path) -> int:
    status = await aio.scan_async([length()], logs, folder, limit=1)
    assert_type(await aio.scan_status_async(status), Status)
    assert_type((await aio.scan_results_df_async(status)).scanners["length"], pd.DataFrame)
    async for batch in aio.scan_results_batches_async(status, "length"):
        assert_type(batch, pd.DataFrame)
    found = transcripts_from(logs)
    async for info in found.limit(1):
        assert_type(info, TranscriptInfo)
        assert_type(await found.read_async(info.transcript_id), Transcript)
    assert_type(await found.to_df_async(), pd.DataFrame)
    async with found.reader() as reader:
        assert_type([info.task_id async for info in reader.index()], list[str | None])
    return await found.count_async()


def cases_of(path: Path) -> ValidationSet:
    return validation_set(path, predicate="eq", split=["test"])


def main(logs: Path, folder: Path) -> None:
    status = scans(logs, folder)
    results_of(status)
    print(transcripts(logs), asyncio.run(embedded(logs, folder)), status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
