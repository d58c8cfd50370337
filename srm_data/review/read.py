"""Read a reviewed workbook: decisions to apply, remarks to carry over, problems to look at.

There are five steps: open the file, find its tables, read the reviewed rows, read the register, and
determine the outcome of everything that was written.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

import pandas as pd

from srm_data.exceptions import ReviewError
from srm_data.load import read_table
from srm_data.organisation.cell_status import make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.register import IN_FORCE
from srm_data.organisation.remarks import CLOSED, CONFLICT, make_remarks
from srm_data.organisation.sign_off import make_sign_off
from srm_data.review.book import Book, find_parts, open_book
from srm_data.review.cells import conclude_rows
from srm_data.review.cover import conclude_sign_off
from srm_data.review.headers import check_headers
from srm_data.review.letters import Names
from srm_data.review.marks import conclude_marks
from srm_data.review.notes import conclude_notes
from srm_data.review.other_sheets import conclude_other_sheets
from srm_data.review.outcomes import Key, Outcome, Registered, list_rows
from srm_data.review.register import Register, close_item, conclude_register, read_register
from srm_data.review.result import Review, Sent, make_problems, make_sent
from srm_data.review.rows import ReviewedRow, group_rows, has_report, read_rows
from srm_data.review.statuses import conclude_statuses
from srm_data.review.values import find_answer_names
from srm_data.schema import CELL
from srm_data.workbook.format import DECISION, DUE, EVIDENCE, EXCEPTION, HEADERS, OWNER, REPORT, STATUS

STATUS_HEADERS = {
    STATUS: "status", OWNER: "owner", DUE: "due", EVIDENCE: "evidence", EXCEPTION: "exception_until",
}  # fmt: skip
"""Headers of the status of a cell, with the columns of its frame."""
MOST_OUTCOMES = 200_000  # remarks and problems; people write a few hundred


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
            and the key. Nothing listed here is applied.

        The attribute ``status`` has one row per cell with a status, owner or due date, as from
        :func:`~srm_data.read_cell_status`, and ``sign_off`` has the history of the entries on the
        cover, as from :func:`~srm_data.read_sign_off`. ``version``, ``scope`` and ``exported`` describe
        what the workbook was made from.

    Raises
    ------
    srm_data.ReviewError
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

    opened = open_book(path, codes["color"])
    book = find_parts(opened)
    rows = read_rows(book, codes["responsibility"].tolist())
    cells = group_rows(rows)
    register = read_register(book.registers, set(cells))
    outcomes = _conclude(book, rows, cells, register, codes, duties)

    stamp = book.stamp
    sent = make_sent(register.sent, stamp.cell_status if stamp else [], stamp.sign_off if stamp else [])
    return _collect(outcomes, book, rows, sent)


def _find_tables(tables: dict[str, pd.DataFrame] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``responsibilities`` and ``duties``."""
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
    """Determine the outcome of everything in a workbook, the register before the rows.

    The latest decision about a cell is used, so a decision in a row replaces one in the register.
    """
    letters = dict(zip(codes["responsibility"], codes["letter"], strict=True))
    names = find_answer_names(codes)
    seen = set(cells)
    given_before, version = (book.stamp.cell_status, book.stamp.version) if book.stamp else ([], "")

    yield from conclude_register(register.rows, seen, set(letters))
    yield from register.found
    yield from conclude_sign_off(book.others, book.stamp.sign_off if book.stamp else [])
    yield from conclude_statuses(cells, given_before, names, version)
    for table in book.reviewed:
        sent = HEADERS if has_report(book.stamp) else HEADERS - {REPORT}
        yield from check_headers(table, book.stamp, sent)
    yield from conclude_rows(rows, cells, register.entered, names)
    yield from conclude_notes(book, register.notes)
    yield from conclude_marks(book)

    # A matrix shows the decision of a cell or, without one, what the tables said.
    answers: dict[Key, str] = {key: copies[0].sent for key, copies in cells.items()}
    in_force = {key: row for key, row in register.entered.items() if row["status"] == IN_FORCE}
    answers |= {key: row["decision"] for key, row in in_force.items()}
    shown = Names(
        dict(zip(duties["duty"], duties["duty_id"], strict=True)),
        {copies[0].offering: key[0] for key, copies in cells.items()},
        letters,
    )
    yield from conclude_other_sheets(book, seen, len(register.rows), answers, shown)


def _collect(outcomes: Iterable[Outcome], book: Book, rows: list[ReviewedRow], sent: Sent) -> Review:
    """Collect the outcomes in the frames of a review, with the last decision for each cell."""
    frames = ("decisions", "remarks", "problems", "status", "sign_off")
    found: dict[str, list[dict[str, str]]] = {frame: [] for frame in frames}
    listed = itertools.chain.from_iterable(map(list_rows, outcomes))
    for count, (frame, row) in enumerate(listed, start=1):
        if count > MOST_OUTCOMES:
            raise ReviewError(
                f"{book.path}: more than {MOST_OUTCOMES:,} remarks and problems; expected no more "
                "than people write"
            )
        found[frame].append(row)
    latest = {(row["offering_id"], row["duty_id"]): row for row in found["decisions"]}

    decisions = make_decisions(list(latest.values()))
    status = make_cell_status(found["status"])
    settled = _find_settled(decisions, status, sent)
    remarks = [_settle(row, settled) for row in found["remarks"]]
    problems = [row | {"book": book.path.name} for row in found["problems"]]

    review = Review(decisions, make_remarks(remarks), make_problems(problems))
    review.status, review.sign_off = status, make_sign_off(found["sign_off"])
    review.book, review.sent = book.path.name, sent
    if book.stamp is not None:
        review.version, review.scope = book.stamp.version, book.stamp.scope
    review.exported = _list_exported(book, rows)
    return review


def _find_settled(
    decisions: pd.DataFrame, status: pd.DataFrame, sent: Sent
) -> dict[tuple[str, ...], tuple[str, str, str]]:
    """Find new entries by cell and column, with their author and date."""
    settled: dict[tuple[str, ...], tuple[str, str, str]] = {}
    known = set(map(tuple, sent.decisions.to_numpy()))
    for row in decisions.to_dict("records"):
        if tuple(row.values()) not in known:
            cell = (row["offering_id"], row["duty_id"], DECISION)
            settled[cell] = (row["decision"], row["decided_by"], row["decided_on"])
    known = set(map(tuple, sent.status.to_numpy()))
    for row in status.to_dict("records"):
        if tuple(row.values()) not in known:
            for header, name in STATUS_HEADERS.items():
                cell = (row["offering_id"], row["duty_id"], header)
                settled[cell] = (row[name], row["reviewer"], row["date"])
    return settled


def _settle(row: Registered, settled: dict[tuple[str, ...], tuple[str, str, str]]) -> Registered:
    """Close conflicts that are resolved by a new entry; leave other remarks unchanged."""
    entered = settled.get((row.get("offering_id", ""), row.get("duty_id", ""), row.get("column", "")))
    if row.get("kind") != CONFLICT or row.get("state") == CLOSED or entered is None:
        return row
    said, by, on = entered
    return close_item(row, f"settled: {said}", by, on)


def _list_exported(book: Book, rows: list[ReviewedRow]) -> pd.DataFrame:
    """List the cells that were sent, with the answers of the tables at that time."""
    asked = book.stamp.cells.items() if book.stamp is not None else ()
    cells = {(key, duty): ("", "") for key, duties in asked for duty in duties}
    for row in rows:
        if row.is_known and row.sent:
            cells[row.key] = (row.offering, row.sent)
    listed = [[*key, *sent] for key, sent in cells.items()]
    return pd.DataFrame(listed, columns=[*CELL, "offering", "responsibility"]).astype("str")
