"""The commands of `scout db`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

import click

from ..._app import copy_transcripts, count_transcripts, database_schema, with_database
from ..._support.errors import StorageError
from ..._support.terminal import plural, printable
from ..contract import DONE, FAILED
from ..lazy import LazyGroup
from ..options import SectionCommand, json_option, location_command
from ..stdout import document_stream, reserve_stdout_if, write_json
from ..use_cases import run_use_case
from .progress import progress_line

if TYPE_CHECKING:
    from ..._app import SchemaFormat

command = LazyGroup(
    name="db",
    lazy={
        "index": (".databases.db:index", "Rebuild the index from the data files."),
        "schema": (".databases.db:schema", "Print the columns of transcript databases."),
        "validate": (".databases.db:validate", "Check that the data files have the right columns."),
        "verify": (".databases.db:verify", "Compare the index with the data files."),
        "compact": (".databases.db:compact", "Drop what was deleted or replaced, and put small files together."),
        "delete": (".databases.db:delete", "Delete transcripts."),
        "stats": (".databases.db:stats", "Count transcripts, files and bytes."),
        "copy": (".databases.db:copy", "Copy transcripts of a database or of eval logs into a database."),
        "export": (".databases.exports:command", "Write transcripts in the format of another program."),
    },
    help="Look after transcript databases: folders of parquet files with an index.",
    epilog="""\b
Examples:
  scout db copy ./logs ./transcripts
  scout db stats ./transcripts
  scout db export ./transcripts chats.jsonl --format openai
  scout db delete ./transcripts --where "task_set = 'demo'" --yes
""",
    no_args_is_help=True,
)


@location_command("index", "scout db index ./transcripts", "scout db index s3://bucket/transcripts", display=False)
def index(location: str, as_json: bool) -> int:
    """Rebuild the index of the database at LOC from its data files.

    Do this after copying parquet files into the folder, or taking some out. What was deleted stays deleted.
    """
    with progress_line("Reading data files:", quiet=as_json) as show:
        path = run_use_case(with_database, location, lambda db: db.rebuild_index(progress=show))
    if as_json:
        write_json({"index": path})
    else:
        click.echo(f"Index created: {path}" if path else "No data files found to index.")
    return DONE


SCHEMA_EXAMPLES = """\b
Examples:
  scout db schema
  scout db schema --format json -o transcript.schema.json
"""


@click.command(cls=SectionCommand, epilog=SCHEMA_EXAMPLES)
@click.option(
    "--format",
    "form",
    type=click.Choice(["avro", "pyarrow", "json", "pandas"]),
    default="avro",
    callback=reserve_stdout_if(bool),
    help="Form of the schema. Default: avro.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
def schema(form: str, output: str | None) -> int:
    """Print the columns of transcript databases."""
    text = run_use_case(database_schema, cast("SchemaFormat", form))
    if output is None:
        click.echo(text, file=document_stream())
        return DONE
    try:
        with open(output, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise StorageError(f"Cannot write {output!r}: {error.strerror}. Name another file.") from error
    click.echo(f"Wrote {output}", file=document_stream())
    return DONE


@location_command(
    "validate", "scout db validate ./transcripts", "scout db validate s3://bucket/transcripts --json", display=False
)
def validate(location: str, as_json: bool) -> int:
    """Check that all data files at LOC have the columns of a transcript database, with the right types.

    The exit code is 1 if not. Whether the index fits the data files is what `scout db verify` finds out.
    """
    from ..._transcripts import validate_transcript_schema

    errors = run_use_case(with_database, location, lambda db: validate_transcript_schema(db.location))
    if as_json:
        write_json({"valid": not errors, "errors": [asdict(error) for error in errors]})
    elif errors:
        said = (f"{error.field}: {error.message}" if error.field else error.message for error in errors)
        _print_errors("Schema validation failed:", *(f"  - {text}" for text in said))
    else:
        click.echo("Schema validation passed.")
    return FAILED if errors else DONE


@location_command("verify", "scout db verify ./transcripts", "scout db verify ./transcripts --deep", display=False)
@click.option("--deep", is_flag=True, help="Also read the content of all transcripts.")
def verify(location: str, deep: bool, as_json: bool) -> int:
    """Compare the index of the database at LOC with its data files; the exit code is 1 if something is wrong."""
    with progress_line("Verifying data files:", quiet=as_json) as show:
        report = run_use_case(with_database, location, lambda db: db.verify(deep=deep, progress=show))
    if as_json:
        write_json({"ok": report.ok, **asdict(report)})
    else:
        _print_errors(*report.problems, *report.notes)
        counted = f"{plural(report.transcripts, 'transcript')} in {plural(report.files, 'file')}"
        click.echo(f"Verified {counted}: {'all is well' if report.ok else plural(len(report.problems), 'problem')}.")
    return DONE if report.ok else FAILED


@location_command(
    "compact", "scout db compact ./transcripts", "scout db compact s3://bucket/transcripts --json", display=False
)
def compact(location: str, as_json: bool) -> int:
    """Drop from the data files at LOC what was deleted or replaced, and put small files together.

    Others may read and write the database meanwhile. If it is killed, nothing is lost.
    """
    with progress_line("Copying transcripts:", quiet=as_json) as show:
        report = run_use_case(with_database, location, lambda db: db.compact(progress=show))
    if as_json:
        write_json(asdict(report))
        return DONE
    click.echo(f"files         {report.files_before:,} -> {report.files_after:,}")
    click.echo(f"bytes         {report.bytes_before:,} -> {report.bytes_after:,}")
    click.echo(f"rows dropped  {report.rows_dropped:,}")
    if report.abandoned:
        click.echo(f"deleted       {plural(report.abandoned, 'file')} of killed writers")
    return DONE


@location_command(
    "delete",
    "scout db delete ./transcripts --id 4xJ2mQ --id 9bTz1k",
    """scout db delete ./transcripts --where "task_set = 'demo'" --yes""",
    display=False,
)
@click.option("--id", "ids", multiple=True, metavar="ID", help="A transcript to delete; can be repeated.")
@click.option("--where", metavar="SQL", help="Delete the transcripts that meet this condition.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(location: str, ids: tuple[str, ...], where: str | None, yes: bool, as_json: bool) -> int:
    """Delete transcripts from the database at LOC, by ids or by a condition.

    Their bytes stay on the disk until `scout db compact`.
    """
    if bool(ids) == (where is not None):
        raise click.UsageError("Say what to delete: either --id (once or several times) or --where.")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on: add --yes.")
        count = run_use_case(with_database, location, lambda db: count_transcripts(db, ids, where))
        question = f"Delete {plural(count, 'transcript')} from {printable(location)}?"
        if not click.confirm(question, err=True):
            raise click.Abort
    chosen = ids if where is None else None
    _report_count(as_json, "deleted", run_use_case(with_database, location, lambda db: db.delete(chosen, where=where)))
    return DONE


@location_command(
    "stats", "scout db stats ./transcripts", "scout db stats ./transcripts --json | jq .transcripts", display=False
)
def stats(location: str, as_json: bool) -> int:
    """Count the transcripts, files and bytes of the database at LOC."""
    found = run_use_case(with_database, location, lambda db: db.stats())
    if as_json:
        write_json(asdict(found))
        return DONE
    lines = [
        ("location", found.location),
        ("transcripts", f"{found.transcripts:,}"),
        ("files", f"{found.files:,}"),
        ("bytes", f"{found.bytes:,}"),
        ("dead rows", f"{found.dead_rows:,}"),
        ("index files", f"{found.index_files:,}"),
        ("commits", f"{found.log_version:,}"),
        ("metadata", f"{found.metadata_columns:,} columns, {found.other_keys:,} other keys"),
        ("dates", f"{found.first_date} to {found.last_date}" if found.first_date else "-"),
    ]
    lines += [("uncommitted", f"{session} ({plural(count, 'file')})") for session, count in found.uncommitted.items()]
    for name, text in lines:
        click.echo(printable(f"{name:12} {text}"))
    return DONE


COPY_EXAMPLES = """\b
Examples:
  scout db copy ./logs ./transcripts
  scout db copy ./transcripts s3://bucket/transcripts --where "score > 0.5"
"""


@click.command(cls=SectionCommand, epilog=COPY_EXAMPLES)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@click.option(
    "--where", multiple=True, metavar="SQL", help="Only transcripts that meet this condition; can be repeated."
)
@click.option(
    "--replace", is_flag=True, help="Replace transcripts that DST has already, which are otherwise left as they are."
)
@json_option
def copy(source: str, target: str, where: tuple[str, ...], replace: bool, as_json: bool) -> int:
    """Copy transcripts of SRC (a database, an eval log, or a folder of logs) into the database DST.

    DST is made if it does not exist. What was copied stays if the command is killed: run it again to go on.
    """
    with progress_line("Copying transcripts:", quiet=as_json) as show:
        count = 0

        def added(_: str) -> None:
            nonlocal count
            count += 1
            show(count, 0)

        copied, known = run_use_case(copy_transcripts, source, target, where, replace, added)
    _report_count(as_json, "copied", copied, f" ({known:,} there already)" if known else "")
    return DONE


def _report_count(as_json: bool, deed: str, count: int, remark: str = "") -> None:
    """Print how many transcripts something was done to, and a remark for people."""
    if as_json:
        write_json({deed: count})
    else:
        click.echo(f"{deed.capitalize()} {plural(count, 'transcript')}{remark}.")


def _print_errors(*lines: str) -> None:
    for line in lines:
        click.echo(printable(line), file=sys.stderr)
