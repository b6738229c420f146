"""What the command line needs of the application; tests put a fake in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    # Models of scans load inspect_ai, which light commands must not.
    from .._app import ResumeRequest, ScannerFileReport, ScanRequest, SettingEntry, Standing, Watched
    from .._support.causes import ErrorGroup
    from .._transcripts import CompactReport, DatabaseStats, TranscriptSchemaError, VerifyReport
    from .._types import ScanState, Status
    from .._validation import GroupBy, ScannerReport

RowsKind = Literal["results", "transcripts"]
SchemaFormat = Literal["avro", "pyarrow", "json", "pandas"]
Progress = Callable[[int, int], None]


class ResultTable(Protocol):
    """The part of an Arrow table that printing needs."""

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        ...

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        ...

    def slice(self, offset: int, length: int) -> ResultTable:
        """Take a part of the rows."""
        ...

    def to_pylist(self) -> list[dict[str, Any]]:
        """Make a dictionary of each row."""
        ...


class App(Protocol):
    """The use cases that commands call."""

    def run_scan(self, request: ScanRequest) -> Status:
        """Run a new scan."""
        ...

    def explain_settings(self, request: ScanRequest) -> Sequence[SettingEntry]:
        """Say which settings a scan would use, and where they come from."""
        ...

    def resume_scan(self, request: ResumeRequest) -> Status:
        """Go on with a scan."""
        ...

    def complete_scan(self, location: str, display: str | None, log_level: str | None) -> Status:
        """Declare a scan complete."""
        ...

    def list_states(self, scans_location: str) -> Sequence[ScanState]:
        """Tell how the scans below a location stand, newest first."""
        ...

    def read_standing(self, location: str) -> Standing:
        """Tell how a scan stands."""
        ...

    def read_error_groups(self, location: str, scanner: str | None) -> Sequence[ErrorGroup]:
        """Tell what went wrong, by cause."""
        ...

    def describe_scanner_files(self, location: str) -> Sequence[ScannerFileReport]:
        """Describe the scanners of a file or folder, without running anything."""
        ...

    def watch(self, location: str) -> Iterator[Watched]:
        """Look at a scan again and again, until it runs no more."""
        ...

    def results_table(
        self,
        location: str,
        scanner: str,
        where: str | None,
        columns: Sequence[str] | None,
        rows: RowsKind,
        limit: int | None,
        positive: bool,
    ) -> ResultTable:
        """Read results as a table."""
        ...

    def validation_report(self, location: str, scanner: str | None, by: GroupBy | None) -> Sequence[ScannerReport]:
        """Report on agreement with labelled cases."""
        ...

    def default_scans(self) -> str:
        """Scans location when none is given."""
        ...


class Databases(Protocol):
    """The use cases of `scout db`."""

    def index_database(self, location: str, progress: Progress | None = None) -> str | None:
        """Make the index anew."""
        ...

    def database_schema(self, form: SchemaFormat) -> str:
        """Write the schema as text."""
        ...

    def validate_database(self, location: str) -> Sequence[TranscriptSchemaError]:
        """Find out what is wrong with the columns."""
        ...

    def verify_database(self, location: str, deep: bool, progress: Progress | None = None) -> VerifyReport:
        """Hold the index against the data files."""
        ...

    def compact_database(self, location: str, progress: Progress | None = None) -> CompactReport:
        """Write data files anew where that is worth it."""
        ...

    def database_stats(self, location: str) -> DatabaseStats:
        """Count what is there."""
        ...

    def count_transcripts(self, location: str, ids: Sequence[str], where: str | None) -> int:
        """Count what would be deleted."""
        ...

    def delete_transcripts(self, location: str, ids: Sequence[str], where: str | None) -> int:
        """Delete transcripts."""
        ...

    def copy_transcripts(
        self, source: str, target: str, where: Sequence[str], replace: bool, added: Callable[[str], None] | None = None
    ) -> int:
        """Copy transcripts into a database."""
        ...
