"""Read a provider's Customer Responsibility Matrix (CRM), and compare it with the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.ids import find_control_part, fold_control_id, format_control_id
from srm_data.controls.layouts import CONTROL_ID, INHERITED, RESPONSIBILITIES
from srm_data.exceptions import SpreadsheetError
from srm_data.schema import StrPath
from srm_data.xlsx.reader import read_sheets
from srm_data.xlsx.sheets import Sheet

MOST_HEADER_ROWS = 12  # rows in which a header is looked for
VALUES = {"yes": "Yes", "y": "Yes", "partial": "Partial", "partially": "Partial", "no": "No", "n": "No"}
CRM = ["control_id", "part", "inherited", "text", "sheet", "row"]
HEADERS = {
    "control_id": re.compile(r"(security )?control (id|number|#)|control"),
    "inherited": re.compile(r"can be inherited.*|inherit(able|ed|ance)(?! from).*"),
    "text": re.compile(r".*(responsibilit|specific inheritance).*"),
}
"""Pattern of a heading, in lower case with single spaces."""


def read_crm(path: StrPath) -> pd.DataFrame:
    """Read a completed Customer Responsibility Matrix (CRM) in FedRAMP's layout or a similar one.

    Parameters
    ----------
    path
        An Excel workbook. Every sheet with the headings "Control ID" and "Can Be Inherited from CSP" is
        read; the order of the columns does not matter.

    Returns
    -------
    DataFrame
        One row per line with a value: ``control_id`` (in the usual spelling), ``part`` of the control
        statement, ``inherited`` (``"Yes"``, ``"Partial"``, ``"No"`` or, if the cell has another value,
        that value), ``text``, ``sheet`` and ``row`` (``int``).

    Raises
    ------
    srm_data.exceptions.SpreadsheetError
        If it is not a workbook, or none of its sheets is a CRM.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data.workbook.appendix_j import write_crm
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> path = write_crm(Path(tempfile.mkdtemp()) / "crm.xlsx", matrix)
    >>> read_crm(path)["inherited"].unique().tolist()
    ['No', 'Partial', 'Yes']
    """
    sheets = read_sheets(path)
    # a workbook has sheets of instructions too: one sheet with the headings is enough
    headers = [_find_header(sheet) for sheet in sheets]
    if not any(headers):
        titles = ", ".join(repr(sheet.title) for sheet in sheets)
        raise SpreadsheetError(
            f"{path}: no sheet has the headings {CONTROL_ID!r} and {INHERITED!r}, only {titles}"
        )
    rows = [
        row
        for sheet, header in zip(sheets, headers, strict=True)
        if header
        for row in _read_lines(sheet, *header)
    ]
    return pd.DataFrame(rows, columns=CRM).astype({"row": "int64"})


def _find_header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for number, cells in enumerate(sheet.rows[:MOST_HEADER_ROWS], start=1):
        names = [_read_text(cells, place).casefold() for place in range(len(cells))]
        places: dict[str, int] = {}
        for key, pattern in HEADERS.items():
            # two patterns may fit one heading: each column is taken once
            fits = [place for place, name in enumerate(names) if pattern.fullmatch(name)]
            free = [place for place in fits if place not in places.values()]
            places |= {key: free[0]} if free else {}
        if {"control_id", "inherited"} <= places.keys():
            return number, places
    return None


def _read_lines(sheet: Sheet, header_row: int, places: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for number, cells in enumerate(sheet.rows[header_row:], start=header_row + 1):
        control_id = _read_text(cells, places["control_id"])
        value = _read_text(cells, places["inherited"])
        if control_id and value:
            yield (
                format_control_id(control_id),
                find_control_part(control_id),
                VALUES.get(value.casefold(), value),
                _read_text(cells, places.get("text", -1)),
                sheet.title,
                number,
            )


def _read_text(cells: tuple[Any, ...], place: int) -> str:
    value = cells[place] if 0 <= place < len(cells) else None
    return "" if value is None else " ".join(str(value).split())


def is_read(crm: pd.DataFrame) -> pd.Series[bool]:
    """Return, for each line of a CRM, whether its value is Yes, Partial or No."""
    return crm["inherited"].isin(set(VALUES.values()))


def _join_parts(values: pd.Series[str]) -> str:
    """Return the value of a control from those of its parts; unknown ones are kept as they stand."""
    named = list(dict.fromkeys(values))
    if len(named) == 1:
        return named[0]
    return "Partial" if set(named) <= set(VALUES.values()) else " / ".join(named)


def compare_crm(crm: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Compare a provider's CRM with ours, control by control.

    Parameters
    ----------
    crm
        Frame from :func:`read_crm`. A control whose parts differ counts as Partial.
    ours
        Frame from :func:`~srm_data.controls.build_crm`.

    Returns
    -------
    DataFrame
        One row per control in either frame: ``control_id``, ``theirs``, ``ours`` (blank if missing in
        that frame), ``agrees`` (``bool``, missing if only one frame has the control, or if a value of
        theirs is none of ``"Yes"``, ``"Partial"`` and ``"No"``; ``theirs`` then has the values as they
        stand there), ``their_text`` and ``our_text``.

    Examples
    --------
    >>> theirs = pd.DataFrame([("PE-3", "", "Yes", "", "CRM", 4), ("AC-2", "", "Yes", "", "CRM", 5)])
    >>> theirs.columns = ["control_id", "part", "inherited", "text", "sheet", "row"]
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "sqs")
    >>> matrix = srm_data.controls.build_control_matrix(model, baseline="low")
    >>> ours = srm_data.controls.build_crm(matrix)
    >>> compare_crm(theirs, ours).dropna(subset="agrees")[["control_id", "agrees"]].values.tolist()
    [['AC-2', False], ['PE-3', True]]
    """
    check_frame(crm, CRM, "a CRM, from read_crm")
    check_frame(ours, [CONTROL_ID, INHERITED, RESPONSIBILITIES], "our CRM, from build_crm")
    by_control = crm.assign(read=is_read(crm)).groupby(
        crm["control_id"].map(fold_control_id), sort=False
    )
    theirs = by_control.agg(
        control_id=("control_id", "first"),
        theirs=("inherited", _join_parts),
        is_read=("read", "all"),
        their_text=("text", lambda texts: " / ".join(dict.fromkeys(text for text in texts if text))),
    )
    mine = ours.groupby(ours[CONTROL_ID].map(fold_control_id), sort=False).agg(
        our_id=(CONTROL_ID, lambda ids: format_control_id(ids.iloc[0])),
        ours=(INHERITED, _join_parts),
        our_text=(RESPONSIBILITIES, lambda texts: " / ".join(dict.fromkeys(filter(None, texts)))),
    )
    # our order first, then what only they have
    both = mine.join(theirs, how="outer", sort=False)
    both = both.loc[[*mine.index, *theirs.index.difference(mine.index, sort=False)]]

    # only values that are both known can agree
    is_both = both["ours"].notna() & both["is_read"].astype("boolean").fillna(False)
    agrees = (both["ours"] == both["theirs"]).astype("boolean").where(is_both)
    both = both.assign(control_id=both["our_id"].fillna(both["control_id"]), agrees=agrees)
    texts = ["theirs", "ours", "their_text", "our_text"]
    both[texts] = both[texts].fillna("").astype("str")
    columns = ["control_id", "theirs", "ours", "agrees", "their_text", "our_text"]
    return both[columns].reset_index(drop=True)
