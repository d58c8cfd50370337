"""Recognise renamed headers of the reviewed sheet by their position and the texts below them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from srm_data.exceptions import ReviewError
from srm_data.review.outcomes import AS_EXPORTED, Outcome, Problem, Typed
from srm_data.review.reading import Reading
from srm_data.review.rows import has_report
from srm_data.review.stamp import Stamp
from srm_data.review.tables import Table, make_table
from srm_data.review.values import read_date
from srm_data.workbook.format import (
    CODE_LENGTH,
    DATE,
    DECIDING,
    DUE,
    DUTY_ID,
    ENTRIES,
    EXCEPTION,
    HEADERS,
    LOG_ENTRIES,
    OFFERING_ID,
    REGISTER,
    REGISTER_MARKS,
    REPORT,
    REVIEWED,
    REVIEWED_LINES,
    ROW_CHECK,
    code_of_cell,
)

COMPARED = 20  # rows by which a column of exported texts is recognised
LOG_KEYS = (*REGISTER_MARKS, OFFERING_ID, DUTY_ID)
"""Headers that every log was sent with."""
DAYS = (DATE, DUE, EXCEPTION)
ORDER = (*(column.header for column in REVIEWED), ROW_CHECK)
"""Headers of the reviewed sheet, as they are sent."""


def recognise_headers(table: Table, stamp: Stamp | None) -> Table:
    """Return a table in which renamed columns have the headers they were sent with.

    A header is recognised by its position between its neighbours, or by the codes of the texts below
    it.
    """
    unknown = _list_unknown(table, HEADERS)
    missing = _list_missing(table, stamp)
    if not unknown or not missing:
        return table

    found = {at: header for header in missing for at in unknown if _has_codes(table, at, header, stamp)}
    found = _find_by_place(table, found, unknown, missing, ORDER)
    columns = {name: at for name, at in table.columns.items() if at not in found}
    columns |= {header: at for at, header in found.items()}
    ordered = dict(sorted(columns.items(), key=lambda column: column[1]))
    renamed = tuple((at, header, _text_at(table, at)) for at, header in sorted(found.items()))
    return table._replace(columns=ordered, renamed=renamed)


def recognise_log(table: Table, stamp: Stamp | None) -> Table:
    """Return a log in which renamed columns have the headers they were sent with.

    Raises
    ------
    ReviewError
        If a column that describes the items is gone: without it, they could not be carried over.
    """
    order = tuple(REGISTER)
    missing = [
        header
        for header in order
        if header not in table.columns
        and (header in LOG_KEYS or (stamp is not None and stamp.has_text(header)))
    ]
    found = _find_by_place(table, {}, _list_unknown(table, order), missing, order)
    gone = [header for header in missing if header not in found.values()]
    if described := [header for header in gone if header not in LOG_ENTRIES]:
        raise ReviewError(
            f"sheet {table.sheet.title!r} came back without {', '.join(described)}; expected all "
            "columns that it was sent with: put it back from the workbook that was sent"
        )
    if not found:
        return table._replace(gone=tuple(gone))

    rows = list(table.sheet.rows)
    headers = rows[table.header_row - 1]
    rows[table.header_row - 1] = tuple(found.get(at, text) for at, text in enumerate(headers))
    restored = make_table(table.sheet._replace(rows=rows), table.header_row)
    renamed = tuple((at, header, _text_at(table, at)) for at, header in sorted(found.items()))
    return restored._replace(renamed=renamed, gone=tuple(gone))


def _find_by_place(
    table: Table,
    found: dict[int, str],
    unknown: list[int],
    missing: list[str],
    order: tuple[str, ...],
) -> dict[int, str]:
    """Return the positions found so far, and those between neighbours that fit the other headers."""
    rest = [header for header in missing if header not in found.values()]
    for run in _list_runs([at for at in unknown if at not in found]):
        between = _list_between(table, found, run, rest, order)
        if len(between) == len(run) and all(
            _is_plausible(table, at, header) for at, header in zip(run, between, strict=True)
        ):
            found = found | dict(zip(run, between, strict=True))
    return found


def conclude_headers(reading: Reading) -> Iterator[Outcome]:
    """Report text above or beside the headers, renamed headers, and missing headers.

    Text around the headers of the log is reported with that of other sheets.
    """
    stamp = reading.book.stamp
    sent = HEADERS if has_report(stamp) else HEADERS - {REPORT}
    for table in reading.book.reviewed:
        yield from _check_headers(table, stamp, sent)
    for table in reading.book.registers:
        for at, header, text in table.renamed:
            yield _report_renamed(table, at, header, text)
        for header in table.gone:
            place = (table.sheet.title, f"A{table.header_row}")
            expected = f"the column {header} of the review log, as it was sent"
            yield Problem("a column is gone", place, header, expected)


def _check_headers(table: Table, stamp: Stamp | None, sent: set[str]) -> Iterator[Outcome]:
    """Check the headers of a table against those that a workbook is sent with."""
    renamed = {at: header for at, header, _ in table.renamed}
    unknown = [at for at in _list_unknown(table, HEADERS) if at not in renamed and _text_at(table, at)]
    yield from _report_missing(table, stamp, unknown)

    headers = {name: at for name, at in table.columns.items() if name in sent}
    for number, row in enumerate(table.sheet.rows[: table.header_row], start=1):
        for at, text in enumerate(row):
            is_header = number == table.header_row
            place = table.sheet.place_of(number, at)
            if is_header and at in renamed:
                yield _report_renamed(table, at, renamed[at], text)
            elif text and not (is_header and at == headers.get(text)) and text not in REVIEWED_LINES:
                yield Typed(place, text, AS_EXPORTED)


def _report_renamed(table: Table, at: int, header: str, text: str) -> Typed:
    place, expected = (
        table.sheet.place_of(table.header_row, at),
        f"{header}; the column is read as that one",
    )
    return Typed(place, text, expected, column=header, problem="a header was renamed")


def _report_missing(table: Table, stamp: Stamp | None, unknown: list[int]) -> Iterator[Outcome]:
    """Report a missing column of checks, and missing headers that may have been renamed."""
    place = (table.sheet.title, f"A{table.header_row}")
    if ROW_CHECK not in table.columns:
        expected = f"the column {ROW_CHECK}: changed cells on this sheet cannot be found without it"
        yield Problem("a column is gone", place, ROW_CHECK, expected)
    for header in _list_missing(table, stamp):
        if unknown and header != ROW_CHECK:
            stands = ", ".join(
                f"{_text_at(table, at)!r} in {table.sheet.place_of(table.header_row, at)[1]}"
                for at in unknown
            )
            yield Problem("a header is gone", place, header, f"{header}; there is {stands}")


def _text_at(table: Table, at: int) -> str:
    row = table.sheet.rows[table.header_row - 1]
    return row[at] if at < len(row) else ""


def _list_unknown(table: Table, headers: Collection[str]) -> list[int]:
    """List the positions of unknown headers, up to the last known header."""
    row = table.sheet.rows[table.header_row - 1]
    last = max((at for at, text in enumerate(row) if text in headers), default=-1)
    used = set(table.columns.values())
    return [at for at in range(last + 2) if at in used and _text_at(table, at) not in headers]


def _list_missing(table: Table, stamp: Stamp | None) -> list[str]:
    """List the missing headers, in the order in which they were sent."""
    sent = {*DECIDING, ROW_CHECK}  # without a stamp, nothing says with which others it was sent
    if stamp is not None and stamp.columns:
        sent |= {*stamp.columns, *ENTRIES}
    return [header for header in ORDER if header in sent and header not in table.columns]


def _list_runs(places: list[int]) -> list[list[int]]:
    """List runs of adjacent positions."""
    runs: list[list[int]] = []
    for at in places:
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _list_between(
    table: Table, found: dict[int, str], run: list[int], missing: list[str], order: tuple[str, ...]
) -> list[str]:
    """List the missing headers that were sent between the neighbours of some positions."""
    headers = {at: name for name, at in table.columns.items()} | found
    left, right = headers.get(run[0] - 1, ""), headers.get(run[-1] + 1, "")
    if (run[0] > 0 and left not in order) or (right and right not in order):
        return []
    first = order.index(left) + 1 if run[0] > 0 else 0
    last = order.index(right) if right else len(order)
    return [header for header in order[first:last] if header in missing]


def _is_plausible(table: Table, at: int, header: str) -> bool:
    """Return whether the texts below are compatible with a header; dates must be dates."""
    if header not in DAYS:
        return True
    texts = [row[at] for row in table.sheet.rows[table.header_row :] if at < len(row) and row[at]]
    return sum(bool(read_date(text)) for text in texts) * 2 >= len(texts)


def _has_codes(table: Table, at: int, header: str, stamp: Stamp | None) -> bool:
    """Return whether the texts of a column have the codes of those sent under a header."""
    columns = stamp.columns if stamp is not None else []
    check = table.columns.get(ROW_CHECK)
    if header not in columns or check is None:
        return False
    number, length = columns.index(header), CODE_LENGTH
    rows = table.sheet.rows[table.header_row : table.header_row + COMPARED]
    agreeing = [
        code_of_cell(header, row[at]) == row[check][number * length : (number + 1) * length]
        for row in rows
        if max(at, check) < len(row)
    ]
    return bool(agreeing) and sum(agreeing) * 2 > len(agreeing)
