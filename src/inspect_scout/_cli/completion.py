"""The command `scout completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .contract import DONE
from .help_page import HelpCommand
from .run import COMPLETING

EPILOG = """\b
Examples:
  scout completion bash > ~/.local/share/bash-completion/completions/scout
  scout completion zsh > "${fpath[1]}/_scout"
  scout completion fish > ~/.config/fish/completions/scout.fish

\b
To try it in this shell:
  source <(scout completion bash)
"""

PROGRAM = "scout"


@click.command("completion", cls=HelpCommand, epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print a script that lets a shell complete commands, options, scans, scanners and columns of results."""
    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(click.get_current_context().find_root().command, {}, PROGRAM, COMPLETING).source())
    return DONE
