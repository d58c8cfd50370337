"""Errors and warnings of this package. ``SrmDataError`` is the base class of all errors.

Each error is also a ``ValueError``, so code that catches ``ValueError`` keeps working.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class SrmDataError(ValueError):
    """Base class of all errors in this package.

    Examples
    --------
    >>> from srm_data import EstateError
    >>> try:
    ...     raise EstateError("bill.csv, line 2: 3 cells; expected 4")
    ... except SrmDataError as error:
    ...     print(error)
    bill.csv, line 2: 3 cells; expected 4
    """


class Fault(NamedTuple):
    """Fault in a table, with its place and what was expected.

    Parameters
    ----------
    file, line, column
        Place of the fault. Line 0 stands for the whole table.
    value
        Value that was found.
    expected
        Description of what was expected.

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
    """Raised if tables have faults, which are listed in ``faults``.

    Parameters
    ----------
    faults
        Faults in any order. The message lists them by file and line.
    of
        What has the faults, such as a file of one's own: "the decisions".

    Examples
    --------
    >>> from srm_data.exceptions import Fault
    >>> faults = [Fault("duties.csv", 3, "layer_id", "dta", "a layer_id of layers (nearest: data)")]
    >>> print(TableError(faults))
    1 fault in the tables:
    duties.csv, line 3, column layer_id: 'dta', expected a layer_id of layers (nearest: data)
    """

    def __init__(self, faults: Sequence[Fault], of: str = "the tables") -> None:
        self.faults = sorted(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in {of}:", *map(str, self.faults)]))


class FrameError(SrmDataError):
    """Raised if an argument is not the expected kind of frame.

    Examples
    --------
    >>> from srm_data import duty_distribution
    >>> try:
    ...     duty_distribution(None)
    ... except FrameError as error:
    ...     print(error)
    expected a model, from build_model, build_category_model or in_use; got nothing (None)
    """


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
    """Raised if a file is not a known kind of inventory. In a folder, such files are skipped.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import read_estate
    >>> path = Path(tempfile.mkdtemp()) / "settings.json"
    >>> length = path.write_text('{"colour": "red"}')
    >>> try:
    ...     read_estate(path)
    ... except UnknownKindError:
    ...     print("no inventory")
    no inventory
    """


class SpreadsheetError(SrmDataError):
    """Raised if a file cannot be read as a workbook. The message says why.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data.xlsx.reader import read_sheets
    >>> path = Path(tempfile.mkdtemp()) / "services.xlsx"
    >>> length = path.write_text("Dear all,")
    >>> try:
    ...     sheets = read_sheets(path)
    ... except SpreadsheetError:
    ...     print("not a workbook")
    not a workbook
    """


class ReviewError(SrmDataError):
    """Raised if a file cannot be read as a reviewed workbook. The message says why.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import read_review
    >>> path = Path(tempfile.mkdtemp()) / "letter.xlsx"
    >>> length = path.write_bytes(b"Dear all,")
    >>> try:
    ...     read_review(path)
    ... except ReviewError as error:
    ...     print(path.name in str(error))
    True
    """


class WorkbookError(SrmDataError):
    """Raised if a value cannot be written to a workbook. The message names the cell and the limit.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, write_workbook
    >>> model = choose_offerings(build_model(), "sqs").assign(aws_part="x" * 40_000)
    >>> try:
    ...     path = write_workbook(Path(tempfile.mkdtemp()) / "ours.xlsx", model)
    ... except WorkbookError:
    ...     print("too long for a cell")
    too long for a cell
    """


class NotebookError(SrmDataError):
    """Raised if a notebook fails. The message names the notebook, the cell and the exception.

    Examples
    --------
    >>> print(NotebookError("03-your-estate.ipynb, cell 4: ValueError: no such file"))
    03-your-estate.ipynb, cell 4: ValueError: no such file
    """


class ReleaseError(SrmDataError):
    """Raised if a release cannot be made. The message says what is missing."""


class InternalError(SrmDataError):
    """Raised if a bug in this package is found. The message asks to report it.

    The original exception is its ``__cause__``.

    Examples
    --------
    >>> from srm_data import SrmDataError
    >>> error = InternalError("a bug in srm_data; please report it: bill.csv: KeyError")
    >>> isinstance(error, SrmDataError)
    True
    """


class StaleDecisionWarning(UserWarning):
    """Warning that decisions were not applied, as their cells have changed or have newer decisions.

    Examples
    --------
    >>> import warnings
    >>> from srm_data import build_model
    >>> from srm_data.organisation.decisions import make_decisions
    >>> stale = {"offering_id": "sqs", "duty_id": "backup", "expected": "none of the four",
    ...          "decision": "AWS", "reason": "It copies our queues.", "decided_by": "Ada",
    ...          "decided_on": "2026-11-01"}
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     model = build_model(decisions=make_decisions([stale]))
    >>> [warning.category.__name__ for warning in caught]
    ['StaleDecisionWarning']
    """


class UnusedCorrectionWarning(UserWarning):
    """Warning that corrections match nothing that an estate leaves open. The message names each.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> from srm_data import read_estate
    >>> corrections = pd.DataFrame({"identifier": ["our lake"], "offering_id": ["lake-formation"]})
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     estate = read_estate(["our lakes"], corrections=corrections)
    >>> print(caught[0].message)
    corrections, row 1, 'our lake': not used, as the inventory has no such identifier
    """


class SkippedFileWarning(UserWarning):
    r"""Warning that files in a folder were skipped. The message names each file and the reason.

    Examples
    --------
    >>> import tempfile, warnings
    >>> from pathlib import Path
    >>> from srm_data import read_estate
    >>> folder = Path(tempfile.mkdtemp())
    >>> length = (folder / "services.csv").write_text("service\nAmazon SQS\n")
    >>> length = (folder / "settings.json").write_text('{"colour": "red"}')
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     estate = read_estate(folder)
    >>> [warning.category.__name__ for warning in caught]
    ['SkippedFileWarning']
    """
