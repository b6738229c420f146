"""Messages as text, the numbers they are cited by, and the citations read back.

One numbering serves rendering, searching and `tool_callers`: see design/002-one-numbering.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .citations import MOST_UNSEEN as MOST_UNSEEN
    from .citations import MessageCitations as MessageCitations
    from .citations import cited_numbers as cited_numbers
    from .entry import MessageFormatOptions as MessageFormatOptions
    from .entry import content_as_str as content_as_str
    from .entry import message_as_str as message_as_str
    from .numbers import Numbering as Numbering
    from .numbers import tool_callers as tool_callers
    from .thread import ExtractReferences as ExtractReferences
    from .thread import LabelForId as LabelForId
    from .thread import MessagesPreprocessor as MessagesPreprocessor
    from .thread import NumberedRender as NumberedRender
    from .thread import RenderMessages as RenderMessages
    from .thread import message_numbering as message_numbering
    from .thread import messages_as_str as messages_as_str

_MODULES = {
    ".citations": "MOST_UNSEEN MessageCitations cited_numbers",
    ".entry": "MessageFormatOptions content_as_str message_as_str",
    ".numbers": "Numbering tool_callers",
    ".thread": "ExtractReferences LabelForId MessagesPreprocessor NumberedRender RenderMessages message_numbering"
    " messages_as_str",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
