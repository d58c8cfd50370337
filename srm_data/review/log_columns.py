"""Restore the columns and cells of the review log by which its items are read."""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.organisation.register import DONE, IN_CONFLICT, IN_FORCE, KEPT, LOOK_AGAIN, OPEN
from srm_data.organisation.remarks import CONFLICT, ENTRY, TYPED
from srm_data.review.headers import find_renamed
from srm_data.review.stamp import Stamp
from srm_data.review.tables import Table, make_table
from srm_data.workbook.format import (
    DECISION,
    DUTY,
    DUTY_ID,
    KIND,
    LOG_ENTRIES,
    OFFERING,
    OFFERING_ID,
    REGISTER,
    REGISTER_MARKS,
    REGISTER_SHEET,
    STATUS,
)
from srm_data.xlsx.kinds import NOTE, THREAD

STATUSES = (IN_FORCE, OPEN, LOOK_AGAIN, KEPT, IN_CONFLICT, DONE)
KINDS = ("decision", ENTRY, TYPED, CONFLICT, NOTE, THREAD)
NAMED = {OFFERING: OFFERING_ID, DUTY: DUTY_ID}
"""Headers of names, with those of the ids that stand for them."""

Texts = dict[str, str]
"""Texts of a row, by header."""


def restore_log(table: Table, stamp: Stamp | None, reviewed: list[Table]) -> Table:
    """Return a log in which renamed, deleted and cleared columns are as they were sent, where possible.

    A renamed column is recognised by its neighbours. The status, kind and cell of an item that lacks
    them are found by its names and ids, and by the code of its row.

    Parameters
    ----------
    reviewed
        Reviewed sheets, which have the names and ids of the cells.
    """
    missing = [
        header for header in REGISTER if header not in table.columns and _was_sent(header, stamp)
    ]
    found = find_renamed(table, missing, tuple(REGISTER))
    gone = [header for header in missing if header not in found.values()]

    rows = list(table.sheet.rows)
    width = max(map(len, rows))
    headers = _pad(rows[table.header_row - 1], width)
    renamed = tuple((at, header, headers[at]) for at, header in sorted(found.items()))
    headers = [found.get(at, text) for at, text in enumerate(headers)]
    rows[table.header_row - 1] = (*headers, *gone)
    columns = make_table(table.sheet._replace(rows=rows), table.header_row).columns
    places = {header: columns[header] for header in REGISTER if header in columns}

    names = _find_names(reviewed)
    for number in range(table.header_row, len(rows)):
        cells = _pad(rows[number], width + len(gone))
        texts = {header: cells[at] for header, at in places.items()}
        rest = [text for at, text in enumerate(cells) if text and at not in places.values()]
        for header, text in _restore_item(texts, rest, stamp, names, gone).items():
            cells[places[header]] = text
        if cells != _pad(rows[number], len(cells)):
            rows[number] = tuple(cells)
    sheet = table.sheet._replace(rows=rows)
    return table._replace(sheet=sheet, columns=columns, renamed=renamed, gone=tuple(gone))


def _was_sent(header: str, stamp: Stamp | None) -> bool:
    """Return whether a log was sent with a header; every log has those by which items are read."""
    always = (*REGISTER_MARKS, OFFERING_ID, DUTY_ID)
    return header in always or (stamp is not None and stamp.has_text(header))


def _pad(cells: tuple[str, ...], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _find_names(reviewed: list[Table]) -> dict[str, Texts]:
    """Find the id of each name and the name of each id, by header of what is looked up."""
    names: dict[str, Texts] = {header: {} for header in (*NAMED, *NAMED.values())}
    for table in reviewed:
        for _, texts in table.records():
            for name, key in NAMED.items():
                names[key].setdefault(texts.get(name, ""), texts.get(key, ""))
                names[name].setdefault(texts.get(key, ""), texts.get(name, ""))
    return names


def _restore_item(
    texts: Texts, rest: list[str], stamp: Stamp | None, names: dict[str, Texts], gone: list[str]
) -> Texts:
    """Return what the row of an item was sent with; other rows and complete ones stay as they are.

    ``rest`` has the texts beside the columns of the log.
    """
    if not any(text for header, text in texts.items() if header not in LOG_ENTRIES):
        return texts
    named = {
        header: names[header].get(texts.get(other, ""), "")
        for pair in NAMED.items()
        for header, other in (pair, pair[::-1])
        if header in texts
    }
    filled = texts | {header: text for header, text in named.items() if text and not texts[header]}
    if all(filled.get(header) for header in (STATUS, KIND)) and filled == texts:
        return texts

    if stamp is not None:
        for item in _list_readings(filled):
            sent = [text for header, text in item.items() if header not in LOG_ENTRIES]
            if stamp.has_row([*sent, *rest], REGISTER_SHEET) or stamp.has_row(sent, REGISTER_SHEET):
                return item
    if KIND in gone and filled.get(STATUS):
        filled[KIND] = _infer_kind(filled)
    return filled


def _list_readings(texts: Texts) -> Iterator[Texts]:
    """List the items that a row without a status or a kind may be."""
    for status in [texts[STATUS]] if texts[STATUS] else STATUSES:
        for kind in [texts[KIND]] if texts[KIND] else KINDS:
            yield texts | {STATUS: status, KIND: kind}


def _infer_kind(texts: Texts) -> str:
    """Infer the kind of an item whose row was altered from its other columns."""
    status = texts[STATUS]
    if status == IN_CONFLICT:
        return CONFLICT
    if status != DONE and texts.get(DECISION) and texts.get("Said then"):
        return "decision"
    return ENTRY if status != DONE and texts.get("Column") == DECISION else TYPED
