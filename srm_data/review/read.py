"""Read a reviewed workbook: decisions to apply, remarks to carry over, problems to look at."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.exceptions import ReviewError, SpreadsheetError
from srm_data.load import read_table
from srm_data.organisation.cell_status import OPEN, make_cell_status
from srm_data.organisation.decisions import make_decisions
from srm_data.organisation.files import make_own_frame
from srm_data.organisation.register import ENTERED
from srm_data.organisation.remarks import CLOSED, CONFLICT, ENTRY, TYPED, make_remarks
from srm_data.organisation.sign_off import make_sign_off
from srm_data.review.authors import NOBODY, By, list_sent, list_signed_anew
from srm_data.review.cells import conclude_register, conclude_rows
from srm_data.review.elsewhere import (
    conclude_headers,
    conclude_marks,
    conclude_notes,
    conclude_other_sheets,
    conclude_sign_off,
)
from srm_data.review.outcomes import NO_KEY, PROBLEM, Key, Outcome, Registered, key_of, list_rows
from srm_data.review.reading import Reading, find_parts
from srm_data.review.register import close_item, read_register
from srm_data.review.rows import ReviewedRow, group_rows, read_rows
from srm_data.review.stamp import Stamp
from srm_data.review.statuses import conclude_statuses
from srm_data.schema import CELL
from srm_data.workbook.format import DECISION, DUE, EVIDENCE, EXCEPTION, OWNER, STATUS
from srm_data.workbook.returned import find_answer_names
from srm_data.workbook.styles import PALETTE
from srm_data.xlsx.reader import read_workbook

STATUS_HEADERS = {
    STATUS: "status", OWNER: "owner", DUE: "due", EVIDENCE: "evidence", EXCEPTION: "exception_until",
}  # fmt: skip
"""Headers of the status of a cell, with the columns of its frame."""
DECIDED_WORDS = ("decision", "reason", "decided_by", "decided_on")
"""Columns of a decision that a reviewer fills in."""
MOST_OUTCOMES = 200_000  # remarks and problems; people write a few hundred


class Frames(NamedTuple):
    """Three frames that a :class:`Review` unpacks into."""

    decisions: pd.DataFrame
    remarks: pd.DataFrame
    problems: pd.DataFrame


class Sent(NamedTuple):
    """Results of earlier reviews that the workbook was sent with, as frames of a review."""

    decisions: pd.DataFrame
    remarks: pd.DataFrame
    status: pd.DataFrame
    sign_off: pd.DataFrame
    signed: pd.DataFrame
    """Names and dates in the rows, one row per cell."""


class Review(Frames):
    """Contents of a reviewed workbook: three frames, all ``str``, and what it was made from.

    Parameters
    ----------
    decisions
        Decisions to apply to the model; see :func:`read_decisions`.
    remarks
        Everything else that was written; see :func:`read_remarks`.
    problems
        Problems for a person to look at; see :func:`read_review`.

    Attributes
    ----------
    status
        Review status, owner and due date of cells; see :func:`read_cell_status`.
    sign_off
        Entries on the cover and their history; see :func:`read_sign_off`.
    version, scope
        Data version and scope as stamped, blank if the stamp is gone.
    book
        Name of the file.
    path
        Absolute path of the file, by which copies of the same name are told apart.
    sent
        Results of earlier reviews that the workbook was sent with.
    signed
        Who made new entries in the row of a cell, and when; one row per cell.
    exported
        One row per cell that was sent: ``offering_id``, ``duty_id``, ``offering`` and
        ``responsibility`` (the answer of the tables, blank if its row is gone).

    Examples
    --------
    >>> decisions, remarks, problems = Review([], [], [])
    >>> Review._fields
    ('decisions', 'remarks', 'problems')
    """

    status: pd.DataFrame
    sign_off: pd.DataFrame
    version: str = ""
    scope: str = ""
    book: str = ""
    path: str = ""
    sent: Sent
    signed: pd.DataFrame
    exported: pd.DataFrame


def make_review(outcomes: Iterable[Outcome], reading: Reading) -> Review:
    """Collect the outcomes in the frames of a review, with the last decision for each cell.

    Raises
    ------
    ReviewError
        If there are more outcomes than people write.
    """
    frames = ("decisions", "remarks", "problems", "status", "sign_off")
    found: dict[str, list[dict[str, str]]] = {frame: [] for frame in frames}
    listed = itertools.chain.from_iterable(map(list_rows, outcomes))
    for count, (frame, row) in enumerate(listed, start=1):
        if count > MOST_OUTCOMES:
            raise ReviewError(
                f"more than {MOST_OUTCOMES:,} remarks and problems; expected no more than people write"
            )
        found[frame].append(row)
    latest = {key_of(row): row for row in found["decisions"]}

    book, stamp = reading.book.name, reading.book.stamp
    of_rows = list_sent(reading)
    by_sent = {key: of_row.by for key, of_row in of_rows.items() if any(of_row.by)}
    sent, signed = _make_sent(reading, by_sent), _make_signed(list_signed_anew(reading, of_rows))
    decisions = make_decisions(list(latest.values()))
    status = make_cell_status(found["status"])
    sign_off = make_sign_off(found["sign_off"])
    settled = _find_settled(decisions, status, sign_off, signed, sent)
    remarks = [_settle(row, settled) for row in found["remarks"]]
    items = zip(reading.register.sent, reading.register.rows, strict=True)
    kept = [before for before, row in items if row["kind"] == before["kind"]]  # others were closed
    remarks += _list_replaced(kept, decisions, remarks)
    problems = [row | {"book": book} for row in found["problems"]]

    review = Review(decisions, make_remarks(remarks), make_problems(problems))
    review.status, review.sign_off = status, sign_off
    review.book, review.sent, review.signed = book, sent, signed
    if stamp is not None:
        review.version, review.scope = stamp.version, stamp.scope
    review.exported = _list_exported(stamp, reading.rows)
    return review


def _find_settled(
    decisions: pd.DataFrame,
    status: pd.DataFrame,
    sign_off: pd.DataFrame,
    signed: pd.DataFrame,
    sent: Sent,
) -> dict[tuple[str, ...], tuple[str, str, str]]:
    settled: dict[tuple[str, ...], tuple[str, str, str]] = {}
    known = set(map(tuple, sent.decisions.to_numpy()))
    for row in decisions.to_dict("records"):
        if tuple(row.values()) not in known:
            cell = (*key_of(row), DECISION)
            settled[cell] = (row["decision"], row["decided_by"], row["decided_on"])
    before = {key_of(row): row for row in sent.status.to_dict("records")}
    anew = {key_of(row): (row["reviewer"], row["date"]) for row in signed.to_dict("records")}
    for row in status.to_dict("records"):
        was, by = before.get(key_of(row), {}), anew.get(key_of(row), NOBODY)
        changed = [it for it, name in STATUS_HEADERS.items() if row[name] != was.get(name, "")]
        for header in changed:
            if row[STATUS_HEADERS[header]] not in ("", OPEN):
                settled[*key_of(row), header] = (row[STATUS_HEADERS[header]], *by)
        is_signed = all(by) and by == (row["reviewer"], row["date"])
        if row["status"] == OPEN and is_signed and set(changed) <= {STATUS}:
            settled[*key_of(row), STATUS] = (OPEN, *by)
    former = {row["field"]: row for row in sent.sign_off.to_dict("records")}
    for field, row in {row["field"]: row for row in sign_off.to_dict("records")}.items():
        if row["value"] and row != former.get(field):
            settled[*NO_KEY, field] = (row["value"], row["by"], row["day"])
    return settled


def _settle(row: Registered, settled: dict[tuple[str, ...], tuple[str, str, str]]) -> Registered:
    """Close conflicts that are resolved by a new entry; leave other remarks unchanged.

    Copies of several reviewers may have different new entries, which are a conflict of their own.
    """
    entered = settled.get((row.get("offering_id", ""), row.get("duty_id", ""), row.get("column", "")))
    if row.get("kind") != CONFLICT or row.get("state") == CLOSED or entered is None:
        return row
    said, by, on = entered
    return close_item(row, f"closed by a new entry: {said}", by, on)


def _list_replaced(
    sent: list[Registered], decisions: pd.DataFrame, remarks: list[Registered]
) -> list[Registered]:
    """List the decisions that were replaced or withdrawn, as closed remarks that say by what."""
    now = {key_of(row): row for row in decisions.to_dict("records")}
    waiting = {key_of(row) for row in remarks if row.get("kind") == ENTRY and row.get("decision")}
    altered = {
        (*key_of(row), row.get("text"))
        for row in remarks
        if row.get("kind") == TYPED and row.get("state") != CLOSED
    }
    replaced = []
    for was in sent:
        key, row = key_of(was), now.get(key_of(was))
        words = tuple(was[name] for name in ENTERED)
        is_known = row is not None and words == tuple(row[name] for name in DECIDED_WORDS)
        if was["kind"] != "decision" or is_known or (*key, was["text"]) in altered:
            continue
        said, by, on = "withdrawn", "", ""
        if row is not None:
            said, by, on = f"replaced by {row['decision']}", row["decided_by"], row["decided_on"]
        elif key in waiting:
            said = "replaced by an incomplete decision"
        replaced.append(close_item(was | {"kind": TYPED, "column": DECISION}, said, by, on))
    return replaced


def _list_exported(stamp: Stamp | None, rows: list[ReviewedRow]) -> pd.DataFrame:
    asked = stamp.cells.items() if stamp is not None else ()
    cells = {(key, duty): ("", "") for key, duties in asked for duty in duties}
    for row in rows:
        if row.is_known and row.sent:
            cells[row.key] = (row.offering, row.sent)
    listed = [[*key, *sent] for key, sent in cells.items()]
    return pd.DataFrame(listed, columns=[*CELL, "offering", "responsibility"]).astype("str")


def _make_sent(reading: Reading, signed: dict[Key, By]) -> Sent:
    items, stamp = reading.register.sent, reading.book.stamp
    decided = [
        row | {"reason": row["text"], "decided_by": row["author"], "decided_on": row["dated"]}
        for row in items
        if row["kind"] == "decision"
    ]
    remarks = [row for row in items if row["kind"] != "decision"]
    return Sent(
        make_decisions(decided),
        make_remarks(remarks),
        make_cell_status(stamp.cell_status if stamp else []),
        make_sign_off(stamp.sign_off if stamp else []),
        _make_signed(signed),
    )


def _make_signed(signed: dict[Key, By]) -> pd.DataFrame:
    rows = [[*key, *by] for key, by in signed.items()]
    return pd.DataFrame(rows, columns=[*CELL, "reviewer", "date"]).astype("str")


def make_problems(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of problems, all ``str``."""
    return make_own_frame(rows, PROBLEM)


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
    person typed into a cell, note, thread, page header or footer, sheet name or document property is in
    one of the three frames. Other text that differs from what was sent is reported as a problem.
    Shapes, charts, colours and struck text are only named. The file is read once and not changed.

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
    own = [*codes["color"], *codes["pale_color"]]
    own_colors = {*PALETTE, *(color.removeprefix("#").upper() for color in own)}
    try:
        book = find_parts(read_workbook(path, own_colors=own_colors))
        rows = read_rows(book.reviewed, book.stamp, codes["responsibility"].tolist())
        cells = group_rows(rows)
        register = read_register(book.registers, set(cells))
        ids = dict(zip(duties["duty"], duties["duty_id"], strict=True))
        reading = Reading(book, rows, cells, register, find_answer_names(codes), ids)
        outcomes = (outcome for conclude in CONCLUSIONS for outcome in conclude(reading))
        review = make_review(outcomes, reading)
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    except ReviewError as error:
        raise ReviewError(f"{os.fspath(path)}: {error}") from error
    review.path = str(Path(path).absolute())
    return review


def _find_tables(tables: dict[str, pd.DataFrame] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = ("responsibilities", "duties")
    if tables is None:
        return read_table(names[0]), read_table(names[1])
    for name in names:
        if name not in tables:
            raise ReviewError(f"tables: no table {name!r}; expected the frames of load_tables")
    return tables[names[0]], tables[names[1]]
