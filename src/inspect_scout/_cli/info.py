"""The command `scout info`."""

from __future__ import annotations

from .lazy import LazyGroup

command = LazyGroup(
    name="info",
    lazy={
        "version": (".info_version", "Print the version and where the package is."),
        "config": (".info_config", "Print the settings that a scan would use, and where they come from."),
        "schema": (".info_schema", "Print the JSON schema of project files or job files."),
    },
    help="Say which version this is, and which settings hold here.",
    epilog="""\b
Examples:
  scout info version
  scout info config --explain
  scout info schema scanjob
""",
    no_args_is_help=True,
)
