"""Spans of any tracing system, and the tree that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..json_values import Json, JsonObject
from ..run import Message, StopReason
from ..usage import Usage

SpanKind = Literal["model", "tool", "agent", "other"]


@dataclass(slots=True)
class CalledModel:
    """What a span tells of a call of a model.

    Args:
        model: The model (empty: unknown).
        input: Messages that it was given, in the JSON of Inspect; they need no ids.
        output: Its answers, one for each choice, in the same form.
        usage: Tokens (None: not known).
        stop: Why it ended.
        tools: Tools that it was given, as Inspect has them.
        config: How it was asked, as Inspect has it.
        response_id: What the provider called the answer (None: not known).
    """

    model: str = ""
    input: Sequence[Message] = ()
    output: Sequence[Message] = ()
    usage: Usage | None = None
    stop: StopReason = "unknown"
    tools: Sequence[JsonObject] = ()
    config: JsonObject = field(default_factory=dict[str, Json])
    response_id: str | None = None

    @property
    def has_content(self) -> bool:
        """Whether anything is known of what was said."""
        return bool(self.input or self.output)


@dataclass(slots=True)
class ToolUse:
    """What a span tells of the use of a tool.

    Args:
        function: Its name.
        arguments: What it was given.
        result: What it gave, as content of a message (None: not known).
        call_id: Id of the call that it answers (None: not known).
    """

    function: str
    arguments: JsonObject = field(default_factory=dict[str, Json])
    result: Json = None
    call_id: str | None = None


@dataclass(slots=True)
class Span:
    """A span.

    Args:
        id: Its id; of several with the same id the last one counts.
        parent_id: Id of the span that it stands in (None: none).
        name: What the program calls it.
        start: When it began, as ISO text in UTC (None: not known).
        end: When it ended.
        kind: What it is.
        error: What went wrong with it (None: nothing).
        call: Of a call of a model: what is known of it.
        use: Of a use of a tool: what is known of it.
        agent: Name of the agent that it is about.
        session: Id of the conversation that it belongs to.
        note: What it did, if it is worth to be told and neither a call, nor the use of a tool (None: nothing).
        metadata: Of a root: what describes the program, and what it said of the run.
    """

    id: str
    parent_id: str | None
    name: str
    start: str | None = None
    end: str | None = None
    kind: SpanKind = "other"
    error: str | None = None
    call: CalledModel | None = None
    use: ToolUse | None = None
    agent: str | None = None
    session: str | None = None
    note: JsonObject | None = None
    metadata: JsonObject = field(default_factory=dict[str, Json])

    @property
    def order(self) -> tuple[str, str, str]:
        """Siblings stand in this order."""
        return self.start or "", self.end or "", self.id


@dataclass(slots=True)
class Node:
    """A span in its tree.

    Args:
        span: The span.
        parent: The node that it stands in.
        children: Those that stand in it, in their order.
        is_told: Whether it, or anything in it, is more than the inside of a program.
    """

    span: Span
    parent: Node | None = None
    children: list[Node] = field(default_factory=list["Node"])
    is_told: bool = False


Step: TypeAlias = "tuple[Node, bool]"
"""A node that is entered (True) or left."""


class SpanTree:
    """Spans as a tree: parents first, siblings in the order of their times. The order in which they come does not matter.

    A span whose parent is missing is another root; of those that stand in each other in a circle, the one that began first is.

    Args:
        spans: The spans.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        nodes = {span.id: Node(span) for span in spans}
        in_order = sorted(nodes.values(), key=lambda node: node.span.order)
        self.roots: list[Node] = []
        self.circles = 0
        for node in in_order:
            parent = nodes.get(node.span.parent_id or "")
            if parent is None or parent is node:
                self.roots.append(node)
            else:
                node.parent = parent
                parent.children.append(node)
        self._cut_circles(in_order)
        self._count_calls_once()
        for node in reversed(list(self.nodes())):
            span = node.span
            node.is_told |= span.kind != "other" or span.error is not None or span.note is not None
            if node.parent is not None:
                node.parent.is_told |= node.is_told

    def nodes(self) -> Iterator[Node]:
        """Give all nodes, parents first."""
        return (node for node, is_entered in self.steps() if is_entered)

    def steps(self) -> Iterator[Step]:
        """Go through the tree: each node is entered, then those in it, then it is left."""
        pending: list[Step] = [(root, True) for root in reversed(self.roots)]
        while pending:
            step = pending.pop()
            yield step
            node, is_entered = step
            if is_entered:
                pending.append((node, False))
                pending.extend((child, True) for child in reversed(node.children))

    def _cut_circles(self, in_order: Sequence[Node]) -> None:
        reached = {id(node) for node in self.nodes()}
        for node in in_order:
            if id(node) not in reached:
                if node.parent is not None:
                    node.parent.children.remove(node)
                node.parent = None
                self.roots.append(node)
                self.circles += 1
                pending = [node]
                while pending:
                    each = pending.pop()
                    reached.add(id(each))
                    pending.extend(each.children)
        self.roots.sort(key=lambda node: node.span.order)

    def _count_calls_once(self) -> None:
        """Let each call of a model count once: two libraries in one program write two spans for it, the one in the other."""
        answered: dict[str, Node] = {}
        for node in reversed(list(self.nodes())):  # what stands inside comes first
            call = node.span.call
            if call is None:
                continue
            inner = _calls_below(node)
            if inner and (not call.has_content or any(each.span.call and each.span.call.has_content for each in inner)):
                _is_no_call(node)
                continue
            for each in inner:
                if call.usage is None and each.span.call is not None:
                    call.usage = each.span.call.usage
                _is_no_call(each)
            other = answered.get(call.response_id or "")
            if other is not None and other.span.call is not None and _overlap(node.span, other.span):
                is_better = call.has_content and not other.span.call.has_content
                _is_no_call(other if is_better else node)
                if not is_better:
                    continue
            if call.response_id:
                answered[call.response_id] = node


def _calls_below(node: Node) -> list[Node]:
    found: list[Node] = []
    pending = list(node.children)
    while pending:
        each = pending.pop()
        if each.span.kind == "model":
            found.append(each)
        elif each.span.kind == "other":
            pending.extend(each.children)
    return found


def _overlap(one: Span, other: Span) -> bool:
    """Whether two spans may be of one call: some servers give all answers the same id."""
    return not any(
        first.end is not None and second.start is not None and first.end < second.start
        for first, second in ((one, other), (other, one))
    )


def _is_no_call(node: Node) -> None:
    node.span.kind, node.span.call = "other", None
