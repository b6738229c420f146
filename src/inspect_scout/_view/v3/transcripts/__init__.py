"""Transcripts in `/api/v3`: pages and facets of them, and windows on what is in one.

lists     pages, facets, neighbours, descriptions    contents  messages and events by range, attachments
finding   texts in one or in all
parameters  what routes take
"""

from __future__ import annotations

from fastapi import APIRouter

from .contents import router as contents
from .finding import corpus_router as corpus_finding
from .finding import router as finding
from .lists import router as lists

router = APIRouter()
# What is named by a transcript comes first: an id may hold slashes.
router.include_router(contents)
router.include_router(finding)
router.include_router(corpus_finding)
router.include_router(lists)

__all__ = ["router"]
