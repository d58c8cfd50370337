"""Read a reviewed workbook: decisions to apply, remarks to carry, problems for a person."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.load import read_table
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.register import IN_FORCE, SHOWN_IN_ITS_ROW
from srm_data.organisation.remarks import ENTRY, make_remarks
from srm_data.review.book import Book, open_book
from srm_data.review.cells import (
    find_sent_notes,
    find_vanished,
    read_register,
    take_cell,
    take_register,
    take_row,
)
from srm_data.review.other_sheets import AS_EXPORTED, Budget, check_headers, check_sheet, take_notes
from srm_data.review.outcomes import PROBLEM, Key, Outcome, Registered, report, report_typed
from srm_data.review.rows import Entry, read_rows
from srm_data.review.values import name_answers
from srm_data.schema import CELL

MOST_OUTCOMES = 200_000
TOO_MANY = f"{{}}: more than {MOST_OUTCOMES:,} remarks and problems; expected what people write"


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
    book = open_book(path)
    rows = _read_all_rows(book, codes["responsibility"].tolist())

    outcomes = list(itertools.islice(_read_book(book, rows, codes, duties), MOST_OUTCOMES + 1))
    if len(outcomes) > MOST_OUTCOMES:
        raise ReviewError(TOO_MANY.format(path))
    found = {frame: [it.row for it in outcomes if it.frame == frame] for frame in Review._fields}
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


def _find_tables(tables: dict[str, pd.DataFrame] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of responsibilities and of duties."""
    names = ("responsibilities", "duties")
    if tables is None:
        return read_table(names[0]), read_table(names[1])
    for name in names:
        if name not in tables:
            raise ReviewError(f"tables: no table {name!r}; expected the frames of load_tables")
    return tables[names[0]], tables[names[1]]


def _read_all_rows(book: Book, answers: list[str]) -> list[Entry]:
    """Read the rows of all sheets that are reviewed."""
    rows, findings = [], 0
    for table in book.reviewed:
        for row in read_rows(table, book.stamp, answers):
            rows.append(row)
            findings += len(row.findings)
            if findings > MOST_OUTCOMES:
                raise ReviewError(TOO_MANY.format(book.name))
    return rows


def _list_exported(book: Book, rows: list[Entry]) -> pd.DataFrame:
    """List the cells that were sent, with what the tables said of them then."""
    asked = book.stamp.cells.items() if book.stamp is not None else ()
    cells = {(key, duty): ("", "") for key, duties in asked for duty in duties}
    for row in rows:
        if row.is_known and row.said:
            cells[row.cell] = (row.offering, row.said)
    listed = [[*cell, *said] for cell, said in cells.items()]
    return pd.DataFrame(listed, columns=[*CELL, "offering", "responsibility"]).astype("str")


def _read_book(
    book: Book, rows: list[Entry], codes: pd.DataFrame, duties: pd.DataFrame
) -> Iterator[Outcome]:
    letters = dict(zip(codes["responsibility"], codes["letter"], strict=True))
    register = read_register(book.registers)
    entered = {
        (row["offering_id"], row["duty_id"]): row
        for row in register
        if row["status"] in SHOWN_IN_ITS_ROW and row["kind"] in ("decision", ENTRY)
    }
    cells: dict[Key, list[Entry]] = {}
    for row in rows:
        if row.is_known:
            cells.setdefault(row.cell, []).append(row)

    # What rows say comes after the register, as the latest decision stands.
    yield from take_register(register, set(cells), set(letters))
    for table in book.reviewed:
        yield from check_headers(table)
    for row in rows:
        yield from take_row(row)
    typed_names = name_answers(codes)
    for cell, entries in cells.items():
        yield from take_cell(entries, entered.get(cell), typed_names)
    yield from take_notes(book, find_sent_notes(register, set(cells)))
    if book.stamp is None:
        expected = "the sheet as it was sent: rows that vanished, and text on other sheets, show by it"
        yield report("the sheet Stamp is gone", ("Stamp", ""), "", expected)
        return
    yield from find_vanished(book.stamp, set(cells), len(register))
    names = dict(zip(duties["duty"], duties["duty_id"], strict=True))
    for place, text in book.stamp.typed:
        yield from report_typed(place, text, AS_EXPORTED)
    answers = _list_exported_answers(cells, entered)
    budget = Budget()
    for sheet in book.others:
        yield from check_sheet(sheet, book.stamp, answers, letters, names, budget)


def _list_exported_answers(
    cells: dict[Key, list[Entry]], entered: dict[Key, Registered]
) -> dict[Key, str]:
    """Tell what the matrix showed of each cell: its decision or, without one, what the tables said."""
    said = {cell: entries[0].said for cell, entries in cells.items()}
    decided = {cell: row["decision"] for cell, row in entered.items() if row["status"] == IN_FORCE}
    return said | decided
