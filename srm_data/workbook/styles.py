"""Formatting of a workbook: a few named styles, registered once and used by id."""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
INK, SOFT_INK, NAVY, BAND, RULE = "1F2A36", "5B6673", "24405E", "DDE4EC", "D5DBE2"
LINK, TEAL, ENTRY, CALL = "1F5FA8", "0F5C5C", "F3FAF7", "FFF3C9"

PALETTE = (INK, SOFT_INK, NAVY, BAND, RULE, LINK, TEAL, ENTRY, CALL, "FFFFFF", "000000")
"""Colours of the styles here; those of the answers stand in their table."""

_THIN = Side(style="thin", color=RULE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WHITE = Side(style="thin", color="FFFFFF")
_GAPS = Border(left=_WHITE, right=_WHITE)
_START = Border(left=Side(style="medium", color="FFFFFF"))

TABLE_SIZE = 10
"""Points of the text in tables."""
GROWING_SIZE = 11
"""The same in rows that programs fit to what is typed.

LibreOffice fits them by whole pixels of the screen: 10 points are 13 of them, not 13.3, and a row is a
tenth too low for its lines when it is printed. 11 points are 15, not 14.7.
"""

Style = dict[str, object]
"""Parts of a cell style, by the names of openpyxl's attributes."""
ALIGNMENTS: dict[str, tuple[str, object]] = {
    "left": ("horizontal", "left"), "center": ("horizontal", "center"),
    "across": ("horizontal", "centerContinuous"),  # nothing merged
    "top": ("vertical", "top"), "middle": ("vertical", "center"), "bottom": ("vertical", "bottom"),
    "wrap": ("wrap_text", True), "upright": ("text_rotation", 90),
}  # fmt: skip


def _style(
    size: int,
    align: str = "",
    *,
    bold: bool = False,
    ink: str = INK,
    underline: str | None = None,
    fill: str = "",
    border: Border | None = None,
    number_format: str = "",
    locked: bool = True,
) -> Style:
    """Return a style; omitted properties are as in a new workbook."""
    alignment: dict[str, Any] = dict(ALIGNMENTS[word] for word in align.split())
    parts: Style = {
        "font": Font(name=FONT, size=size, bold=bold, color=ink, underline=underline),
        "fill": PatternFill("solid", fgColor=fill) if fill else None,
        "alignment": Alignment(**alignment) if align else None,
        "border": border, "number_format": number_format or None,
        "protection": None if locked else Protection(locked=False),
    }  # fmt: skip
    return {name: part for name, part in parts.items() if part is not None}


_HEADER: dict[str, Any] = {"bold": True, "ink": "FFFFFF", "fill": NAVY, "border": _GAPS}
_YOURS: dict[str, Any] = _HEADER | {"fill": TEAL}  # headers of the columns that a reviewer fills
_BAND: dict[str, Any] = {"bold": True, "fill": BAND}
_ENTRY: dict[str, Any] = {"fill": ENTRY, "border": _BOX, "locked": False}
_LINK: dict[str, Any] = {"ink": LINK, "underline": "single"}

# fmt: off
STYLES: dict[str, Style] = {
    # Prose
    "title":          _style(20, bold=True),
    "heading":        _style(13, bold=True, ink=NAVY),
    "label":          _style(11, "top wrap", bold=True),
    "prose":          _style(11, "top wrap"),
    "prose_link":     _style(11, "top wrap", **_LINK),
    "caption":        _style(11, ink=SOFT_INK),
    "answer_line":    _style(14, "top", bold=True),
    # Headers of tables: at the top, as the filter button is at the bottom
    "header":         _style(10, "top wrap", **_HEADER),
    "header_low":     _style(10, "bottom wrap", **_HEADER),
    "header_center":  _style(10, "center top wrap", **_HEADER),
    "header_upright": _style(10, "center top upright wrap", **_HEADER),
    "header_entry":   _style(10, "top wrap", **_YOURS),
    "band":           _style(10, "across middle wrap", **_BAND, border=_START),
    "band_upright":   _style(10, "center middle upright wrap", **_BAND, border=_START),
    "band_rest":      _style(10, "across middle wrap", **_BAND),
    # In rows that programs fit to what is typed
    "header_growing": _style(GROWING_SIZE, "top wrap", **_HEADER),
    "header_center_growing": _style(GROWING_SIZE, "center top wrap", **_HEADER),
    "text_growing":   _style(GROWING_SIZE, "top wrap", border=_BOX),
    "answer_growing": _style(GROWING_SIZE, "center top", border=_BOX, bold=True),
    # Cells of tables
    "text":           _style(10, "top wrap", border=_BOX),
    "text_line":      _style(10, "top", border=_BOX),
    "text_soft":      _style(9, "top wrap", border=_BOX, ink=SOFT_INK),
    "entry":          _style(10, "top wrap", **_ENTRY),
    "entry_text":     _style(11, "top wrap", **_ENTRY),
    "entry_line":     _style(11, "middle", **_ENTRY),
    "entry_day":      _style(11, "left middle", **_ENTRY, number_format="yyyy-mm-dd"),
    "entry_date":     _style(10, "left top", **_ENTRY, number_format="yyyy-mm-dd"),
    "call":           _style(10, "top wrap", border=_BOX, bold=True, fill=CALL),
    "answer":         _style(10, "center top", border=_BOX, bold=True),
    "code":           _style(8, "top", border=_BOX, ink=SOFT_INK),
    "number":         _style(10, "center top", border=_BOX, number_format="#,##0"),
    "amount":         _style(10, "center top", border=_BOX, number_format="#,##0.00"),
    "link":           _style(10, "top wrap", border=_BOX, **_LINK),
}
# fmt: on
"""The named styles; a ``"party:<responsibility>"`` for each answer is added by :class:`Look`."""


class Look:
    """Styles of one workbook, by the ids that the cells of its sheets have.

    Parameters
    ----------
    sheet
        Any sheet of the workbook.
    codes
        The table ``responsibilities``: each code adds two filled styles,
        ``"party:<responsibility>"`` and the paler ``"pale:<responsibility>"`` of defaults.
    """

    def __init__(self, sheet: Worksheet, codes: pd.DataFrame) -> None:
        self._sheet, self._looks = sheet, dict(STYLES)
        for code in codes.to_dict("records"):
            for kind, color in (("party", code["color"]), ("pale", code["pale_color"])):
                self._looks[f"{kind}:{code['responsibility']}"] = _style(
                    10, "center top", border=_BOX, bold=True, fill=color.removeprefix("#")
                )
        self._ids: dict[tuple[str, bool], int] = {("", False): 0}

    def id_of(self, name: str, *, quoted: bool = False) -> int:
        """Return the id of a style; use ``quoted`` for text that begins like a formula.

        Excel keeps a quoted cell as text even after somebody has edited it.
        """
        if (name, quoted) not in self._ids:
            cell = Cell(self._sheet)
            for part, value in (self._looks[name] | {"quotePrefix": quoted}).items():
                setattr(cell, part, value)
            self._ids[name, quoted] = int(cell.style_id)
        return self._ids[name, quoted]
