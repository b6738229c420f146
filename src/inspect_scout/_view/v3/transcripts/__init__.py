"""Transcripts in `/api/v3`: pages and facets of them, and windows on what is in one.

lists     pages, facets, neighbours, descriptions    contents  messages and events by range, attachments
parameters  what routes take                         answers   how answers are written
"""

from __future__ import annotations

from fastapi import APIRouter

from .contents import router as contents
from .lists import router as lists

router = APIRouter()
# What is named by a transcript comes first: an id may hold slashes.
router.include_router(contents)
router.include_router(lists)

__all__ = ["router"]
