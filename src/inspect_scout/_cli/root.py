"""The command `scout`."""

from __future__ import annotations

import click

from .lazy import LazyGroup

COMMANDS = {
    "scan": (".scan_group", "Scan transcripts; list, show, resume and complete scans; print results."),
    "scanner": (".scanner", "Say what the scanners of a file ask, without running it."),
    "validate": (".validate", "Tell how far scanners agree with labelled cases."),
    "db": (".db", "Look after transcript databases: index, verify, compact, delete, copy."),
    "info": (".info", "Say which version this is, and which settings hold here."),
}
LATER = frozenset({"import", "view", "trace"})

EPILOG = """\b
Examples:
  scout scan scanners.py -T ./logs
  scout scan list
  scout scan results ./scans/scan_id=...
"""


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from .version import version

        click.echo(f"scout, version {version()}")
        ctx.exit()


root = LazyGroup(
    name="scout",
    lazy=COMMANDS,
    later=LATER,
    help="Scan the transcripts of AI agents and keep every verdict with its citations.",
    epilog=EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Print the version.",
        )
    ],
)
