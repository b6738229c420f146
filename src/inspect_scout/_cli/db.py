"""The command `scout db`."""

from __future__ import annotations

from .lazy import LazyGroup

command = LazyGroup(
    name="db",
    lazy={
        "index": (".db_index", "Make the index anew from the data files."),
        "schema": (".db_schema", "Print the columns of transcript databases."),
        "validate": (".db_validate", "Check that the data files have the right columns."),
        "verify": (".db_verify", "Hold the index against the data files."),
        "compact": (".db_compact", "Drop what was deleted or replaced, and put small files together."),
        "delete": (".db_delete", "Delete transcripts."),
        "stats": (".db_stats", "Count transcripts, files and bytes."),
        "copy": (".db_copy", "Copy transcripts of a database or of eval logs into a database."),
    },
    help="Look after transcript databases: folders of parquet files with an index.",
    epilog="""\b
Examples:
  scout db copy ./logs ./transcripts
  scout db stats ./transcripts
  scout db delete ./transcripts --where "task_set = 'demo'" --yes
""",
    no_args_is_help=True,
)
