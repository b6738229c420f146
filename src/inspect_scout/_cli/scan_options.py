"""The options of `scout scan FILE`, and the request they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from .model_options import OPTIONS as MODEL_OPTIONS
from .model_options import model_fields
from .options import SectionCommand, Shown, executor_options, scan_option
from .validation_option import FORM, validation_of
from .values import Seed, Whole, Words, Worklist, is_count_or_file, is_seed, names, pairs, texts

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
        help="Logs to scan: a file, a directory or a pattern; can be repeated. Default: those of the job or project,"
        " else ./transcripts, else INSPECT_LOG_DIR, else ./logs.",
    ),
    scan_option(
        WHAT,
        "--duplicates",
        type=click.Choice(["newest", "all"]),
        help="Of samples that are in several logs, scan those of the log modified last, or all. Default: newest.",
    ),
    scan_option(
        WHAT,
        "--filter",
        "-F",
        multiple=True,
        type=Whole(),
        metavar="SQL",
        help="Only transcripts for which this holds; can be repeated. Conditions of job and project must hold, too.",
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
        type=Worklist(),
        metavar="FILE",
        help="YAML or JSON list, on this machine or at a URL, of {scanner, transcripts: [ids]}: what each scanner is to scan.",
    ),
    scan_option(
        HOW,
        "-S",
        "scanner_args",
        env="ARGS",
        multiple=True,
        type=Words(),
        metavar="K=V",
        help="Argument for the scanners, or for the scan job, of FILE; read as the annotation of its parameter says.",
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
    scan_option(HOW, "--tags", metavar="A,B", help="Tags to keep with the scan, besides those of job and project."),
    scan_option(HOW, "--metadata", multiple=True, type=Words(), metavar="K=V", help="Metadata to keep with the scan."),
    scan_option(
        HOW,
        "--record-input",
        type=click.Choice(["auto", "copy", "reference"]),
        help="Whether results hold a copy of what was scanned, or say where it is. Default: auto.",
    ),
    scan_option(
        HOW,
        "--max-transcripts",
        type=_COUNT,
        metavar="N",
        help="Transcripts in work at once. Default: 25, or more where models are called.",
    ),
    scan_option(
        HOW,
        "--max-processes",
        type=_COUNT,
        metavar="N",
        help="Worker processes; 1: none. Default: as many as pay, up to 4.",
    ),
    executor_options,
    scan_option(
        HOW,
        "--scanner-timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Time that a scanner may take for a transcript; one that takes longer is an error. Default: no limit.",
    ),
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


class ScanOptionsCommand(SectionCommand):
    """A command with the options of a scan, some of which need no value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; options may stand before and after FILE."""
        return super().parse_args(ctx, fill_optional_values(args, self.get_params(ctx)))


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


def request_of(ctx: click.Context, file: str | None, how: Shown, fail_on_error: bool) -> ScanRequest:
    """Pack the options of a scan into the one record that the application takes."""
    from .._app import ScanRequest

    typed = _fields({n: v for n, v in ctx.params.items() if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE})
    environment = _fields(_from_environment(ctx), typed=False)
    if how.display_chosen == "log":
        # Records below the level are dropped, and a display that shows nothing was not asked for.
        environment.setdefault("log_level", os.environ.get("SCOUT_LOG_LEVEL") or "info")
    if "generate_config" in typed:
        typed["model_config"] = typed.pop("generate_config")
    typed["filter"] = tuple(typed.get("filter", ()))
    return ScanRequest(
        scanners=file if file is not None else (),
        scanner_args=texts(ctx.params["scanner_args"], "-S"),
        display=how.display,
        fail_on_error=fail_on_error,
        dry_run=ctx.params.get("dry_run", False),
        environment=environment,
        from_command_line=True,
        **typed,
    )


def _from_environment(ctx: click.Context) -> dict[str, Any]:
    """Read the options that have a variable, typed or not: some count together with what was typed."""
    found: dict[str, Any] = {}
    for param in ctx.command.params:
        value = param.value_from_envvar(ctx)
        if value is not None:
            found[param.name or ""] = param.type_cast_value(ctx, value)
    return found


def _fields(options: dict[str, Any], typed: bool = True) -> dict[str, Any]:
    """Read options, by their names in project files; others are left out.

    Args:
        options: Values by parameter.
        typed: Whether they were typed, so that their user can be told what to type.
    """
    fields = {name: options[name] for name in _AS_THEY_ARE if name in options}
    if "transcripts" in options:
        fields["transcripts"] = list(options["transcripts"])
    if "filter" in options:
        fields["filter"] = list(options["filter"])
    if "tags" in options:
        fields["tags"] = names(options["tags"])
    if "validation" in options:
        fields["validation"] = validation_of(options["validation"])
    if "metadata" in options:
        fields["metadata"] = pairs(options["metadata"], "--metadata")
    if (scans := _scans(options, typed)) is not None:
        fields["scans"] = scans
    fields.update(model_fields(options))
    return {name: value for name, value in fields.items() if value is not None}


_AS_THEY_ARE = (
    *("worklist", "max_transcripts", "max_processes", "executor", "ray_address", "limit", "shuffle"),
    *("results_buffer", "record_input", "scanner_timeout", "log_level", "model", "model_base_url", "duplicates"),
)


def _scans(options: dict[str, Any], typed: bool) -> str | None:
    """Choose between `--scans` and its older name."""
    scans: str | None = options.get("scans")
    results: str | None = options.get("results")
    if results is not None and typed:
        if scans is not None:
            raise click.UsageError("--results is the deprecated name of --scans: give only --scans.")
        click.echo("Warning: --results is deprecated, use --scans.", err=True)
    return scans or results
