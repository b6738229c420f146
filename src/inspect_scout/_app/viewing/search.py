"""Searching one transcript: for words, or with a question to a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ..._inspect.models import ActiveModels, close_models, make_model, using_models
from ..._inspect.tokens import keep_counting_local
from ..._project import default_model
from ..._scanners import compile_groups, estimate_tokens, grep_scanner, llm_scanner, searched_texts
from ..._support.causes.describing import brief
from ..._support.errors import ConfigError, ScoutError
from ..._support.foreign import foreign
from ..._support.ids import new_id
from ..._support.shapes import is_mapping
from ..._support.storage import run_in_thread
from ..._types import EventType, MessageType, Result, Transcript, TranscriptContent
from ..bridge import run_sync
from ..reading.transcript_cache import TranscriptCache
from .paging import refusal
from .regex_guard import check_regex_time
from .search_store import SearchStore
from .transcripts import locate_transcript

SearchKind = Literal["grep", "llm"]


class SearchFailedError(ScoutError):
    """A model could not be asked, or did not answer."""


class _SearchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1)
    messages: Literal["all"] | list[MessageType] | None = None
    events: Literal["all"] | list[EventType] | None = None


class WordSearch(_SearchRequest):
    """A search for words."""

    type: Literal["grep"]
    regex: bool = False
    ignore_case: bool = True
    word_boundary: bool = False

    def parameters(self) -> dict[str, object]:
        """What tells this search from others."""
        return {"regex": self.regex, "ignore_case": self.ignore_case, "word_boundary": self.word_boundary}


class ModelSearch(_SearchRequest):
    """A question to a model."""

    type: Literal["llm"]
    model: str | None = None

    def parameters(self) -> dict[str, object]:
        """What tells this search from others."""
        return {"model": self.model}


@dataclass(frozen=True, slots=True)
class FoundInTranscript:
    """What a search found.

    Args:
        id: Id of the search.
        result: The result, fit for JSON.
    """

    id: str
    result: object


def parse_search(body: JsonValue) -> WordSearch | ModelSearch:
    """Read what is searched for.

    Raises:
        ConfigError: It is not a search.
    """
    kinds: dict[object, type[WordSearch | ModelSearch]] = {"grep": WordSearch, "llm": ModelSearch}
    kind = kinds.get(body.get("type")) if is_mapping(body) else None
    if kind is None:
        raise ConfigError("The type of a search is 'grep' or 'llm'.")
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise ConfigError(f"The search cannot be used: {refusal(error)}.") from None


async def search_transcript(
    cache: TranscriptCache,
    location: str,
    transcript_id: str,
    search: WordSearch | ModelSearch,
    store: SearchStore | None = None,
) -> FoundInTranscript:
    """Search a transcript, and remember the search and what it found.

    A question that was answered for the same transcript is not put again.

    Args:
        cache: What is kept of transcripts.
        location: Where the transcripts are.
        transcript_id: The transcript.
        search: What is searched for.
        store: What was searched for before (None: that of this user).

    Raises:
        LocationError: There is no such transcript.
        ConfigError: It is not a regular expression, or takes too long; or there is no such model.
        SearchFailedError: The model does not answer.
    """
    kept = store or SearchStore()
    id = _search_id(search)
    key = _result_key(location, transcript_id, search.messages, search.events, id)
    located = await locate_transcript(cache, location, transcript_id)
    entry = {"type": search.type, "search_id": id, "query": search.query, "created_at": datetime.now(UTC).isoformat()}
    known = await run_in_thread("", lambda: kept.get("result", key))
    fresh = is_mapping(known) and known["fingerprint"] == located.fingerprint
    if fresh and is_mapping(known) and search.type == "llm":
        result: object = known["result"]
    else:
        content = TranscriptContent(messages=search.messages, events=search.events)
        transcript = (await located.read(content)).transcript
        searching = _words(transcript, search) if isinstance(search, WordSearch) else _asked(transcript, search)
        result = _as_json(await searching)

    def keep() -> None:
        kept.put(search.type, id, {**entry, **search.parameters()})
        kept.put("result", key, {"fingerprint": located.fingerprint, "result": result})

    await run_in_thread("", keep)
    return FoundInTranscript(id, result)


async def known_search_result(
    location: str, transcript_id: str, search_id: str, messages: Sequence[str], events: Sequence[str]
) -> object:
    """Give what a search found before; None if it was not made.

    Args:
        location: Where the transcripts are.
        transcript_id: The transcript.
        search_id: Id of the search.
        messages: What was searched of messages ("all" alone, or roles).
        events: The same of events.
    """
    key = _result_key(location, transcript_id, _scope(messages), _scope(events), search_id)
    known = await run_in_thread("", lambda: SearchStore().get("result", key))
    return known["result"] if is_mapping(known) else None


async def earlier_searches(kind: SearchKind, count: int) -> list[object]:
    """List the last searches of a kind, the newest first."""
    return await run_in_thread("", lambda: SearchStore().newest(kind, count))


async def _words(transcript: Transcript, search: WordSearch) -> object:
    if search.regex:
        (group,) = compile_groups(
            search.query, regex=True, ignore_case=search.ignore_case, word_boundary=search.word_boundary
        )
        (pattern,) = group.patterns
        texts = await run_in_thread("", lambda: list(searched_texts(transcript)))
        await check_regex_time(pattern.regex.pattern, pattern.regex.flags, texts)
    scan = grep_scanner(
        search.query, regex=search.regex, ignore_case=search.ignore_case, word_boundary=search.word_boundary
    )
    # In a thread, with a loop of its own: others are answered between two matches.
    return await run_in_thread("", lambda: run_sync(lambda: scan(transcript)))


async def _asked(transcript: Transcript, search: ModelSearch) -> object:
    name = search.model or default_model()
    if name is None:
        raise ConfigError("Say which model to ask: give 'model', or set one in scout.yaml.")
    model = make_model(name)
    keep_counting_local(model, estimate_tokens)
    found: object = None
    with using_models(ActiveModels(model)):
        async with foreign() as ran:
            found = await llm_scanner(question=search.query, answer="string")(transcript)
    await close_models(ActiveModels(model, own=[model]))
    if ran.error is not None:
        raise SearchFailedError(f"The model {name!r} did not answer: {brief(ran.error)}.") from ran.error
    return found


def _as_json(found: object) -> object:
    """Write a result as JSON has it, with an id."""
    assert isinstance(found, Result)
    return {**found.model_dump(mode="json"), "uuid": found.uuid or new_id()}


def _scope(given: Sequence[str]) -> str | list[str] | None:
    return "all" if list(given) == ["all"] else (list(given) or None)


def _search_id(search: WordSearch | ModelSearch) -> str:
    return _short_hash({"query": search.query, "type": search.type, **search.parameters()})


def _result_key(location: str, transcript_id: str, messages: object, events: object, search_id: str) -> str:
    place = hashlib.sha256(location.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{place}:{transcript_id}:{_short_hash({'messages': messages, 'events': events})}:{search_id}"


def _short_hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
