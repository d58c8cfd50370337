"""Read a reviewed workbook: decisions to apply, remarks to carry over, problems to look at.

There are five steps: open the file, find its parts, read the reviewed rows, read the register, and
determine the outcome of everything that was written. Each conclusion is a function of what was read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from srm_data.exceptions import ReviewError, SpreadsheetError
from srm_data.load import read_table
from srm_data.review.book import find_parts
from srm_data.review.cells import conclude_register, conclude_rows
from srm_data.review.cover import conclude_sign_off
from srm_data.review.headers import conclude_headers
from srm_data.review.marks import conclude_marks
from srm_data.review.notes import conclude_notes
from srm_data.review.other_sheets import conclude_other_sheets
from srm_data.review.reading import Reading, make_words
from srm_data.review.register import read_register
from srm_data.review.result import Review, make_review
from srm_data.review.rows import group_rows, read_rows
from srm_data.review.statuses import conclude_statuses
from srm_data.workbook.styles import PALETTE
from srm_data.xlsx.reader import read_workbook

CONCLUSIONS = (
    conclude_register,
    conclude_sign_off,
    conclude_statuses,
    conclude_headers,
    conclude_rows,
    conclude_notes,
    conclude_marks,
    conclude_other_sheets,
)
"""Functions that determine the outcomes, the register first, as the latest decision is used."""


def read_review(
    path: str | os.PathLike[str], *, tables: dict[str, pd.DataFrame] | None = None
) -> Review:
    """Read a workbook from :func:`~srm_data.write_workbook` that was returned by reviewers.

    Rows are found by their keys, even if they were sorted, filtered, moved or renamed. Text that a
    person typed into a cell, note, thread, shape, diagram, chart, page header or footer, sheet name or
    document property is in one of the three frames. Other text that differs from what was sent is
    reported as a problem. The file is read once and not changed.

    Parameters
    ----------
    path
        Returned ``.xlsx`` file, from Excel or LibreOffice.
    tables
        Frames from :func:`~srm_data.load_tables` that the workbook was made from; those of the package
        if not given.

    Returns
    -------
    Review
        Three frames, all ``str``:

        ``decisions``
            As from :func:`~srm_data.read_decisions`: all decisions with one of the four answers, a
            comment, a reviewer and a date, and those of earlier workbooks that are only in the
            register.
        ``remarks``
            Everything else that was written: ``offering_id`` and ``duty_id`` (blank if it is not about
            a cell), ``kind`` (``entry``, ``note``, ``thread``, ``typed``), ``column``, ``decision``,
            ``text``, ``author``, ``dated``, ``place``. Pass it to ``write_workbook(remarks=...)``.
        ``problems``
            Problems for a person to look at: ``problem``, ``sheet``, ``cell``, ``value``, ``expected``
            and the key. Nothing listed here is applied, such as a decision that is struck through.

        The attribute ``status`` has one row per cell with a status, owner or due date, as from
        :func:`~srm_data.organisation.read_cell_status`, and ``sign_off`` has the history of the entries
        on the cover, as from :func:`~srm_data.organisation.read_sign_off`. ``version``, ``scope`` and
        ``exported`` describe what the workbook was made from.

    Raises
    ------
    srm_data.exceptions.ReviewError
        If the file is not a workbook, is damaged, encrypted or too large, has macros or links to other
        files, or is not a workbook of this project.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, write_workbook
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> written = write_workbook(path, choose_offerings(build_model(), "sqs"))
    >>> review = read_review(path)
    >>> [len(frame) for frame in review], len(review.exported)
    ([0, 0, 0], 28)
    """
    codes, duties = _find_tables(tables)
    own_colors = {*PALETTE, *(color.removeprefix("#").upper() for color in codes["color"])}
    try:
        book = find_parts(read_workbook(path, own_colors=own_colors))
        rows = read_rows(book.reviewed, book.stamp, codes["responsibility"].tolist())
        cells = group_rows(rows)
        register = read_register(book.registers, set(cells))
        reading = Reading(book, rows, cells, register, make_words(codes, duties))
        outcomes = (outcome for conclude in CONCLUSIONS for outcome in conclude(reading))
        review = make_review(outcomes, reading)
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    except ReviewError as error:
        raise ReviewError(f"{os.fspath(path)}: {error}") from error
    review.path = str(Path(path).absolute())
    return review


def _find_tables(tables: dict[str, pd.DataFrame] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``responsibilities`` and ``duties``."""
    names = ("responsibilities", "duties")
    if tables is None:
        return read_table(names[0]), read_table(names[1])
    for name in names:
        if name not in tables:
            raise ReviewError(f"tables: no table {name!r}; expected the frames of load_tables")
    return tables[names[0]], tables[names[1]]
