"""The look of a workbook: a few named styles, registered once and used by id."""

from __future__ import annotations

import pandas as pd
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
INK, SOFT_INK, NAVY, BAND, RULE = "1F2A36", "5B6673", "24405E", "DDE4EC", "D5DBE2"
LINK, TEAL, ENTRY, CALL = "1F5FA8", "0F5C5C", "F3FAF7", "FFF3C9"

_THIN = Side(style="thin", color=RULE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WHITE = Side(style="thin", color="FFFFFF")
_OPEN = Protection(locked=False)

STYLES: dict[str, dict[str, object]] = {
    "title": {"font": Font(name=FONT, size=20, bold=True, color=INK)},
    "subtitle": {
        "font": Font(name=FONT, size=11, color=SOFT_INK),
        "alignment": Alignment(vertical="top", wrap_text=True),
    },
    "heading": {"font": Font(name=FONT, size=13, bold=True, color=NAVY)},
    "label": {
        "font": Font(name=FONT, size=11, bold=True, color=INK),
        "alignment": Alignment(vertical="top", wrap_text=True),
    },
    "prose": {
        "font": Font(name=FONT, size=11, color=INK),
        "alignment": Alignment(vertical="top", wrap_text=True),
    },
    "prose_link": {
        "font": Font(name=FONT, size=11, color=LINK, underline="single"),
        "alignment": Alignment(vertical="top", wrap_text=True),
    },
    "header": {
        "font": Font(name=FONT, size=10, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=NAVY),
        "alignment": Alignment(vertical="center", wrap_text=True),
        "border": Border(left=_WHITE, right=_WHITE),
    },
    "header_low": {
        "font": Font(name=FONT, size=10, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=NAVY),
        "alignment": Alignment(vertical="bottom", wrap_text=True),
        "border": Border(left=_WHITE, right=_WHITE),
    },
    "header_center": {
        "font": Font(name=FONT, size=10, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=NAVY),
        "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
        "border": Border(left=_WHITE, right=_WHITE),
    },
    "header_upright": {
        "font": Font(name=FONT, size=10, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=NAVY),
        "alignment": Alignment(horizontal="center", vertical="bottom", text_rotation=90),
        "border": Border(left=_WHITE, right=_WHITE),
    },
    "header_entry": {  # of columns that a reviewer fills: another colour, and the word "Your" before it
        "font": Font(name=FONT, size=10, bold=True, color="FFFFFF"),
        "fill": PatternFill("solid", fgColor=TEAL),
        "alignment": Alignment(vertical="center", wrap_text=True),
        "border": Border(left=_WHITE, right=_WHITE),
    },
    "band": {
        "font": Font(name=FONT, size=9, bold=True, color=INK),
        "fill": PatternFill("solid", fgColor=BAND),
        # Centred over several columns without merging them.
        "alignment": Alignment(horizontal="centerContinuous", vertical="center", wrap_text=True),
    },
    "band_upright": {
        "font": Font(name=FONT, size=9, bold=True, color=INK),
        "fill": PatternFill("solid", fgColor=BAND),
        "alignment": Alignment(horizontal="center", vertical="center", text_rotation=90),
    },
    "caption": {"font": Font(name=FONT, size=11, color=SOFT_INK)},
    "text": {
        "font": Font(name=FONT, size=10, color=INK),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
    },
    "text_line": {
        "font": Font(name=FONT, size=10, color=INK),
        "alignment": Alignment(vertical="center"),
        "border": _BOX,
    },
    "text_soft": {
        "font": Font(name=FONT, size=9, color=SOFT_INK),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
    },
    "entry": {
        "font": Font(name=FONT, size=10, color=INK),
        "fill": PatternFill("solid", fgColor=ENTRY),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
        "protection": _OPEN,
    },
    "entry_date": {
        "font": Font(name=FONT, size=10, color=INK),
        "fill": PatternFill("solid", fgColor=ENTRY),
        "alignment": Alignment(horizontal="left", vertical="top"),
        "border": _BOX,
        "number_format": "yyyy-mm-dd",
        "protection": _OPEN,
    },
    "call": {
        "font": Font(name=FONT, size=10, bold=True, color=INK),
        "fill": PatternFill("solid", fgColor=CALL),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
    },
    "answer": {
        "font": Font(name=FONT, size=10, bold=True, color=INK),
        "alignment": Alignment(horizontal="center", vertical="center"),
        "border": _BOX,
    },
    "tile_number": {
        "font": Font(name=FONT, size=20, bold=True, color=INK),
        "alignment": Alignment(horizontal="left", vertical="center"),
        "number_format": "#,##0",
    },
    "code": {
        "font": Font(name=FONT, size=8, color=SOFT_INK),
        "alignment": Alignment(vertical="top"),
        "border": _BOX,
    },
    "number": {
        "font": Font(name=FONT, size=10, color=INK),
        "alignment": Alignment(horizontal="center", vertical="center"),
        "border": _BOX,
        "number_format": "#,##0",
    },
    "amount": {
        "font": Font(name=FONT, size=10, color=INK),
        "alignment": Alignment(horizontal="center", vertical="center"),
        "border": _BOX,
        "number_format": "#,##0.00",
    },
    "link_soft": {
        "font": Font(name=FONT, size=9, color=LINK, underline="single"),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
    },
    "link": {
        "font": Font(name=FONT, size=10, color=LINK, underline="single"),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": _BOX,
    },
}


class Look:
    """The styles of one workbook: set on a cell by name, or given by id for rows that are streamed.

    Parameters
    ----------
    sheet
        Any sheet of the workbook.
    codes
        The table ``responsibilities``: each code adds a filled style ``"party:<responsibility>"``.
    """

    def __init__(self, sheet: Worksheet, codes: pd.DataFrame) -> None:
        looks = dict(STYLES)
        for code in codes.to_dict("records"):
            looks[f"party:{code['responsibility']}"] = {
                "font": Font(name=FONT, size=10, bold=True, color=INK),
                "fill": PatternFill("solid", fgColor=code["color"].removeprefix("#")),
                "alignment": Alignment(horizontal="center", vertical="center"),
                "border": _BOX,
            }
        self._ids: dict[tuple[str, bool], int] = {}
        self._plain = {name: _prototype(sheet, look) for name, look in looks.items()}
        self._quoted = {
            name: _prototype(sheet, look | {"quotePrefix": True}) for name, look in looks.items()
        }

    def id_of(self, name: str, *, quoted: bool = False) -> int:
        """Return the id of a style; quoted is for text that begins like a formula.

        Excel keeps a quoted cell text even after somebody has opened it for editing.
        """
        if (name, quoted) not in self._ids:
            self._ids[name, quoted] = (self._quoted if quoted else self._plain)[name].style_id
        return self._ids[name, quoted]

    def put(self, cell: Cell, name: str, value: object = None) -> Cell:
        """Give a cell its style and, if there is one, its value as typed text or number."""
        if value is not None:
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
        cell._style = self._plain[name]._style
        return cell


def _prototype(sheet: Worksheet, look: dict[str, object]) -> Cell:
    cell = Cell(sheet)
    for part, value in look.items():
        setattr(cell, part, value)
    return cell
