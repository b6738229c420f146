"""What lists show of a scan besides how it stands: small parts of the file that defines it, without its transcripts."""

from __future__ import annotations

import msgspec

from ..._support.errors import LocationError
from ..._support.json import loads
from ..._support.shapes import is_mapping
from ..._support.storage import Storage, storage_for
from .light_spec import read_spec_text


class ScanDescription(msgspec.Struct, frozen=True):
    """What lists show of a scan besides how it stands; what is missing or odd is None.

    Args:
        scan_file: Its job file.
        scan_args: Arguments of the job.
        packages: Versions of packages.
        metadata: Its metadata.
        revision: Revision of the code.
    """

    scan_file: object = None
    scan_args: object = None
    packages: object = None
    metadata: object = None
    revision: object = None


_DECODER = msgspec.json.Decoder(ScanDescription)


async def read_description(location: str, storage: Storage | None = None) -> ScanDescription:
    """Read what lists show of a scan; of one whose file is gone or damaged nothing is known.

    Args:
        location: Its directory.
        storage: Where it is (None: what serves the location).
    """
    where = storage if storage is not None else storage_for(location)
    try:
        text = await read_spec_text(where, location)
    except LocationError:
        return ScanDescription()
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _lenient(text)


def _lenient(text: bytes) -> ScanDescription:
    """Read a file that a strict reader refuses: one with NaN in it, say."""
    try:
        fields = loads(text)
    except (ValueError, RecursionError):
        return ScanDescription()
    known = ScanDescription.__struct_fields__
    return ScanDescription(**{name: fields.get(name) for name in known}) if is_mapping(fields) else ScanDescription()
