"""The JSON files of a scan directory, each read as far as it can be: its definition, its summary, its errors.

Older scans and other programs write them, too, and files get damaged: what cannot be read of a file never costs the rest.
`light_spec`, `summary` and `errors` load none of the models of inspect_ai.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .errors import StoredError as StoredError
    from .errors import read_errors as read_errors
    from .lenient import read_leniently as read_leniently
    from .light_spec import LightScanner as LightScanner
    from .light_spec import LightSpec as LightSpec
    from .light_spec import LightVersion as LightVersion
    from .light_spec import pair_count as pair_count
    from .light_spec import parse_light_spec as parse_light_spec
    from .light_spec import transcript_count as transcript_count
    from .spec import MODELS as MODELS
    from .spec import parse_spec as parse_spec
    from .spec import unread_errors as unread_errors
    from .spec import with_models as with_models
    from .spec import with_transcripts as with_transcripts
    from .summary import StoredSummary as StoredSummary
    from .summary import doubtful_scanners as doubtful_scanners
    from .summary import is_complete as is_complete
    from .summary import read_summary as read_summary

_MODULES = {
    ".errors": "StoredError read_errors",
    ".lenient": "read_leniently",
    ".light_spec": "LightScanner LightSpec LightVersion pair_count parse_light_spec transcript_count",
    ".spec": "MODELS parse_spec unread_errors with_models with_transcripts",
    ".summary": "StoredSummary doubtful_scanners is_complete read_summary",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
