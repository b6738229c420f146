"""The command `scout scan diff`."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..._support.terminal import one_line, plural
from ..contract import DONE
from ..options import SectionCommand, SectionOption, display_options, json_option, pop_output_options
from ..scan_argument import relative_to_cwd, scan_argument, scans_option
from ..stdout import cell_text, write_json
from ..use_cases import run_use_case
from ..values import WholeNumber

if TYPE_CHECKING:
    from ..._app import ScanDiff, ScannerDiff, SettingDifference, VerdictPair
    from ..._display import Display
    from ..._results import RecordedVerdict

EPILOG = """\b
Examples:
  scout scan diff latest~1 latest
  scout scan diff 4Kd8xQ2m 9hTz3LwB --scanner refusal
  scout scan diff latest latest --scanner refusal --scanner-b refusal_strict
  scout scan diff latest~1 latest --json | jq '.scanners[].kappa'
"""
SECTION = "Comparison options"
MAX_FLIPS = 10
MAX_TEXT_CHARACTERS = 200
SHORT_HASH_CHARACTERS = 8
_HASH = re.compile("[0-9a-f]{16,}")


_option = functools.partial(click.option, cls=SectionOption, section=SECTION)


@click.command("diff", cls=SectionCommand, epilog=EPILOG)
@scan_argument("first", required=True)
@scan_argument("second", required=True)
@scans_option
@_option("--scanner", metavar="NAME", help="Only this scanner.")
@_option("--scanner-b", metavar="NAME", help="The scanner of B that --scanner of A is compared with.")
@_option(
    "--limit",
    type=WholeNumber(0),
    default=MAX_FLIPS,
    metavar="N",
    help=f"Show at most N results of each kind of change. Default: {MAX_FLIPS}.",
)
@json_option
@display_options
def command(first: str, second: str, scanner: str | None, scanner_b: str | None, limit: int, **options: object) -> int:
    """Compare what two scans, A and B, or two scanners of one said of the inputs that both have, and what they asked.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on. Inputs are the same if their ids are. Cohen's kappa is agreement beyond chance: 1 always, 0 as by chance. McNemar's p
    says how likely so unequal changes in both directions are by chance.
    """
    from ..._app import diff_json, diff_scans

    output = pop_output_options(options, log=True)
    diff = run_use_case(diff_scans, first, second, scanner, scanner_b)
    if output.as_json:
        write_json(diff_json(diff))
    else:
        _show_diff(output.make_display(), diff, limit)
    return DONE


def _show_diff(display: Display, diff: ScanDiff, limit: int) -> None:
    display.print(f"A: {relative_to_cwd(diff.first)}")
    display.print(f"B: {relative_to_cwd(diff.second)}")
    for name, keys in (("A", diff.only_first), ("B", diff.only_second)):
        if keys:
            display.print(f"only {name} has: {', '.join(one_line(key, 40) for key in keys)}")
    _show_differences(display, "settings that differ between the scans:", diff.differences)
    for scanner in diff.scanners:
        display.print()
        _show_scanner(display, scanner, limit)
    if not diff.scanners:
        display.print("The scans have no scanner in common.")


def _show_scanner(display: Display, diff: ScannerDiff, limit: int) -> None:
    from ..._display import fitting

    for line in fitting(_headline(diff)):
        display.print(line)
    if diff.pairs:
        for numbers in _numbers(diff):
            for line in fitting(numbers, "  "):
                display.print(line)
    elif not diff.failed:
        for line in fitting("The scans have no input in common; inputs are the same if transcript and ids are.", "  "):
            display.print(line)
    _show_differences(display, "settings of the scanner that differ:", diff.differences)
    moved = "another answer" if diff.by_class else "another value, equally positive or negative"
    for title, pairs in (("only A found something", diff.lost), ("only B found something", diff.gained)):
        _show_pairs(display, title, pairs, limit)
    _show_pairs(display, moved, diff.changed, limit)


def _headline(diff: ScannerDiff) -> str:
    parts = [f"{len(diff.pairs):,} compared"]
    parts += [f"{count:,} only in {name}" for name, count in (("A", diff.only_first), ("B", diff.only_second)) if count]
    parts += [f"{diff.failed:,} failed in A or B"] if diff.failed else []
    name = diff.scanner if diff.second_scanner == diff.scanner else f"{diff.scanner} (A), {diff.second_scanner} (B)"
    return f"{name}: {', '.join(parts)}"


def _numbers(diff: ScannerDiff) -> list[str]:
    n, agreeing, same = len(diff.pairs), diff.table.agreeing, diff.same
    low, high = agreeing.interval() or (0.0, 0.0)
    parts = [f"agreement {agreeing.rate or 0:.0%} ({100 * low:.0f}-{100 * high:.0f})"]
    kappa, interval = diff.table.kappa, diff.table.kappa_interval()
    if diff.has_kappa and kappa is not None and interval is not None:
        parts.append(f"Cohen's kappa {kappa:z.2f} ({interval[0]:z.2f} to {interval[1]:z.2f})")
    lines: list[str] = []
    if diff.mcnemar_p is not None:
        parts.append(f"McNemar's p {diff.mcnemar_p:.2g}")
        found = [sum(row.found for row in side) for side in _sides(diff)]
        lines.append(f"found: {found[0]:,} of {n:,} in A, {found[1]:,} in B")
    lines.append(", ".join(parts))
    if same.positive != agreeing.positive:
        lines.append(f"same value: {same.positive:,} of {n:,}")
    tokens = [sum(row.tokens for row in side) for side in _sides(diff)]
    return [*lines, f"tokens: {tokens[0]:,} in A, {tokens[1]:,} in B"] if any(tokens) else lines


def _sides(diff: ScannerDiff) -> tuple[list[RecordedVerdict], list[RecordedVerdict]]:
    return [pair.first for pair in diff.pairs], [pair.second for pair in diff.pairs]


def _show_differences(display: Display, title: str, differences: Sequence[SettingDifference]) -> None:
    if differences:
        display.print(title)
        rows = [[d.name, _setting(d.first), _setting(d.second)] for d in differences]
        display.table("", ("setting", "A", "B"), rows)


def _setting(value: object) -> str:
    text = cell_text(value) or "-"
    return text[:SHORT_HASH_CHARACTERS] if _HASH.fullmatch(text) else one_line(text, MAX_TEXT_CHARACTERS)


def _show_pairs(display: Display, title: str, pairs: Sequence[VerdictPair], limit: int) -> None:
    if not pairs or not limit:
        return
    more = f", the first {limit:,} of them (--limit shows more)" if len(pairs) > limit else ""
    display.print()
    display.print(f"{title}: {plural(len(pairs), 'result')}{more}")
    display.table("", ("transcript", "A", "B", "why A", "why B"), [_cells(pair) for pair in pairs[:limit]])


def _cells(pair: VerdictPair) -> list[str]:
    from ..._app import explained, said

    texts = [pair.first.transcript_id, *(cell_text(said(row)) for row in (pair.first, pair.second))]
    texts += [explained(row) or "" for row in (pair.first, pair.second)]
    return [one_line(text, MAX_TEXT_CHARACTERS) for text in texts]
