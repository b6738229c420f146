"""Files of labelled cases on the command line: `-V [SCANNER:]FILE[:PREDICATE]`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..._validation import CasesFile

CASES_FORM = "[SCANNER:]FILE[:PREDICATE]"
# The file is recognised by its ending, so that paths and URLs may hold colons.
_SPEC = re.compile(
    r"(?:(?P<scanner>[A-Za-z_][\w-]*):)?(?P<file>.+\.(?:csv|jsonl?|ya?ml))(?::(?P<predicate>[\w./-]+))?", re.IGNORECASE
)
_PREDICATE = re.compile(r"(?P<file>.+\.(?:csv|jsonl?|ya?ml)):(?P<predicate>[\w./-]+)", re.IGNORECASE)


def _labelled_cases(text: str) -> tuple[str | None, CasesFile]:
    """Read one `-V`: a file, perhaps with a predicate, and the scanner that it is for, if it says so.

    Raises:
        click.UsageError: It is not of the form that it should have.
    """
    from ..._validation import CasesFile

    if os.path.isfile(text):
        return None, CasesFile(text)
    with_predicate = _PREDICATE.fullmatch(text)
    if with_predicate is not None and os.path.isfile(with_predicate["file"]):
        return None, CasesFile(with_predicate["file"], with_predicate["predicate"])
    found = _SPEC.fullmatch(text)
    if found is None:
        raise click.UsageError(
            f"-V {text!r} is not of the form {CASES_FORM}, with a file that ends in .csv, .json, .jsonl, .yaml or .yml."
        )
    scanner, file = found["scanner"], found["file"]
    if scanner is not None and (file.startswith("//") or (len(scanner) == 1 and file.startswith("\\"))):
        scanner, file = None, f"{scanner}:{file}"  # the scheme of a URL, or a drive
    return scanner, CasesFile(file, found["predicate"])


def parse_cases(texts: Sequence[str]) -> CasesFile | dict[str, CasesFile] | None:
    """Make what a request takes of all `-V`.

    Raises:
        click.UsageError: One is malformed, or they do not go together.
    """
    specs = [_labelled_cases(text) for text in texts]
    if not specs:
        return None
    unnamed = [cases for scanner, cases in specs if scanner is None]
    if unnamed and len(specs) > 1:
        raise click.UsageError(
            f"-V {unnamed[0].path!r} does not say which scanner it is for; with several, write -V SCANNER:FILE for each."
        )
    if unnamed:
        return unnamed[0]
    by_scanner: dict[str, CasesFile] = {}
    for scanner, cases in specs:
        if scanner in by_scanner:
            raise click.UsageError(f"-V names the scanner {scanner!r} twice; put its cases into one file.")
        by_scanner[str(scanner)] = cases
    return by_scanner
