"""Errors and warnings of this package. ``SrmDataError`` is the base class of all errors.

Each error is also a ``ValueError``, so code that catches ``ValueError`` keeps working.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class SrmDataError(ValueError):
    """Base class of all errors in this package.

    Examples
    --------
    >>> from srm_data import duty_distribution
    >>> try:
    ...     duty_distribution(None)
    ... except SrmDataError as error:
    ...     print(error)
    expected a model, from build_model, build_category_model or in_use; got nothing (None)
    """


class Fault(NamedTuple):
    """Fault in a table: file, line (0 stands for the whole table), column, value, what was expected."""

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        return f"{self.file}{line}, column {self.column}: {self.value!r}, expected {self.expected}"


class TableError(SrmDataError):
    """Raised if tables have faults, which are listed in ``faults``."""

    def __init__(self, faults: Sequence[Fault], of: str = "the tables") -> None:
        self.faults = sorted(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in {of}:", *map(str, self.faults)]))


class FrameError(SrmDataError):
    """Raised if an argument is not the expected kind of frame."""


class EstateError(SrmDataError):
    """Raised if an inventory cannot be read. The message names the file, the place and the fault.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import read_estate
    >>> path = Path(tempfile.mkdtemp()) / "bill.json"
    >>> length = path.write_text('{"a": 1')
    >>> try:
    ...     read_estate(path)
    ... except EstateError as error:
    ...     print(str(error).removeprefix(f"{path}, "))
    line 1, column 8: not valid JSON (Expecting ',' delimiter)
    """


class UnknownKindError(EstateError):
    """Raised if a file is not a known kind of inventory. In a folder, such files are skipped."""


class SpreadsheetError(SrmDataError):
    """Raised if a file cannot be read as a workbook. The message says why."""


class ReviewError(SrmDataError):
    """Raised if a file cannot be read as a reviewed workbook. The message says why."""


class WorkbookError(SrmDataError):
    """Raised if a value cannot be written to a workbook. The message names the cell and the limit."""


class NotebookError(SrmDataError):
    """Raised if a notebook fails. The message names the notebook, the cell and the exception."""


class ReleaseError(SrmDataError):
    """Raised if a release cannot be made. The message says what is missing."""


class InternalError(SrmDataError):
    """Raised if a bug in this package is found, with the original exception as its ``__cause__``."""


class StaleDecisionWarning(UserWarning):
    """Warning that decisions were not applied, as their cells have changed or have newer decisions."""


class UnusedCorrectionWarning(UserWarning):
    """Warning that corrections match nothing that an estate leaves open. The message names each."""


class SkippedFileWarning(UserWarning):
    """Warning that files in a folder were skipped. The message names each file and the reason."""


def find_nearest(name: str, names: Iterable[str], *, count: int = 3) -> list[str]:
    """Find the known names most similar to an unknown name, the most similar first."""
    return difflib.get_close_matches(name, dict.fromkeys(names), n=count)


def describe_nearest(name: str, names: Iterable[str]) -> str:
    """Return the nearest names in brackets, to end an error message, or an empty string."""
    near = find_nearest(name, names)
    return f" (nearest: {', '.join(near)})" if near else ""
