"""The tree of commands: `scout`, and those below `scout scan`. Each is loaded when it is called."""

from __future__ import annotations

from typing import Any

import click

from .lazy import LazyGroup, load_command

COMMANDS = {
    "init": (".init", "Start a project: settings, example scanners, a file for labelled cases."),
    "scan": (".root:scan", "Scan transcripts; list, show, resume and complete scans; print results."),
    "show": (".show", "Show a verdict with the messages that it cites."),
    "view": (".view", "Look at transcripts, scans and results in a browser."),
    "transcripts": (".transcripts", "Count transcripts by task, model or score."),
    "scanner": (".scanner", "Show what the scanners of a file ask, without running it."),
    "validate": (".labels.validate", "Show how far scanners agree with labelled cases."),
    "label": (".labels.label", "Label results of a scan, to see how far its scanner can be trusted."),
    "import": (".databases.imports", "Bring transcripts of other programs into a database."),
    "db": (".databases.db", "Look after transcript databases: index, verify, compact, delete, copy."),
    "info": (".info", "Show the version, and the settings that apply here."),
    "completion": (".completion", "Print a script that lets a shell complete words."),
}
SCAN_COMMANDS = {
    "list": (".scans.list", "List scans, newest first."),
    "status": (".scans.status", "Show how a scan stands."),
    "resume": (".scans.scan:resume", "Go on with a scan; failed scanners are tried again."),
    "complete": (".scans.scan:complete", "Declare a scan complete, errors included."),
    "results": (".scans.results", "Print the results of a scan."),
    "errors": (".scans.errors", "Print what went wrong in a scan, by cause."),
    "rm": (".scans.remove:remove", "Delete scans."),
    "prune": (".scans.remove:prune", "Delete scans by state, age, tag, scanner or model."),
    "diff": (".scans.diff", "Compare what two scans said, and what they asked."),
}
"""The commands beside `scout scan FILE`."""

LATER = frozenset({"trace"})

EPILOG = """\b
Examples:
  scout init
  scout scan scanners.py -T ./logs
  scout scan list
  scout scan results
"""


class ScanGroup(LazyGroup):
    """`scout scan list ...` is a sub-command; anything else is `scout scan FILE`, a command of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Hand everything that names no sub-command to the command that scans."""
        if args and args[0] in SCAN_COMMANDS:
            return super().make_context(info_name, args, parent, **extra)
        return load_command(".scans.scan").make_context(info_name, args, parent, **extra)

    def get_help(self, ctx: click.Context) -> str:
        """Show the help page of the command that scans, which also lists the sub-commands."""
        return load_command(".scans.scan").get_help(ctx)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from .contract import version

        click.echo(f"scout, version {version()}")
        ctx.exit()


scan = ScanGroup(name="scan", lazy=SCAN_COMMANDS)
root = LazyGroup(
    name="scout",
    lazy=COMMANDS,
    later=LATER,
    below={name: f"scout scan {name}" for name in SCAN_COMMANDS},
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
