"""The sub-agents of an open transcript: what each was asked, what it answered, and what that took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..._scanners import plain_message
from ..._support.shapes import is_list, is_mapping
from .attachments import Texts
from .facts import AgentFacts, event_facts, message_facts
from .records import AgentItem, AgentRange
from .texts import clean_text, fold_text
from .times import seconds_between

if TYPE_CHECKING:
    from .sample import OpenedTranscript

# How far from the end of its input an agent is looked for what it was asked.
_MOST_INPUT: Final = 50


def read_agents(opened: OpenedTranscript, start: int, limit: int, characters: int) -> AgentRange:
    """Read sub-agents in the order in which they began; used in a thread.

    Args:
        opened: The transcript.
        start: Place of the first, from 1.
        limit: How many at most.
        characters: How much is shown of what each was asked, and answered.
    """
    facts = event_facts(opened)
    chosen = tuple(islice(facts.agents.values(), start - 1, start - 1 + limit))
    reader = _AgentReader(opened, characters, _messages_of(opened, chosen))
    items = tuple(map(reader.item, chosen))
    return AgentRange(items, start, start + len(items), facts.agents_total)


class _AgentReader:
    """Reads the calls of agents.

    Args:
        opened: The transcript.
        characters: How much is shown of a text.
        messages: First and last message of the transcript that agents made, by the ids of these.
    """

    def __init__(self, opened: OpenedTranscript, characters: int, messages: Mapping[str, tuple[int, int]]) -> None:
        self._opened, self._characters, self._messages = opened, characters, messages
        self._texts = Texts(opened.sample)

    def item(self, agent: AgentFacts) -> AgentItem:
        """Describe one."""
        asked, asked_folded = self._shown(self._asked(agent))
        answered, answered_folded = self._shown(self._answered(agent))
        span = agent.span
        first, last = self._messages.get(span.id, (None, None))
        return AgentItem(
            id=span.id,
            name=span.name,
            parent_id=span.parent_id,
            asked=asked,
            asked_folded=asked_folded,
            answered=answered,
            answered_folded=answered_folded,
            turns=agent.turns,
            tokens=agent.tokens,
            seconds=seconds_between(agent.begun, agent.ended),
            first_event=span.first,
            last_event=span.last,
            first_message=first,
            last_message=last,
            call_id=agent.asked_by,
        )

    def _shown(self, message: object) -> tuple[str | None, int]:
        if message is None:
            return None, 0
        return fold_text(clean_text(plain_message("", message).text), self._characters)

    def _asked(self, agent: AgentFacts) -> object:
        """Find the last message of the user in the input of its first call."""
        for message in islice(self._input_backwards(self._event(agent.first_call)), _MOST_INPUT):
            if is_mapping(message) and message.get("role") == "user":
                return message
        return None

    def _answered(self, agent: AgentFacts) -> object:
        """Find what its last call made."""
        output = self._event(agent.last_call).get("output")
        choices = output.get("choices") if is_mapping(output) else None
        choice = choices[0] if is_list(choices) and choices else None
        return choice.get("message") if is_mapping(choice) else None

    def _event(self, number: int | None) -> Mapping[str, object]:
        if number is None:
            return {}
        event = self._texts.resolved(self._opened.raw("events", number))
        return event if is_mapping(event) else {}

    def _input_backwards(self, event: Mapping[str, object]) -> Iterator[object]:
        refs, given = event.get("input_refs"), event.get("input")
        if not is_list(refs):
            yield from reversed(given if is_list(given) else [])
            return
        sample = self._opened.sample
        count = sample.count("message_pool")[0]
        for ref in reversed(refs):
            if is_list(ref) and len(ref) == 2 and all(isinstance(end, int) for end in ref):
                for place in reversed(range(*slice(*ref).indices(count))):
                    yield self._texts.resolved(sample.raw("message_pool", place))


def _messages_of(opened: OpenedTranscript, agents: Sequence[AgentFacts]) -> dict[str, tuple[int, int]]:
    """Find the first and the last message of the transcript that each agent's own calls made."""
    owners = {id: agent.span.id for agent in agents for id in agent.outputs}
    found: dict[str, tuple[int, int]] = {}
    if owners:
        for number, id in enumerate(message_facts(opened).ids, 1):
            if (owner := owners.get(id)) is not None:
                found[owner] = found.get(owner, (number, number))[0], number
    return found
