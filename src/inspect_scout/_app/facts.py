"""What is known of a scan before it runs."""

from __future__ import annotations

from .._types import ScanFacts, ScanSpec


def facts_of(spec: ScanSpec, location: str) -> ScanFacts:
    """Tell what is known of a scan before it runs."""
    model = (
        {"model": spec.model.model, **spec.model.config.model_dump(mode="json", exclude_none=True)}
        if spec.model
        else {}
    )
    tags = {"tags": ",".join(spec.tags)} if spec.tags else {}
    options = {**(spec.scan_args or {}), **spec.options.model_dump(mode="json", exclude_none=True), **model, **tags}
    return ScanFacts(
        scan_id=spec.scan_id,
        name=spec.scan_file or spec.scan_name,
        location=location,
        transcripts=len(spec.transcripts.transcript_ids) if spec.transcripts else 0,
        scanners=tuple(spec.scanners),
        options=options,
        created=spec.timestamp.isoformat(),
        tags=tuple(spec.tags or ()),
        model=spec.model.model if spec.model else "",
        unread=(spec.transcripts.unread if spec.transcripts else None) or {},
        accepted=(spec.transcripts.accepted if spec.transcripts else None) or {},
    )
