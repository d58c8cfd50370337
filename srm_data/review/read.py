"""Read a reviewed workbook: decisions to apply, remarks to carry, problems for a person.

In five steps: open the file, find the tables in it, read the rows that are reviewed, read the register,
and conclude what becomes of all that was written.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.load import read_table
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.register import IN_FORCE
from srm_data.organisation.remarks import make_remarks
from srm_data.review.book import Book, find_parts, open_book
from srm_data.review.cells import check_headers, conclude_rows
from srm_data.review.notes import conclude_notes
from srm_data.review.other_sheets import conclude_other_sheets
from srm_data.review.outcomes import PROBLEM, Key, Outcome, list_rows
from srm_data.review.register import Register, conclude_register, read_register
from srm_data.review.rows import ReviewedRow, group_rows, read_rows
from srm_data.review.values import find_answer_names
from srm_data.schema import CELL

MOST_OUTCOMES = 200_000  # remarks and problems; people write a few hundred


class Frames(NamedTuple):
    """The three frames that a :class:`Review` unpacks into."""

    decisions: pd.DataFrame
    remarks: pd.DataFrame
    problems: pd.DataFrame


class Review(Frames):
    """What a reviewed workbook says: three frames, all ``str``, and what it was made from.

    Parameters
    ----------
    decisions
        What is applied to the tables; see :func:`read_decisions`.
    remarks
        What else was written; see :func:`read_remarks`.
    problems
        What a person has to look at; see :func:`read_review`.

    Attributes
    ----------
    version, scope
        Data version and scope as stamped, blank if the stamp is gone.
    exported
        One row per cell that was sent: ``offering_id``, ``duty_id``, ``offering`` and
        ``responsibility``, what the tables said, blank if its row is gone.

    Examples
    --------
    >>> decisions, remarks, problems = Review([], [], [])
    >>> Review._fields
    ('decisions', 'remarks', 'problems')
    """

    version: str = ""
    scope: str = ""
    exported: pd.DataFrame


def read_review(
    path: str | os.PathLike[str], *, tables: dict[str, pd.DataFrame] | None = None
) -> Review:
    """Read a workbook of :func:`~srm_data.write_workbook` that came back from its reviewers.

    Rows are found by their keys, whatever was sorted, filtered, moved or renamed. What a person typed
    into a cell, a note, a thread, a shape, a diagram, a chart, a page header or footer, the name of a
    sheet or the properties of the document is in one of the three frames; other text that differs from
    what was sent is named as a problem. The file is read once, and left as it is.

    Parameters
    ----------
    path
        The returned ``.xlsx``, from Excel or LibreOffice.
    tables
        Frames from :func:`~srm_data.load_tables` that the workbook was made from; those of the package
        if not given.

    Returns
    -------
    Review
        Three frames, all ``str``:

        ``decisions``
            As of :func:`~srm_data.read_decisions`: every decision that has one of the four answers, a
            comment, a reviewer and a date, and those of earlier books that stand in the register only.
        ``remarks``
            Everything else that was written: ``offering_id`` and ``duty_id`` (blank if it is about no
            cell), ``kind`` (``entry``, ``note``, ``thread``, ``typed``), ``column``, ``decision``,
            ``text``, ``author``, ``dated``, ``place``. For ``write_workbook(remarks=...)``.
        ``problems``
            What a person has to look at: ``problem``, ``sheet``, ``cell``, ``value``, ``expected`` and
            the key. Nothing is applied of what stands here.

        It has the attributes ``version``, ``scope`` and ``exported``, too: what the book was made from.

    Raises
    ------
    srm_data.ReviewError
        If the file is no workbook, is damaged, encrypted or too large, has macros or links to other
        files, or is not a workbook of this project.
    FileNotFoundError
        If there is no such file.

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

    opened = open_book(path)
    book = find_parts(opened)
    rows = read_rows(book, codes["responsibility"].tolist())
    cells = group_rows(rows)
    register = read_register(book.registers, set(cells))
    outcomes = _conclude(book, rows, cells, register, codes, duties)

    return _collect(outcomes, book, rows)


def _find_tables(tables: dict[str, pd.DataFrame] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of responsibilities and of duties."""
    names = ("responsibilities", "duties")
    if tables is None:
        return read_table(names[0]), read_table(names[1])
    for name in names:
        if name not in tables:
            raise ReviewError(f"tables: no table {name!r}; expected the frames of load_tables")
    return tables[names[0]], tables[names[1]]


def _conclude(
    book: Book, rows: list[ReviewedRow], cells: dict[Key, list[ReviewedRow]], register: Register,
    codes: pd.DataFrame, duties: pd.DataFrame,
) -> Iterator[Outcome]:  # fmt: skip
    """Conclude what becomes of all that a book says, the register first and its rows after it.

    The latest decision on a cell stands, so that of a row replaces that of the register.
    """
    letters = dict(zip(codes["responsibility"], codes["letter"], strict=True))
    seen = set(cells)

    yield from conclude_register(register.rows, seen, set(letters))
    for table in book.reviewed:
        yield from check_headers(table, book.stamp)
    yield from conclude_rows(rows, cells, register.entered, find_answer_names(codes))
    yield from conclude_notes(book, register.notes)

    # A matrix shows the decision of a cell or, without one, what the tables said.
    answers: dict[Key, str] = {key: copies[0].sent for key, copies in cells.items()}
    in_force = {key: row for key, row in register.entered.items() if row["status"] == IN_FORCE}
    answers |= {key: row["decision"] for key, row in in_force.items()}
    yield from conclude_other_sheets(book, seen, len(register.rows), answers, letters, duties)


def _collect(outcomes: Iterable[Outcome], book: Book, rows: list[ReviewedRow]) -> Review:
    """Collect the outcomes in the frames of a review; the last decision on a cell stands."""
    found: dict[str, list[dict[str, str]]] = {frame: [] for frame in Review._fields}
    listed = itertools.chain.from_iterable(map(list_rows, outcomes))
    for count, (frame, row) in enumerate(listed, start=1):
        if count > MOST_OUTCOMES:
            raise ReviewError(
                f"{book.path}: more than {MOST_OUTCOMES:,} remarks and problems; expected what people "
                "write"
            )
        found[frame].append(row)
    latest = {(row["offering_id"], row["duty_id"]): row for row in found["decisions"]}

    review = Review(
        make_decisions(list(latest.values())),
        make_remarks(found["remarks"]),
        pd.DataFrame(found["problems"], columns=PROBLEM).astype("str"),
    )
    if book.stamp is not None:
        review.version, review.scope = book.stamp.version, book.stamp.scope
    review.exported = _list_exported(book, rows)
    return review


def _list_exported(book: Book, rows: list[ReviewedRow]) -> pd.DataFrame:
    """List the cells that were sent, with what the tables said of them then."""
    asked = book.stamp.cells.items() if book.stamp is not None else ()
    cells = {(key, duty): ("", "") for key, duties in asked for duty in duties}
    for row in rows:
        if row.is_known and row.sent:
            cells[row.key] = (row.offering, row.sent)
    listed = [[*key, *sent] for key, sent in cells.items()]
    return pd.DataFrame(listed, columns=[*CELL, "offering", "responsibility"]).astype("str")
