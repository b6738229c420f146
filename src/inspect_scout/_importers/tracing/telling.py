"""The run that spans tell of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..json_values import Json, JsonObject
from ..run import Agent, TraceRun
from .agent_line import AgentLine
from .spans import Node, Span, SpanTree


@dataclass(frozen=True, slots=True)
class Told:
    """What spans say of their run as a whole.

    Args:
        root: The span that it begins with.
        agent: Name of its agent.
        session: Id of the conversation that it belongs to.
        seconds: How long the root took (None: not known).
        error: What went wrong with the root (None: nothing).
        count: How many spans there are.
        skipped: How many of them are the inside of programs, and left out.
        content: Whether calls of models say what was said: all, some or none of them.
        circles: How many spans stand in themselves.
    """

    root: Span
    agent: str | None
    session: str | None
    seconds: float | None
    error: str | None
    count: int
    skipped: int
    content: str
    circles: int

    def metadata(self) -> JsonObject:
        """Say it in the metadata of a transcript."""
        content = {} if self.content == "all" else {"content": self.content}
        return {"records": self.count, "skipped": self.skipped, "unknown": 0, "broken": self.circles, **content}


@dataclass(slots=True)
class _Place:
    """Where the children of a span stand."""

    line: AgentLine | None
    inside: str | None
    agent: Agent


def tell(run: TraceRun, spans: Iterable[Span]) -> Told | None:
    """Add what spans tell to a run; None if none of them is about an agent, a model or a tool.

    Each agent is a line of its own. Calls repeat what was said before: only what is new becomes a message. The messages of the run are
    those of the longest call of its main agent. Tokens are those of calls of models, never of spans around them.
    """
    tree = SpanTree(spans)
    if all(node.span.kind == "other" for node in tree.nodes()):
        return None
    return _Telling(run, tree).tell()


class _Telling:
    def __init__(self, run: TraceRun, tree: SpanTree) -> None:
        self._run, self._tree = run, tree
        self._main = AgentLine(run.main)
        self._lines = [self._main]
        self._places: dict[int, _Place] = {}
        tops = [node for node in tree.nodes() if node.span.kind == "agent" and _agent_around(node) is None]
        self._main_agent = tops[0] if len(tops) == 1 else None

    def tell(self) -> Told:
        count = skipped = known = silent = 0
        for node, is_entered in self._tree.steps():
            if not is_entered:
                self._leave(node)
                continue
            count += 1
            if not node.is_told:
                skipped += 1
                self._places[id(node)] = self._around(node)
                continue
            if node.span.call is not None:
                known, silent = known + node.span.call.has_content, silent + (not node.span.call.has_content)
            self._enter(node)
        for line in self._lines:
            line.finish()
        self._run.main.end()
        if not self._main.longest:
            self._run.main.said = max((line.longest for line in self._lines), key=len)
        return self._told(count, skipped, "all" if not silent and known else "some" if known else "none")

    def _around(self, node: Node) -> _Place:
        if node.parent is None:
            return _Place(self._main, None, self._run.main)
        return self._places[id(node.parent)]

    def _enter(self, node: Node) -> None:
        span, around = node.span, self._around(node)
        place = around
        if span.kind == "model":
            line = around.line
            if line is None:  # a tool that asks a model itself
                around.line = line = self._begin_line(Agent(self._run, around.inside), span)
            line.call(span, around.inside)
        elif span.use is not None:
            inside = self._run.span(f"tool-{span.id}", span.use.function, "tool", around.inside, span.start)
            started = _agent_below(node)
            if around.line is None:  # a tool that uses another
                around.line = self._begin_line(Agent(self._run, around.inside), span)
            around.line.use(span, span.use, inside, None if started is None else f"agent-{started.span.id}")
            place = _Place(None, inside, around.agent)
        elif span.kind == "agent" and node is self._main_agent:
            place = _Place(self._main, around.inside, self._run.main)
        elif span.kind == "agent":
            name = span.agent or span.name
            inside = self._run.span(f"agent-{span.id}", name, "agent", around.inside, span.start)
            agent = Agent(self._run, inside)
            place = _Place(self._begin_line(agent, span), inside, agent)
        else:
            place = _Place(
                around.line, self._run.span(span.id, span.name, None, around.inside, span.start), around.agent
            )
        if span.error is not None and span.kind in ("agent", "other"):
            self._run.fail(f"error-{span.id}", span.end or span.start, place.inside, span.error)
        if span.note is not None:
            self._run.emit("info", f"info-{span.id}", span.start, place.inside, source=span.name, data=span.note)
        self._places[id(node)] = place

    def _leave(self, node: Node) -> None:
        place = self._places.pop(id(node))
        if not node.is_told or node.span.kind == "model" or node is self._main_agent or place.inside is None:
            return
        if node.span.kind == "agent":
            place.agent.end(node.span.end)
        else:
            self._run.end_span(place.inside, node.span.end)

    def _begin_line(self, agent: Agent, span: Span) -> AgentLine:
        line = AgentLine(agent, span.id)
        self._lines.append(line)
        return line

    def _told(self, count: int, skipped: int, content: str) -> Told:
        root = self._tree.roots[0].span
        main = self._main_agent.span if self._main_agent is not None else root
        sessions: Iterable[Json] = (node.span.session for node in self._tree.nodes())
        return Told(
            root,
            main.agent or root.agent,
            next((session for session in sessions if session), None),
            seconds_between(root.start, root.end),
            root.error,
            count,
            skipped,
            content,
            self._tree.circles,
        )


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Give the seconds between two times; None if one is not known, or the clock went backwards."""
    if start is None or end is None:
        return None
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    return round(seconds, 6) if seconds >= 0 else None


def _agent_around(node: Node) -> Node | None:
    parent = node.parent
    while parent is not None and parent.span.kind != "agent":
        parent = parent.parent
    return parent


def _agent_below(node: Node) -> Node | None:
    """The agent that a tool has started."""
    pending = deque(node.children)
    while pending:
        each = pending.popleft()
        if each.span.kind == "agent":
            return each
        if each.span.kind == "other":
            pending.extend(each.children)
    return None
