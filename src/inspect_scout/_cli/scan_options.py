"""The options of `scout scan FILE`, and the request they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from .model_options import OPTIONS as MODEL_OPTIONS
from .model_options import model_fields
from .options import Shown, scan_option
from .validation_option import FORM, validation_of
from .values import Seed, Whole, Words, is_count_or_file, is_seed, names, pairs

if TYPE_CHECKING:
    from .._app import ScanRequest

F = TypeVar("F", bound=Callable[..., Any])

WHAT, HOW = "What to scan", "Scan options"
# Options whose value may be left out, and how a word after them is recognised as their value.
OPTIONAL_VALUES: dict[str, Callable[[str], bool]] = {
    "--shuffle": is_seed,
    "--cache": is_count_or_file,
    "--batch": is_count_or_file,
}


_COUNT = click.IntRange(min=1)
_POSITIVE = click.IntRange(min=0)

_OPTIONS = (
    scan_option(
        WHAT,
        "--transcripts",
        "-T",
        multiple=True,
        type=Words(),
        metavar="LOC",
        help="Logs to scan: a file, a directory or a pattern; can be repeated. Default: ./transcripts, else"
        " INSPECT_LOG_DIR, else ./logs.",
    ),
    scan_option(
        WHAT,
        "--filter",
        "-F",
        multiple=True,
        type=Whole(),
        metavar="SQL",
        help="Only transcripts for which this holds; can be repeated, all must hold.",
    ),
    scan_option(WHAT, "--limit", type=_POSITIVE, metavar="N", help="Scan at most N transcripts."),
    scan_option(
        WHAT,
        "--shuffle",
        type=Seed(),
        metavar="[SEED]",
        help="Shuffle the transcripts, always in the same way for the same seed.",
    ),
    scan_option(
        WHAT,
        "--worklist",
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="YAML or JSON list of {scanner, transcripts: [ids]}: what each scanner is to scan.",
    ),
    scan_option(
        HOW, "-S", "scanner_args", env="ARGS", multiple=True, type=Words(), metavar="K=V", help="Argument for scanners."
    ),
    scan_option(
        HOW,
        "--validation",
        "-V",
        multiple=True,
        type=Words(),
        metavar="SPEC",
        help=f"Labelled cases to compare results with, as {FORM}; can be repeated, for several scanners.",
    ),
    scan_option(HOW, "--scans", metavar="LOC", help="Where scans are kept. Default: ./scans."),
    scan_option(HOW, "--results", metavar="LOC", hidden=True, help="Deprecated name of --scans."),
    scan_option(HOW, "--tags", metavar="A,B", help="Tags to keep with the scan."),
    scan_option(HOW, "--metadata", multiple=True, type=Words(), metavar="K=V", help="Metadata to keep with the scan."),
    scan_option(
        HOW,
        "--record-input",
        type=click.Choice(["auto", "copy", "reference"]),
        default="auto",
        help="Whether results hold a copy of what was scanned, or say where it is.",
    ),
    scan_option(
        HOW,
        "--max-transcripts",
        type=_COUNT,
        metavar="N",
        help="Transcripts in work at once. Default: 25, or more where models are called.",
    ),
    scan_option(HOW, "--max-processes", type=_COUNT, metavar="N", help="Worker processes; only 1 in this version."),
    scan_option(
        HOW, "--results-buffer", type=click.INT, metavar="N", help="Bring the tables up to date after N records."
    ),
    scan_option(HOW, "--dry-run", is_flag=True, help="Only count what would be scanned."),
)


def scan_options(function: F) -> F:
    """Add the options of a scan."""
    for decorator in reversed(_OPTIONS + MODEL_OPTIONS):
        function = decorator(function)
    return function


def fill_optional_values(arguments: list[str], params: list[click.Parameter]) -> list[str]:
    """Write `--shuffle` as `--shuffle=true` where no value follows, so that the next word stays what it is.

    Args:
        arguments: Words of the command line.
        params: Options of the command; the values of those that need one are left alone.
    """
    takes_value = {
        name for p in params if isinstance(p, click.Option) and not p.is_flag for name in (*p.opts, *p.secondary_opts)
    }
    filled: list[str] = []
    position = 0
    while position < len(arguments):
        word = arguments[position]
        position += 1
        if word == "--":
            return [*filled, word, *arguments[position:]]
        following = arguments[position] if position < len(arguments) else None
        if (is_value := OPTIONAL_VALUES.get(word)) is not None and (following is None or not is_value(following)):
            filled.append(f"{word}=true")
            continue
        filled.append(word)
        if word in takes_value and following is not None:
            filled.append(following)
            position += 1
    return filled


def request_of(ctx: click.Context, file: str, how: Shown, fail_on_error: bool) -> ScanRequest:
    """Pack the options of a scan into the one record that the application takes."""
    from .._app import ScanRequest

    options = ctx.params
    scanner_args, metadata = pairs(options["scanner_args"], "-S"), pairs(options["metadata"], "--metadata")
    return ScanRequest(
        scanners=file,
        scanner_args=scanner_args,
        transcripts=list(options["transcripts"]) or None,
        filter=tuple(options["filter"]),
        scans=_scans(ctx),
        worklist=options["worklist"],
        validation=validation_of(options["validation"]),
        max_transcripts=options["max_transcripts"],
        max_processes=options["max_processes"],
        limit=options["limit"],
        shuffle=options["shuffle"] if options["shuffle"] is not False else None,
        results_buffer=options["results_buffer"],
        tags=names(options["tags"]),
        metadata=metadata or None,
        display=how.display,
        log_level=how.log_level,
        fail_on_error=fail_on_error,
        dry_run=options["dry_run"],
        record_input=options["record_input"],
        **model_fields(ctx),
    )


def _scans(ctx: click.Context) -> str | None:
    """Choose between `--scans` and its older name: the command line before the environment, the new name first."""
    scans: str | None = ctx.params["scans"]
    results: str | None = ctx.params["results"]
    typed = {name for name in ("scans", "results") if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if typed == {"scans", "results"}:
        raise click.UsageError("--results is the deprecated name of --scans: give only --scans.")
    if "results" in typed:
        click.echo("Warning: --results is deprecated, use --scans.", err=True)
        return results
    return scans or results
