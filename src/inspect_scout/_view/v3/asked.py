"""What queries of URLs may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from ..._app import ResultsRequest, Shown, TextMatcher

MAX_TEXT = 10_000
"""Characters of a condition, a cursor or a text that is sought."""

Phase = Literal["planned", "running", "complete", "errors", "interrupted"]


class PageAsked(BaseModel):
    """Which page of a list is wanted, and in which order."""

    order_by: list[str] = Field([], max_length=20, description="What to sort by; `-name` from the largest down.")
    limit: int = Field(100, ge=1, le=1000, description="Items at most.")
    cursor: str | None = Field(None, max_length=MAX_TEXT, description="The `next` of the page before.")


class ScansAsked(PageAsked):
    """Which scans are wanted."""

    state: list[Phase] = Field([], max_length=5, description="In one of these states.")
    tag: list[str] = Field([], max_length=50, description="With one of these tags (`*` and `?` work here and below).")
    scanner: list[str] = Field([], max_length=50, description="With one of these scanners.")
    model: list[str] = Field([], max_length=50, description="With one of these models.")
    text: str = Field("", max_length=1000, description="With this text in id, name, model, tags, scanners or location.")


class ResultsAsked(PageAsked):
    """Which results are wanted, and what of them."""

    where: str | None = Field(None, max_length=MAX_TEXT, description="SQL condition, as the commands take it.")
    columns: list[str] = Field(
        [], max_length=200, description="Columns, short names too; none: all but the heavy ones."
    )
    rows: Literal["results", "transcripts"] = Field("results", description="Each result, or each call of the scanner.")
    positive: bool = Field(False, description="Only what found something.")
    offset: int = Field(0, ge=0, description="Results before the page, instead of a cursor.")
    count: bool = Field(True, description="Whether to count the results of all pages.")

    def request(self) -> ResultsRequest:
        """Write what is wanted as the application takes it."""
        from ..._app import ResultsRequest

        return ResultsRequest(
            where=self.where,
            order_by=tuple(self.order_by),
            columns=tuple(self.columns),
            rows=self.rows,
            positive=self.positive,
            limit=self.limit,
            cursor=self.cursor,
            offset=self.offset,
            count=self.count,
        )


class EvidenceAsked(BaseModel):
    """What is wanted of the messages that results rest on."""

    messages: list[str] = Field([], max_length=100, description="Messages by number (`M5`, `M5..M9`); none: the cited.")
    context: int | None = Field(None, ge=0, le=1000, description="Messages around each cited one.")
    every: bool = Field(False, description="All messages.")
    full: bool = Field(False, description="Long messages whole.")
    transcripts: list[str] = Field([], max_length=20, description="Where the transcripts are now.")

    def shown(self) -> Shown:
        """Write what is wanted as the application takes it."""
        from ..._app import Shown, parse_message_range

        ranges = tuple(map(parse_message_range, self.messages))
        return Shown(ranges=ranges, context=self.context, every=self.every, full=self.full)


class TextAsked(BaseModel):
    """The text that is sought, and how."""

    q: str = Field(min_length=1, max_length=1000, description="The text to find.")
    regex: bool = Field(False, description="It is a regular expression (RE2).")
    case: bool = Field(False, description="Capital letters matter.")
    word: bool = Field(False, description="Only whole words count.")

    def matcher(self) -> TextMatcher:
        """Write what is sought as the application takes it."""
        from ..._app import TextMatcher

        return TextMatcher(self.q, self.regex, self.case, self.word)


class FindAsked(ResultsAsked, TextAsked):
    """What is sought, and in which results."""

    limit: int = Field(1000, ge=1, le=10_000, description="Cells that are told; more are counted.")


class FacetsAsked(BaseModel):
    """What results are counted by."""

    by: list[str] = Field(min_length=1, max_length=10, description="Columns, each counted on its own.")
    where: str | None = Field(None, max_length=MAX_TEXT, description="SQL condition, as the commands take it.")
    limit: int = Field(50, ge=1, le=1000, description="Groups of each column at most.")


class DistributionAsked(BaseModel):
    """Which values are counted."""

    column: str = Field("value", max_length=1000, description="The column whose values are counted.")
    by: list[str] = Field([], max_length=5, description="Columns that results are grouped by.")
    where: str | None = Field(None, max_length=MAX_TEXT, description="SQL condition, as the commands take it.")
    limit: int = Field(50, ge=1, le=1000, description="Values, and groups, at most.")
