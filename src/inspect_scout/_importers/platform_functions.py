"""The public functions that ask a platform, one transcript after the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .dataset_query import DatasetQuery
from .functions import transcripts_of
from .json_values import JsonMapping
from .platforms.langfuse import LangfuseQuery
from .platforms.langsmith import LangSmithQuery
from .platforms.logfire import LogfireQuery
from .platforms.phoenix import PhoenixQuery
from .platforms.weave import WeaveQuery

if TYPE_CHECKING:
    from .._types import Transcript


def langfuse(
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    trace_id: str | None = None,
    session_id: str | None = None,
    user_id: str | None = None,
    tags: Sequence[str] | None = None,
    limit: int | None = None,
    public_key: str | None = None,
    secret_key: str | None = None,
    host: str | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read traces of the project of Langfuse that the keys belong to, those that began last first.

    A trace that cannot be read is named in a warning and passed over.

    Args:
        from_time: Only traces that began at this time or later (without a zone: local time).
        to_time: Only traces that began before this time.
        trace_id: Only this trace.
        session_id: Only traces of this session.
        user_id: Only traces of this user.
        tags: Only traces that have all of these tags.
        limit: Transcripts at most (None: all).
        public_key: Public key (None: `LANGFUSE_PUBLIC_KEY`).
        secret_key: Secret key (None: `LANGFUSE_SECRET_KEY`).
        host: Address of the region or server (None: `LANGFUSE_HOST`, or https://cloud.langfuse.com).

    Returns:
        The transcripts, one after the other.

    Raises:
        ConfigError: A key is missing or refused.
        StorageError: Langfuse does not answer.

    Example:
        ```python
        async def production() -> list[Transcript]:
            return [each async for each in langfuse(tags=["production"], limit=10)]
        ```
    """
    wanted = LangfuseQuery(from_time, to_time, trace_id, session_id, user_id, tags, limit, public_key, secret_key, host)
    return transcripts_of(wanted)


def langsmith(
    project: str | None = None,
    dataset: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    tags: Sequence[str] | None = None,
    filter: str | None = None,
    trace_filter: str | None = None,
    run_type: str | None = None,
    limit: int | None = None,
    api_key: str | None = None,
    api_url: str | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read traces of a project of LangSmith, those that began last first, or the examples of a dataset.

    A trace that cannot be read is named in a warning and passed over.

    Args:
        project: Name or id of the project.
        dataset: Name or id of the dataset, each example of which is a transcript of question and answer.
        from_time: Only traces that began at this time or later (without a zone: local time).
        to_time: Only traces that began before this time.
        tags: Only traces whose first run has all of these tags.
        filter: A filter in the language of LangSmith, for the first run of a trace.
        trace_filter: The same, as LangSmith applies it to the trace.
        run_type: Only traces whose first run has this type: `chain`, `llm`, `tool`.
        limit: Transcripts at most (None: all).
        api_key: Key (None: `LANGSMITH_API_KEY`).
        api_url: Address of the server (None: `LANGSMITH_ENDPOINT`, or https://api.smith.langchain.com).

    Returns:
        The transcripts, one after the other.

    Raises:
        ConfigError: Neither a project nor a dataset is named, or the key is missing or refused.
        LocationError: There is no such project or dataset.
        StorageError: LangSmith does not answer.

    Example:
        ```python
        async def production() -> list[Transcript]:
            return [each async for each in langsmith(project="my-agent", tags=["production"], limit=10)]
        ```
    """
    wanted = LangSmithQuery(
        project, dataset, from_time, to_time, tags, filter, trace_filter, run_type, limit, api_key, api_url
    )
    return transcripts_of(wanted)


def logfire(
    project: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    filter: str | None = None,
    trace_id: str | None = None,
    limit: int | None = None,
    read_token: str | None = None,
    base_url: str | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read those traces of Logfire in which a model was called, those that began last first.

    A trace that cannot be read is named in a warning and passed over.

    Args:
        project: The project that the token has to belong to (None: any). A token reads one project.
        from_time: Only traces that began at this time or later (without a zone: local time).
        to_time: Only traces that began before this time.
        filter: A condition in SQL over the columns of `records`, which a span of the trace has to meet.
        trace_id: Only this trace.
        limit: Transcripts at most (None: all).
        read_token: Read token (None: `LOGFIRE_READ_TOKEN`).
        base_url: Address of the server (None: `LOGFIRE_BASE_URL`, or that of the region of the token).

    Returns:
        The transcripts, one after the other.

    Raises:
        ConfigError: The token is missing, is refused, or reads another project.
        StorageError: Logfire does not answer.

    Example:
        ```python
        async def newest() -> list[Transcript]:
            return [each async for each in logfire(filter="service_name = 'agent'", limit=10)]
        ```
    """
    wanted = LogfireQuery(project, from_time, to_time, filter, trace_id, limit, read_token, base_url)
    return transcripts_of(wanted)


def phoenix(
    project: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    trace_id: str | None = None,
    session_id: str | None = None,
    tags: Sequence[str] | None = None,
    metadata: JsonMapping | None = None,
    limit: int | None = None,
    api_key: str | None = None,
    base_url: str | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read traces of a project of Arize Phoenix, those that began last first.

    A trace that cannot be read is named in a warning and passed over.

    Args:
        project: Name or id of the project.
        from_time: Only traces that began at this time or later (without a zone: local time).
        to_time: Only traces that began before this time.
        trace_id: Only this trace.
        session_id: Only traces of this session.
        tags: Only traces whose first span has all of these tags.
        metadata: Only traces whose first span has these values in its metadata.
        limit: Transcripts at most (None: all).
        api_key: Key (None: `PHOENIX_API_KEY`; a server of one's own may want none).
        base_url: Address of the server (None: `PHOENIX_COLLECTOR_ENDPOINT`, or http://localhost:6006).

    Returns:
        The transcripts, one after the other.

    Raises:
        ConfigError: No project is named, or the key is refused.
        LocationError: There is no such project.
        StorageError: Phoenix does not answer.

    Example:
        ```python
        async def of_session() -> list[Transcript]:
            return [each async for each in phoenix(project="default", session_id="s-1")]
        ```
    """
    wanted = PhoenixQuery(project, from_time, to_time, trace_id, session_id, tags, metadata, limit, api_key, base_url)
    return transcripts_of(wanted)


def weave(
    project: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    filter: JsonMapping | None = None,
    limit: int | None = None,
    api_key: str | None = None,
    base_url: str | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read traces of a project of W&B Weave, those that began last first.

    A trace that cannot be read is named in a warning and passed over.

    Args:
        project: The project, as `entity/project`.
        from_time: Only traces that began at this time or later (without a zone: local time).
        to_time: Only traces that began before this time.
        filter: Which calls begin the traces: the fields of Weave's call filter (`op_names`, `call_ids`, `wb_user_ids` ...),
            and an expression of its query language as `$expr`.
        limit: Transcripts at most (None: all).
        api_key: Key (None: `WANDB_API_KEY`).
        base_url: Address of the trace server (None: `WF_TRACE_SERVER_URL`, or https://trace.wandb.ai).

    Returns:
        The transcripts, one after the other.

    Raises:
        ConfigError: The project is not written like this, or the key is missing or refused.
        StorageError: Weave does not answer.

    Example:
        ```python
        async def of_user() -> list[Transcript]:
            return [each async for each in weave("my-team/my-agent", filter={"wb_user_ids": ["ada"]})]
        ```
    """
    return transcripts_of(WeaveQuery(project, from_time, to_time, filter, limit, api_key, base_url))


def dataset(
    path: str,
    messages: str | None = None,
    id: str | None = None,
    split: str | None = None,
    limit: int | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read rows of a data set: Parquet, JSON lines or JSON, each with a column of messages.

    Messages are those of OpenAI or ShareGPT, as lists or as JSON text. Other columns become metadata.

    Args:
        path: A file, a folder, or an address: `hf://datasets/OWNER/NAME`, `s3://bucket/folder`.
        messages: The column of messages (None: one with a usual name, as `messages` or `conversations`).
        id: The column of ids (None: one with a usual name, else file and row number).
        split: Only files with this in their path, as `train`.
        limit: Rows at most (None: all).

    Returns:
        The transcripts, one after the other.

    Raises:
        LocationError: There are no files.
        StorageError: A package that the address needs is not installed.

    Example:
        ```python
        async def first() -> list[Transcript]:
            return [each async for each in dataset("traces/chats", limit=10)]
        ```
    """
    return transcripts_of(DatasetQuery(path, messages, id, split, limit=limit))
