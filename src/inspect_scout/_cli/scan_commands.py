"""The commands beside `scout scan FILE`."""

from __future__ import annotations

SUBCOMMANDS = {
    "list": (".scan_list", "List scans, newest first."),
    "status": (".scan_status", "Show how a scan stands."),
    "resume": (".scan:resume", "Go on with a scan; failed scanners are tried again."),
    "complete": (".scan:complete", "Declare a scan complete, errors included."),
    "results": (".scan_results", "Print the results of a scan."),
    "errors": (".scan_errors", "Print what went wrong in a scan, by cause."),
}
