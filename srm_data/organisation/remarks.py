"""Reviewers' remarks that are not decisions: comments, notes, and text typed on other sheets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame
from srm_data.organisation.files import make_own_frame, read_own_file, write_own_file
from srm_data.schema import CELL, StrPath, read_own_schema

HANDLED = ["state", "reply", "assigned", "due", "replied_by", "replied_on", "story"]
"""Handling of a remark, filled in the review log."""
DISPUTED = ["expected", "customer_action"]
"""Further columns for a decision in conflict."""
REMARK = [
    *CELL, "kind", "column", "decision", "text", "author", "dated", "place", *HANDLED, *DISPUTED,
]  # fmt: skip
"""Columns of a frame of remarks."""
REMARKS = "remarks, from read_review or read_remarks"

ENTRY, TYPED, CONFLICT = "entry", "typed", "conflict"
"""Further kinds of remarks, besides those of xlsx.kinds: in the reviewer columns, typed elsewhere, or
one of several conflicting entries for a cell."""
CLOSED, REOPENED = "closed", "reopened"
"""States of a remark; blank and other values count as open."""


def make_remarks(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of remarks, all ``str``; missing values are blank."""
    return make_own_frame(rows, REMARK)


def read_remarks(path: StrPath) -> pd.DataFrame:
    """Read a CSV file of remarks, as written by :func:`write_remarks`.

    Parameters
    ----------
    path
        CSV file with the columns of ``tables/remarks.schema.json``.

    Returns
    -------
    DataFrame
        ``offering_id``, ``duty_id``, ``kind``, ``column``, ``decision``, ``text``, ``author``,
        ``dated`` and ``place``; ``state``, ``reply``, ``assigned``, ``due``, ``replied_by``,
        ``replied_on`` and ``story`` (what became of it); ``expected`` and ``customer_action`` (for a
        decision in conflict). All ``str``.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and
        what was expected.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, read_review, write_workbook
    >>> from srm_data.organisation import write_remarks
    >>> folder = Path(tempfile.mkdtemp())
    >>> book = write_workbook(folder / "ours.xlsx", choose_offerings(build_model(), "sqs"))
    >>> path = write_remarks(folder / "remarks.csv", read_review(book).remarks)
    >>> read_remarks(path).empty
    True
    """
    return read_own_file(path, read_own_schema("remarks"))


def write_remarks(path: StrPath, remarks: pd.DataFrame) -> Path:
    """Write remarks to a new CSV file.

    Parameters
    ----------
    path
        File to write.
    remarks
        Frame from :func:`~srm_data.read_review`.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    FileExistsError
        If the file already exists: files of the organisation are never overwritten.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, read_review, write_workbook
    >>> folder = Path(tempfile.mkdtemp())
    >>> book = write_workbook(folder / "ours.xlsx", choose_offerings(build_model(), "sqs"))
    >>> write_remarks(folder / "remarks.csv", read_review(book).remarks).name
    'remarks.csv'
    """
    check_frame(remarks, [name for name in REMARK if name not in (*HANDLED, *DISPUTED)], REMARKS)
    return write_own_file(path, remarks)
