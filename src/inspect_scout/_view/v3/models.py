"""What the routes about scans answer with, as the generated types of the page know it."""

from __future__ import annotations

from pydantic import BaseModel, Field, JsonValue

from .asked import Phase


class ScanItem(BaseModel):
    """A scan of a list."""

    scan_id: str
    name: str
    location: str
    timestamp: str
    state: Phase
    complete: bool
    transcripts: int
    results: int | None = Field(description="Results that found something; null: not counted, as in old scans.")
    error_count: int
    unread: int = Field(description="Logs that were not read, or not whole.")
    versions: dict[str, list[dict[str, JsonValue]]] | None = None
    scanner_names: list[str]
    done: int | None = Field(description="Pairs of transcript and scanner that are recorded; null: not counted.")
    total: int
    model: str | None
    tags: list[str]
    cost: float | None


class ScanItems(BaseModel):
    """A page of scans."""

    items: list[ScanItem]
    total: int
    next: str | None


class ErrorCause(BaseModel):
    """Errors of one cause."""

    error: str
    count: int
    refusal: bool
    scanners: dict[str, int]
    transcript_count: int
    transcripts: list[str]
    traceback: str | None = None


class ResultItems(BaseModel):
    """A page of results: each a record of its columns."""

    items: list[dict[str, JsonValue]]
    total: int | None
    next: str | None


class Mistake(BaseModel):
    """Why a request was refused."""

    detail: str
