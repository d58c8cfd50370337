"""Read untrusted Excel workbooks with a parser that does not build a tree.

A reader that builds a tree needs gigabytes and minutes for a hostile file of 200 kB, and takes four
times as long for our own workbooks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    CALENDAR_WINDOWS_1900,
    from_excel,
    from_ISO8601,
)

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.parts import (
    WORKBOOK,
    Attributes,
    Package,
    PartError,
    ShortNames,
    damaged,
    parse_part,
    read_relations,
    read_tree,
)

NOTE, THREAD, HEADER, LINK = "note", "thread", "page header or footer", "link"
SHEET_NAME, PROPERTY, VALIDATION = "sheet name", "document property", "data validation"
NAME = "name"
"""Kinds of text outside of cells."""
STRUCK, COLOURED = "struck through", "coloured"
"""Marks without text."""
PLAIN_THEMES = ("0", "1", "10", "11")  # black, white, and links, in whatever colours a program has them
OFF = ("0", "false", "none")
LIMITS = {
    # cells, and the blanks before them, each of which is looked at
    "places": (3_000_000, "cells are too far apart: they span more than {:,}"),
    # bytes, as Python holds it; the catalogue holds 22 MB
    "text": (48 * 1024**2, "holds more than {:,} bytes of text"),
    "formulas": (400_000, "more than {:,} formulas"),  # the catalogue has some 14,000
    "asides": (20_000, "more than {:,} texts outside its cells"),
}
"""How much of each a workbook may hold, and what is said of more."""
MOST_MARKS = 50_000  # of a sheet
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # Excel's own limits
KINDS_OF_SHEETS = ("worksheet", "chartsheet", "dialogsheet")
LETTERS = re.compile("[A-Za-z]{1,3}")
LITERAL = re.compile(r'"([^"]*(?:""[^"]*)*)"')

KINDS = {"x:hyperlink": LINK, "x:dataValidation": VALIDATION, "x14:dataValidation": VALIDATION}
"""What a text in the attributes of an element is called, if not by the name of the element."""
TYPED = ("name", "title", "tooltip", "location", "promptTitle", "prompt", "errorTitle", "error",
         "comment", "altText")  # fmt: skip
"""Attributes that people type, of whatever element."""
TEXTS = dict.fromkeys(("x:formula1", "x:formula2"), VALIDATION) | {
    f"x:{pages}{place}": HEADER for pages in ("odd", "even", "first") for place in ("Header", "Footer")
}
"""Kind of the text of an element: of page headers, and of formulas of validations and rules."""


class Remark(NamedTuple):
    """Text outside of cells: part of its sheet (none for the workbook), cell, author and date."""

    part: str
    cell: str
    kind: str
    text: str
    author: str = ""
    dated: str = ""


class Sheet(NamedTuple):
    """Sheet: its title, the rows of its values, and its part in the package."""

    title: str
    rows: list[tuple[Any, ...]]
    part: str
    formulas: dict[tuple[int, int], str]
    """Formulas, by row from 1 and column from 0."""
    asides: list[Remark]
    marks: dict[tuple[int, int], str]
    """Cells that were filled, coloured or struck through, by row and column."""
    merged: list[str]
    """Ranges of cells that were merged."""
    is_hidden: bool = False

    def place_of(self, row: int, column: int) -> str:
        """Return the place of a cell, such as ``Summary!B3``; rows count from 1, columns from 0."""
        return f"{self.title}!{get_column_letter(column + 1)}{row}"

    def value_of(self, row: int, column: int) -> Any:
        """Return the value of a cell, or an empty text beyond the last one."""
        cells = self.rows[row - 1] if row <= len(self.rows) else ()
        return cells[column] if column < len(cells) else ""


def parse_sheets(
    package: Package, *, formulas: bool = False, own_colors: Collection[str] = ()
) -> list[Sheet]:
    """Parse every sheet for the values of its cells; for formulas, the stored values are read.

    With ``formulas``, these and text outside of cells are read too, and a formula without a stored
    value stands in its place. Cells in other colours than ``own_colors`` were marked by somebody;
    without any, marks are not read.
    """
    parts = {relation.name: relation for relation in read_relations(package, WORKBOOK)}
    workbook = read_tree(package, WORKBOOK)
    listed = list(workbook.iter("x:sheet"))
    since_1904 = any(it.get("date1904") in ("1", "true") for it in workbook.iter("x:workbookPr"))

    # What the cells of all sheets refer to: formats, marks and shared texts.
    values = _Values(CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    for relation in parts.values():
        if relation.kind == "styles":
            styles = read_tree(package, relation.target)
            used = [look for looks in styles.iter("x:cellXfs") for look in looks]
            values.dates = _find_dates(styles, used)
            values.marks = _find_marks(styles, used, own_colors) if own_colors else {}
        elif relation.kind == "sharedStrings":
            parse_part(package, relation.target, _Strings(values))

    sheets: dict[str, Sheet] = {}
    for element in listed:
        title, name = element.get("name", ""), element.get("r:id", "")
        if name not in parts:
            raise damaged(f"{WORKBOOK}: sheet {title!r} has no part")
        kind, part = parts[name].kind, parts[name].target
        if part in sheets:
            raise SpreadsheetError(f"sheets {sheets[part].title!r} and {title!r} are the same part")
        if kind in KINDS_OF_SHEETS:
            is_hidden = element.get("state", "visible") != "visible"
            sheets[part] = Sheet(title, [], part, {}, [], {}, [], is_hidden)
            parse_part(package, part, _Cells(sheets[part], values, formulas=formulas))
    return list(sheets.values())


class _Texts:
    """Collect texts, without phonetic readings."""

    def __init__(self, values: _Values) -> None:
        self.values, self.names = values, ShortNames()
        self.pieces: list[str] = []
        self.is_text = self.is_sound = False

    def turn(self, name: str, *, is_open: bool) -> None:
        if name in ("x:v", "x:t"):
            self.is_text = is_open and not self.is_sound
        elif name == "x:rPh":
            self.is_sound = is_open

    def data(self, text: str) -> None:
        if self.is_text:
            self.pieces.append(text)


class _Strings(_Texts):
    """Collect the shared texts."""

    def start(self, name: str, has: Attributes) -> None:
        self.turn(name := self.names[name], is_open=True)
        if name == "x:strike" and has.get("val", "1") not in OFF:
            self.values.struck.add(len(self.values.strings))

    def end(self, name: str) -> None:
        self.turn(name := self.names[name], is_open=False)
        if name == "x:si":
            self.values.strings.append(self.values.keep("".join(self.pieces)))
            self.pieces.clear()


class _Cells(_Texts):
    """Read a sheet, leaving out blank cells at the end of rows and blank rows at the end."""

    def __init__(self, sheet: Sheet, values: _Values, *, formulas: bool) -> None:
        super().__init__(values)
        self.sheet, self.has_formulas = sheet, formulas
        self.columns: dict[str, int] = {"": 0}
        self.cells: list[Any] = []
        self.written: list[str] = []
        """Pieces of a formula, or of a text outside of cells."""
        self.row = self.column = 0
        self.has: Attributes = {}
        self.is_formula = self.is_aside = False

    def start(self, name: str, has: Attributes) -> None:
        self.turn(name := self.names[name], is_open=True)
        if name == "x:c":
            self.has = has
            letters = has.get("r", "").rstrip("0123456789")
            if letters not in self.columns:
                if not LETTERS.fullmatch(letters):
                    raise PartError(f"has a cell in column {letters[:20]!r}")
                self.columns[letters] = column_index_from_string(letters)
            self.column = self.columns[letters] or self.column + 1
            self.pieces.clear()
            self.written.clear()
            self.is_formula = False
            if has.get("s", "") in self.values.marks:
                self.mark(self.values.marks[has["s"]])
        elif name == "x:row":
            before = self.row
            self.row, self.column = read_whole(has["r"]) if has.get("r") else before + 1, 0
            if not before < self.row <= LAST_ROW:
                raise SpreadsheetError(
                    f"sheet {self.sheet.title!r} has row {self.row:,} after row "
                    f"{before:,}; expected rows in order, {LAST_ROW:,} at most"
                )
        elif name == "x:mergeCell":
            self.sheet.merged.append(has.get("ref", ""))
        elif not self.has_formulas:
            return
        elif name == "x:strike" and has.get("val", "1") not in OFF:
            self.mark(STRUCK)
        elif name == "x:f" or name in TEXTS:
            self.is_formula |= name == "x:f"
            self.is_aside = True
            self.written.clear()
        elif name:
            for attribute in TYPED:
                if attribute in has:
                    kind = KINDS.get(name) or name.rpartition(":")[2]
                    self.add(kind, has.get("ref") or has.get("sqref", ""), has[attribute])

    def end(self, name: str) -> None:
        self.turn(name := self.names[name], is_open=False)
        if name == "x:c":
            self.end_cell()
        elif name == "x:row" and self.cells:
            rows = self.sheet.rows
            self.values.count("places", self.row - 1 - len(rows))
            rows.extend([()] * (self.row - 1 - len(rows)))
            rows.append(tuple(self.cells))
            self.cells.clear()
        elif name == "x:f":
            self.is_aside = False
        elif self.is_aside and name in TEXTS:
            self.is_aside = False
            text = "".join(self.written)
            if TEXTS[name] == HEADER:
                self.add(HEADER, "", text)
            else:  # the choices of a list are texts in its formula
                for literal in LITERAL.findall(text):
                    self.add(VALIDATION, "", literal.replace('""', '"'))

    def data(self, text: str) -> None:
        if self.is_aside and not self.is_text:
            self.written.append(text)
        super().data(text)

    def end_cell(self) -> None:
        value = self.values.read_value(self.has, "".join(self.pieces)) if self.pieces else None
        if self.is_formula:
            formula = self.values.keep("=" + "".join(self.written).strip())
            self.values.count("formulas", 1)
            if value is None or self.has.get("t") == "e":
                value = formula
            self.sheet.formulas[self.row, self.column - 1] = formula
            self.is_formula = False
        if value is not None:
            self.add_cell(value)
            is_shared = self.values.struck and self.has.get("t") == "s"
            if is_shared and int("".join(self.pieces)) in self.values.struck:
                self.mark(STRUCK)

    def mark(self, kind: str) -> None:
        """Keep the mark of the current cell, up to a limit for sheets that are coloured as a whole."""
        if len(self.sheet.marks) < MOST_MARKS:
            self.sheet.marks[self.row, self.column - 1] = kind

    def add_cell(self, value: Any) -> None:
        before = len(self.cells)
        if not before < self.column <= LAST_COLUMN or self.row == 0:
            raise SpreadsheetError(
                f"sheet {self.sheet.title!r}, row {self.row:,} has a cell in column "
                f"{self.column:,} after {before:,}; expected cells in order, {LAST_COLUMN:,} at most"
            )
        self.values.count("places", self.column - before)
        self.cells.extend([None] * (self.column - 1 - before))
        self.cells.append(value)

    def add(self, kind: str, cell: str, text: str) -> None:
        if text.strip():
            self.values.count("asides", 1)
            self.sheet.asides.append(Remark(self.sheet.part, cell, kind, self.values.keep(text)))


class _Values:
    """Reader for cell values: shared texts, dates by their format, and limits on the total."""

    def __init__(self, first_day: dt.datetime) -> None:
        self.first_day = first_day
        self.strings: list[str] = []
        self.dates: dict[str, bool] = {}
        """Whether a date or time format shows a duration, by format number."""
        self.marks: dict[str, str] = {}
        """Mark of each style, by style number."""
        self.struck: set[int] = set()
        """Numbers of shared texts that are at least partly struck through."""
        self.counts = dict.fromkeys(LIMITS, 0)

    def read_value(self, has: Attributes, text: str) -> Any:
        kind = has.get("t", "n")
        if kind == "n":
            return self.read_number(text, has.get("s", ""))
        if kind == "s":
            place = read_whole(text)
            if place >= len(self.strings):
                raise PartError(f"refers to text {place:,}, which does not exist")
            return self.keep(self.strings[place])  # counted for each cell: its reader may copy it
        if kind == "b":
            return bool(read_whole(text))
        if kind == "d":
            try:
                return from_ISO8601(text)
            except ValueError as error:
                raise PartError("an invalid date") from error
        return self.keep(text)

    def read_number(self, text: str, style: str) -> Any:
        text = text.strip()
        try:
            value = int(text) if len(text) < 18 and not set(text) & set(".eE") else float(text)
        except ValueError as error:
            raise PartError("an invalid number") from error
        if style in self.dates:
            try:
                return from_excel(value, self.first_day, timedelta=self.dates[style])
            except (OverflowError, ValueError):
                return value  # no day of any calendar
        return value

    def keep(self, text: str) -> str:
        self.count("text", len(text) if text.isascii() else 4 * len(text))
        return text

    def count(self, name: str, more: int) -> None:
        self.counts[name] += more
        most, words = LIMITS[name]
        if self.counts[name] > most:
            raise SpreadsheetError(words.format(most))


def _find_dates(styles: Element, used: list[Element]) -> dict[str, bool]:
    """Find the styles of dates and times, by number, and whether each shows a duration."""
    codes = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    codes |= {it.get("numFmtId", ""): it.get("formatCode", "") for it in styles.iter("x:numFmt")}
    numbers = [look.get("numFmtId", "0") for look in used]
    kinds = {
        number: is_timedelta_format(codes[number])
        for number in set(numbers) & codes.keys()
        if is_date_format(codes[number])
    }
    return {str(place): kinds[number] for place, number in enumerate(numbers) if number in kinds}


def _find_marks(styles: Element, used: list[Element], own: Collection[str]) -> dict[str, str]:
    """Find the styles that somebody marked, by number, from their fonts and fills."""
    parts = {
        f"{name}Id": dict(enumerate(_find_mark(look, own) for looks in styles.iter(f"x:{name}s")
                                    for look in looks))
        for name in ("font", "fill")
    }  # fmt: skip
    marks = dict[str, str]()
    for place, look in enumerate(used):
        ids = {name: look.get(name, "0") for name in parts}
        of_parts = [parts[name].get(int(at), "") for name, at in ids.items() if at.isdecimal()]
        if mark := max(of_parts, default=""):  # struck before coloured
            marks[str(place)] = mark
    return marks


def _find_mark(look: Element, own: Collection[str]) -> str:
    """Find the mark of a font or a fill; a fill has a colour if it is solid or a gradient."""
    for part in look.iter():
        if part.tag == "x:strike" and part.get("val", "1") not in OFF:
            return STRUCK
        if part.tag == "x:gradientFill":
            return COLOURED
        if part.tag == "x:patternFill" and part.get("patternType", "none") != "solid":
            return ""
        if part.tag in ("x:color", "x:fgColor"):
            rgb, theme = part.get("rgb", "")[-6:].upper(), part.get("theme", "0")
            if not (rgb in own if rgb else theme in PLAIN_THEMES):
                return COLOURED
    return ""


def read_whole(text: str) -> int:
    """Read a non-negative integer; raise a PartError if it is none, or too large for a workbook."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise PartError("an invalid whole number")
    return int(text)
