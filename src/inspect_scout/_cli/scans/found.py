"""What scanners found, as tables: a row for each scanner, or for each group of its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..._support.terminal import one_line, plural
from ..stdout import cell_text
from .sections import Section

if TYPE_CHECKING:
    from ..._app import ScannerBreakdown, ScannerFindings
    from ..._display import Tone
    from ..._statistics import Proportion

MAX_KINDS = 5
MAX_KIND_CHARACTERS = 40
MAX_GROUP_CHARACTERS = 200
RATE = "rate (95%)"
KINDS = "labels, values"


def findings_section(found: Sequence[ScannerFindings]) -> Section:
    """Tell what each scanner found; columns that would say nothing are left out."""
    headers = ["scanner", "found in", RATE]
    rows = [[each.scanner, _part(each.found, each.unit), rate_text(each.found)] for each in found]
    more: dict[str, list[int | None]] = {
        "results": [each.results if each.has_lists else 0 for each in found],
        "nulls": [each.nulls for each in found],
        "errors": [each.errors for each in found],
    }
    for name, counts in more.items():
        if any(counts):
            headers.append(name)
            for row, count in zip(rows, counts, strict=True):
                row.append("?" if count is None else f"{count:,}" if count else "-")
    if any(each.kinds for each in found):
        headers.append(KINDS)
        for row, each in zip(rows, found, strict=True):
            row.append(_kinds(each))
    tones: list[Tone] = ["warning" if each.errors else "text" if each.found.positive else "detail" for each in found]
    return Section("", headers, rows, tones, optional=("nulls", "results", KINDS), whole=("found in", RATE, "errors"))


def breakdown_section(breakdown: ScannerBreakdown, limit: int | None) -> Section:
    """Tell what a scanner found in each group.

    Args:
        breakdown: The groups.
        limit: Groups at most (None: all).
    """
    scanner, unit, by = breakdown.scanner, breakdown.unit, ", ".join(breakdown.by)
    groups = breakdown.groups[:limit]
    if not groups:
        return Section(f"{scanner} by {by}: nothing to count")
    with_results = any(group.results != group.found.positive for group in groups)
    # Beside a share of all inputs, how many results there are says what the share does not.
    headers = [*breakdown.by, "in" if breakdown.is_share else "found in", RATE]
    headers += ["results"] if with_results else []
    counted = [name for name in ("nulls", "errors") if any(getattr(group, name) for group in groups)]
    rows = [
        [
            *(_value(value) for value in group.values),
            f"{group.found.positive:,} of {group.found.n:,}" if group.found.n else "none judged",
            rate_text(group.found),
            *([f"{group.results:,}"] if with_results else []),
            *(f"{getattr(group, name):,}" for name in counted),
        ]
        for group in groups
    ]
    judged = plural(groups[0].found.n, unit) if breakdown.is_share else f"{unit}s"
    tones: list[Tone] = ["text" if group.found.positive else "detail" for group in groups]
    left = len(breakdown.groups) - len(groups)
    return Section(
        f"{scanner} by {by}: shares of {judged}",
        [*headers, *counted],
        rows,
        tones,
        optional=("nulls", "results"),
        whole=(headers[len(breakdown.by)], RATE),
        note=f"and {plural(left, 'more group')}: show them with a larger --limit" if left else "",
    )


def remark_sections(found: Sequence[ScannerFindings], where_said: bool) -> list[Section]:
    """Say what of the findings needs a word: what is counted, and who found nothing."""
    remarks = [Section("counts and rates are of what --where selects")] if where_said and found else []
    selected = [each.scanner for each in found if each.unit == "result"]
    if selected:
        names = ", ".join(selected)
        remarks.append(Section(f"{names}: results are counted, not inputs: --where selects some of those in lists"))
    without = [each.scanner for each in found if not each.found.positive]
    if found and len(without) == len(found):
        remarks.append(Section("nothing found" + (" among the results that --where selects" if where_said else "")))
    elif without:
        remarks.append(Section(f"nothing found by {', '.join(without)}"))
    return remarks


def rate_text(proportion: Proportion) -> str:
    """Write a rate with its interval: "25% (9-53)"; with decimals where it is small."""
    rate, interval = proportion.rate, proportion.interval()
    if rate is None or interval is None:
        return "-"
    digits = 0 if interval[1] >= 0.1 or not rate else 1
    low, high = (f"{100 * end:.{digits}f}" for end in interval)
    return f"{rate:.{digits}%} ({low}-{high})"


def _part(proportion: Proportion, unit: str) -> str:
    return f"{proportion.positive:,} of {plural(proportion.n, unit)}" if proportion.n else "none judged"


def _kinds(found: ScannerFindings) -> str:
    shown = [f"{one_line(_value(kind.value), MAX_KIND_CHARACTERS)}: {kind.count:,}" for kind in found.kinds[:MAX_KINDS]]
    left = len(found.kinds) - len(shown)
    return ", ".join([*shown, *([f"{left:,} more"] if left else [])])


def _value(value: object) -> str:
    return "(none)" if value is None else one_line(cell_text(value), MAX_GROUP_CHARACTERS) or "(empty)"
