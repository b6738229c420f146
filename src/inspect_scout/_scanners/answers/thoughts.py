"""What a model thinks to itself inside its reply: found, and taken out, because a draft in it is not an answer.

Most providers part the thoughts from the reply. Where they do not, the thoughts stand in it between marks, and the
spelling of the marks depends on the model and on the server that runs it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

THOUGHT_MARK = "\0"
"""What stands in a text where a thought was. No storable text holds this character (see `storable`)."""

_NAME = (
    r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|rationale|reflect(?:ion|ions|ing)?|scratch[_-]?pad|analysis|deliberation"
    r"|chain[_-]of[_-]thought|cot|(?:(?:inner|internal)[_-])?monologue|planning|drafts?|brainstorm(?:ing)?)"
    r"(?:[_-](?:process|content|steps?|trace))?"
)
_SPECIAL = rf"(?:(?:begin|start|end)[_\u2581-])?(?:of[_\u2581-])?{_NAME}(?:[_\u2581-](?:begin|start|end))?"
# One alternative for each way to mark a block; a slash or "end" closes.
_MARK = re.compile(
    rf"\\?(?:<|&lt;|\uff1c)[ ]{{0,3}}(?P<close>/?)[ ]{{0,3}}(?:[a-z0-9]{{1,16}}[:_-]|ant)?(?P<tag>{_NAME})"
    r"(?:\s[^<>\n]{0,200}?)?(?P<empty>/?)[ ]{0,3}\\?(?:>|&gt;|\uff1e)"
    rf"|\[(?P<bracket_close>/?)(?P<bracket>{_NAME})\]"
    r"|\u25c1(?P<triangle_close>/?)think(?:ing)?\u25b7"
    rf"|<[|\uff5c](?P<special>/?{_SPECIAL})[|\uff5c]>"
    r"|<\|channel\|?>[ ]{0,3}(?P<channel>[a-z]{0,20})(?:[^<>\n]{0,100}(?:<\|constrain\|>[a-z]{0,20})?<\|message\|>)?"
    r"|(?P<channel_end><channel\|>|<\|end\|>|<unused95>)|(?P<unused><unused94>)"
    r"|<(?P<details_close>/?)details(?P<details>\s[^<>\n]{0,200})?>"
    rf"|^[ ]{{0,3}}```[ \t]{{0,4}}(?P<fence>(?:{_NAME})?)[ \t]{{0,4}}$",
    re.IGNORECASE | re.MULTILINE,
)
_THOUGHTFUL = re.compile(r"reasoning|think|thought", re.IGNORECASE)
# Tags that are spoken of: "the `<think>` says", "the <think> block says".
_QUOTED = {("`", "`"), ('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("\u00ab", "\u00bb")}
_SPOKEN_OF = re.compile(r"[ ]{1,3}(?:block|tag|section|element|marker|token)s?\b", re.IGNORECASE)
_FINAL = frozenset({"final", "response", "answer"})
# A call of a tool that was offered goes by the same channels as thoughts.
_CALL = "to=functions."
# What is left of channels where a server drops their marks.
_BARE_ANALYSIS, _BARE_FINAL = "analysis", "assistantfinal"


@dataclass(frozen=True, slots=True)
class SeparatedText:
    """A text with a `THOUGHT_MARK` for each thought in it, and the thoughts, in order."""

    text: str
    thoughts: tuple[str, ...] = ()

    def whole(self, part: str) -> str:
        """Put the thoughts back into a part of the text that begins where the text begins."""
        pieces = part.split(THOUGHT_MARK)
        return "".join([p + t for p, t in zip(pieces, (*self.thoughts[: len(pieces) - 1], ""), strict=True)])


def separate_thoughts(text: str) -> SeparatedText:
    """Take the thoughts out of a text.

    A block that is never closed goes on to the end. Where one is closed that was never opened, everything before
    is thought: some servers write the opening mark into the prompt.
    """
    spans = _thoughts(text)
    if not spans:
        return SeparatedText(text)
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces.append(text[position:start])
        position = end
    return SeparatedText(THOUGHT_MARK.join([*pieces, text[position:]]), tuple(text[start:end] for start, end in spans))


class _Blocks:
    """Which blocks are open, and where thoughts were, while the marks of a text are gone through."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.open: list[str] = []
        self.names: Counter[str] = Counter()
        self.begin = 0

    def opens(self, name: str, start: int) -> None:
        if not self.open:
            self.begin = start
        self.open.append(name)
        self.names[name] += 1

    def closes(self, name: str, end: int) -> None:
        if not self.open:
            self.all_before(end)
            return
        # Blocks that are open inside it end with it; a mark of another spelling ends the innermost one.
        through = name if self.names[name] else self.open[-1]
        closed = ""
        while closed != through:
            closed = self.open.pop()
            self.names[closed] -= 1
        if not self.open:
            self.spans.append((self.begin, end))

    def all_before(self, end: int) -> None:
        self.spans = [(0, end)]
        self.open.clear()
        self.names.clear()


def _thoughts(text: str) -> list[tuple[int, int]]:
    blocks = _Blocks()
    if text.lstrip().startswith(_BARE_ANALYSIS) and (final := text.rfind(_BARE_FINAL)) >= 0:
        blocks.all_before(final + len(_BARE_FINAL))
    for mark in _MARK.finditer(text, blocks.spans[0][1] if blocks.spans else 0):
        _take(blocks, mark, text)
    if blocks.open:
        blocks.spans.append((blocks.begin, len(text)))
    return blocks.spans


def _take(blocks: _Blocks, mark: re.Match[str], text: str) -> None:
    channel, fence = mark["channel"] if not mark["unused"] else "thought", mark["fence"]
    if channel is not None:
        if channel.lower() in _FINAL or _CALL in mark[0]:
            blocks.all_before(mark.end())
        else:
            blocks.opens("channel", mark.start())
    elif mark["channel_end"]:
        if blocks.names["channel"] or mark["channel_end"] != "<|end|>":
            blocks.closes("channel", mark.end())
    elif mark["details_close"] is not None:
        _take_details(blocks, mark)
    elif fence is not None:
        if fence:
            blocks.opens("fence", mark.start())
        elif blocks.open and blocks.open[-1] == "fence":
            blocks.closes("fence", mark.end())
    else:
        _take_tag(blocks, mark, text)


def _take_details(blocks: _Blocks, mark: re.Match[str]) -> None:
    # Other details than thoughts matter only inside them.
    if mark["details_close"]:
        if blocks.names["details"]:
            blocks.closes("details", mark.end())
    elif blocks.names["details"] or _THOUGHTFUL.search(mark["details"] or ""):
        blocks.opens("details", mark.start())


def _take_tag(blocks: _Blocks, mark: re.Match[str], text: str) -> None:
    around = (text[max(mark.start() - 1, 0) : mark.start()], text[mark.end() : mark.end() + 1])
    if mark["empty"] or around in _QUOTED or _SPOKEN_OF.match(text, mark.end()):
        return
    name, closes = _name_of(mark)
    if closes:
        blocks.closes(name, mark.end())
    elif not mark["bracket"] or name == "think" or f"[/{mark['bracket']}]" in text[mark.end() :]:
        # "[Reasoning] It says so." is a heading.
        blocks.opens(name, mark.start())


def _name_of(mark: re.Match[str]) -> tuple[str, bool]:
    if mark["special"]:
        said = mark["special"].lower()
        return "special", said.startswith("/") or "end" in re.split(r"[_\u2581-]", said)
    name = (mark["tag"] or mark["bracket"] or "think").lower()
    closes = bool(mark["close"] or mark["bracket_close"] or mark["triangle_close"])
    return "think" if name == "thinking" else name, closes
