"""The JSON of one sample -> a transcript with the content asked for, in one go.

Measured with zstd decompression (CPU seconds, single runs on a shared machine with 2 cores):

    200 samples of 580 kB (117 MB)   messages 0.23-0.28, assistant messages 0.19, tool events 0.31, everything 2.0
    1000 samples of 146 kB           messages 0.31
    1 sample of 264 MB               messages 0.8, tool events 0.9
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from inspect_ai.event import Event, Timeline

from ..._inspect.events import LEGACY_SCORE_NAME
from ..._support.gc_control import gc_paused
from ..._support.shapes import is_mapping
from ..._types import TranscriptContent, TranscriptInfo
from ..contract import LoadedTranscript
from .attachments import Attachments, RawAttachments, may_refer
from .ids import IdDeriver
from .items import ItemDecoder, Raw, RefusedItems, Wanted, decode_part, wanted_event, wanted_message
from .pools import SamplePools
from .sections import RawSample, is_empty, is_missing, split_list, split_object, split_sample, split_until_events
from .source import ByteSource, SampleError
from .timelines import build_timelines, load_timelines
from .views import assemble_transcript, filter_events

# Below this, reading in chunks to stop early costs more than it can save.
_EARLY_STOP_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SampleDetails:
    """What a sample says about itself beyond messages and events, as JSON.

    Args:
        metadata: Metadata of the sample.
        target: Its target: a string or a list of strings.
        scores: Its scores by name.
    """

    metadata: Any = None
    target: Any = None
    scores: Any = None

    def overlay(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Copy the metadata of the index, with the sample's own values instead of shortened ones."""
        found: dict[str, Any] = {}
        if is_mapping(self.metadata) and self.metadata:
            found["sample_metadata"] = self.metadata
        if self.target is not None:
            found["target"] = self.target
        if is_mapping(self.scores) and self.scores:
            found["scores"] = self.scores
        return {**metadata, **found} if found else metadata


def decode_sample(source: ByteSource, info: TranscriptInfo, content: TranscriptContent) -> LoadedTranscript:
    """Decode what is asked for of one sample.

    Args:
        source: The JSON of the sample.
        info: What the index knows about it; goes into the transcript as it is.
        content: What to decode.

    Raises:
        SampleError: If it is not a JSON object, or one of its parts has the wrong shape. Of a single message or event
            that is malformed what can be read is kept (`repair`), with one warning per sample.
    """
    return decode_sections(lambda: _sections(source, content), info, content)


def decode_sections(
    sections: Callable[[], RawSample], info: TranscriptInfo, content: TranscriptContent
) -> LoadedTranscript:
    """Decode what is asked for of a transcript that is in parts already, as `decode_sample` does.

    Args:
        sections: Gives the parts; those that are not asked for may be missing.
        info: Description of the transcript; goes into it as it is.
        content: What to decode.

    Raises:
        SampleError: If one of the parts has the wrong shape.
    """
    try:
        # Objects made from JSON hold no cycles, but ten thousands of new ones make the collector walk the whole heap again
        # and again. Measured for everything of 200 samples: 1.75 s instead of 2.8 s.
        with gc_paused():
            return _SampleDecoder(sections(), info, content).decode()
    except RecursionError:
        raise SampleError("its JSON is nested too deeply") from None


def _sections(source: ByteSource, content: TranscriptContent) -> RawSample:
    needs_events = content.events is not None or content.timeline is not None
    if needs_events or source.size < _EARLY_STOP_BYTES:
        return split_sample(source.read())

    def enough(found: RawSample) -> bool:
        needs_no_attachments = not (is_missing(found.messages) or may_refer(found.messages))
        return (content.messages is None or needs_no_attachments) and details_complete(found, content)

    return split_until_events(source, enough)


def details_complete(found: RawSample, content: TranscriptContent) -> bool:
    """Tell whether everything that goes into the metadata was found."""
    if content.metadata is False:
        return True
    scores = not is_missing(found.scores) or not is_missing(found.score)
    return scores and not is_missing(found.target) and not is_missing(found.metadata)


class _SampleDecoder:
    """One pass over the raw parts of a sample."""

    def __init__(self, sections: RawSample, info: TranscriptInfo, content: TranscriptContent) -> None:
        self._sections, self._info, self._content = sections, info, content
        self._refused = RefusedItems(info.transcript_id)
        self._size = 0

    def decode(self) -> LoadedTranscript:
        """Decode everything asked for."""
        content = self._content
        wanted_events: Wanted | None = "all" if content.timeline is not None else content.events
        messages = self._select("messages", content.messages, wanted_message)
        events = self._select("events", wanted_events, wanted_event)
        table_of = self._sections.attachments
        attachments = None if is_empty(table_of) else RawAttachments(lambda: split_object(table_of, "attachments"))
        texts = None if attachments is None else attachments.get
        pools = self._pools(texts)
        transcript_id = self._info.transcript_id
        items = ItemDecoder(transcript_id, texts, self._refused, pools.expand)
        message_ids, event_ids = IdDeriver(transcript_id), IdDeriver(transcript_id)
        made_messages = [items.decode_message(raw, message_ids) for raw in messages]
        if content.messages is not None and content.messages != "all":
            made_messages = [message for message in made_messages if message.role in content.messages]
        made_events = [event for raw in events if (event := items.decode_event(raw, event_ids)) is not None]
        timelines = self._timelines(made_events)
        if content.events is not None and content.events != "all" and content.timeline is not None:
            made_events = filter_events(made_events, content.events)
        transcript = assemble_transcript(
            self._info,
            messages=made_messages,
            events=made_events,
            timelines=timelines,
            metadata=self._metadata(),
        )
        self._refused.report()
        shared = attachments.size if attachments is not None else 0
        return LoadedTranscript(transcript, self._size + shared + pools.size)

    def _select(self, name: str, wanted: Wanted | None, choose: Callable[[Raw, Wanted], bool]) -> list[msgspec.Raw]:
        if wanted is None:
            return []
        found = split_list(getattr(self._sections, name), name)
        names: Wanted = wanted if wanted == "all" else frozenset(wanted)
        chosen = list(found) if names == "all" else [raw for raw in found if choose(raw, names)]
        self._size += sum(len(memoryview(raw)) for raw in chosen)
        return chosen

    def _pools(self, attachments: Attachments | None) -> SamplePools:
        wanted = self._content.events is not None or self._content.timeline is not None
        messages = split_list(self._sections.message_pool, "message pool") if wanted else []
        calls = split_list(self._sections.call_pool, "call pool") if wanted else []
        transcript_id = self._info.transcript_id
        items = ItemDecoder(transcript_id, attachments, RefusedItems(transcript_id))
        return SamplePools(messages, calls, items, transcript_id)

    def _timelines(self, events: Sequence[Event]) -> list[Timeline]:
        wanted = self._content.timeline
        if wanted is None:
            return []
        stored = [decode_part(raw) for raw in split_list(self._sections.timelines, "timelines")]
        loaded = load_timelines(stored, events, lambda error: self._refused.add("timeline", error))
        return loaded or build_timelines(events, wanted)

    def _metadata(self) -> dict[str, Any]:
        if self._content.metadata is False:
            return self._info.metadata
        return decode_details(self._sections).overlay(self._info.metadata)


def decode_details(sections: RawSample) -> SampleDetails:
    """Decode what a sample says about itself."""
    named = decode_part(sections.scores)
    if named is None and (only := decode_part(sections.score)) is not None:
        named = {LEGACY_SCORE_NAME: only}
    return SampleDetails(decode_part(sections.metadata), decode_part(sections.target), named)
