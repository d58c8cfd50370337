"""What can go wrong: every error and warning of this package, with one base to catch them all.

Each error is a ``ValueError`` too, so code that catches ``ValueError`` goes on working.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class SrmDataError(ValueError):
    """Base of all errors of this package.

    Examples
    --------
    >>> try:
    ...     raise EstateError("bill.csv, line 2: 3 cells; expected 4")
    ... except SrmDataError as error:
    ...     print(error)
    bill.csv, line 2: 3 cells; expected 4
    """


class Fault(NamedTuple):
    """One fault in one place of a table, and what was expected there.

    Parameters
    ----------
    file, line, column
        Where it stands; line 0 stands for the table as a whole.
    value
        What stands there.
    expected
        What was expected, in words.

    Examples
    --------
    >>> print(Fault("duties.csv", 3, "layer_id", "dta", "a layer_id of layers (nearest: data)"))
    duties.csv, line 3, column layer_id: 'dta', expected a layer_id of layers (nearest: data)
    """

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        return f"{self.file}{line}, column {self.column}: {self.value!r}, expected {self.expected}"


class TableError(SrmDataError):
    """Tables break their contract; ``faults`` holds every fault that was found.

    Parameters
    ----------
    faults
        What is wrong, in any order; the message lists it by file and line.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in the tables:", *map(str, self.faults)]))


class FrameError(SrmDataError):
    """A frame is not one that a function takes; the message says what was expected."""


class EstateError(SrmDataError):
    """An inventory cannot be read; the message names the file, the place and what was expected."""


class UnknownKindError(EstateError):
    """A file is of no kind of inventory that is known; a folder is read without it."""


class SpreadsheetError(SrmDataError):
    """A file is not a workbook that can be read; the message says why and what was expected."""


class ReviewError(SrmDataError):
    """A file cannot be read as a reviewed workbook; the message says why and what was expected."""


class WorkbookError(SrmDataError):
    """A value cannot stand in a workbook; the message names the sheet, the cell and the limit."""


class NotebookError(SrmDataError):
    """A notebook failed; the message names the notebook, the cell and what was raised."""


class ReleaseError(SrmDataError):
    """A release cannot be made; the message says what is missing and what was expected."""


class InternalError(SrmDataError):
    """A fault of this package met while reading a file; the message asks to report it.

    The exception that was raised is its ``__cause__``.
    """


class StaleDecisionWarning(UserWarning):
    """Decisions were left out, as the tables no longer say what they were made against."""


class SkippedFileWarning(UserWarning):
    """Files of a folder were not read; the message names each of them and why."""
