"""The command `scout info`."""

from __future__ import annotations

from .lazy import LazyGroup

command = LazyGroup(
    name="info",
    lazy={"version": (".info_version", "Print the version and where the package is.")},
    help="Say which version this is.",
    epilog="""\b
Examples:
  scout info version
  scout info version --json
""",
    no_args_is_help=True,
)
