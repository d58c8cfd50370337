"""Read Excel workbooks that come from anywhere, by a parser that builds no tree.

Readers that do take gigabytes and minutes for hostile files of 200 kB, and four times as long for ours.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, NamedTuple

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.namespaces import shorten_name
from srm_data.xlsx.safety import (
    MOST_FORMATS,
    WORKBOOK,
    Attributes,
    Package,
    damaged,
    open_package,
    parse_part,
    read_relations,
)

MOST_SHEETS = 200
MOST_PLACES = 3_000_000  # cells and the blanks before them, each of which is looked at
MOST_TEXT = 48 * 1024**2  # as Python holds it; the catalogue holds 22 MB
MOST_FORMULAS = 400_000
MOST_ASIDES = 20_000  # texts of a book that stand in no cell
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
KINDS_OF_SHEETS = ("worksheet", "chartsheet", "dialogsheet")
LETTERS = re.compile("[A-Za-z]{1,3}")
LITERAL = re.compile(r'"((?:[^"]|"")*)"')

HEADER, LINK, VALIDATION, SCENARIO, NAME = (
    "page header or footer", "link", "data validation", "scenario", "name",
)  # fmt: skip
"""Kinds of text that a sheet holds beside its cells."""
ATTRIBUTES = {
    "x:hyperlink": (LINK, "ref", ("tooltip", "location")),
    "x:dataValidation": (VALIDATION, "sqref", ("promptTitle", "prompt", "errorTitle", "error")),
    "x14:dataValidation": (VALIDATION, "", ("promptTitle", "prompt", "errorTitle", "error")),
    "x:scenario": (SCENARIO, "", ("name", "comment")),
    "x:inputCells": (SCENARIO, "r", ("val",)),
    "x:protectedRange": (NAME, "sqref", ("name",)),
    "x:webPublishItem": (NAME, "sourceRef", ("title",)),
    "x:controlPr": (NAME, "", ("altText",)),
    "x:customPr": (NAME, "", ("name",)),
}
"""By element, the kind of text, the attribute that says where, and those that a person types."""
HEADERS = {
    f"x:{pages}{place}": HEADER for pages in ("odd", "even", "first") for place in ("Header", "Footer")
}
CHOICES = ("x:formula1", "x:formula2", "xm:f")
"""Formulas of validations and of rules; the choices of a list stand in one as a text."""


class FormulaText(str):
    """A formula that was saved without a value; it stands in the value's place, with its ``=``."""

    __slots__ = ()


class Aside(NamedTuple):
    """A text of a sheet that stands in no cell: its kind, the cells it is about, and itself."""

    kind: str
    cell: str
    text: str


class Sheet(NamedTuple):
    """A sheet: its title, the rows of its values from the first, and the part that holds it."""

    title: str
    rows: list[tuple[Any, ...]]
    part: str
    formulas: dict[tuple[int, int], str]
    """By row, from 1, and column, from 0: the formulas of cells that have a value, too."""
    asides: list[Aside]


def read_sheets(source: Path | Package, *, formulas: bool = False) -> list[Sheet]:
    """Read the values of every sheet; formulas give the value stored with them.

    Parameters
    ----------
    source
        A file, or a package that was opened.
    formulas
        Whether to read formulas and the texts beside cells, too. A formula without a stored value then
        stands in its place as a :class:`FormulaText`.

    Raises
    ------
    SpreadsheetError
        If it is no workbook, is damaged or encrypted, or unfolds to more than the limits here.
    OSError
        If the file cannot be read.
    """
    package = source if isinstance(source, Package) else open_package(source)
    parts = {relation.name: relation for relation in read_relations(package, WORKBOOK)}
    first_day, listed = _read_contents(package)
    reader = _Reader(package, first_day, formulas=formulas)
    for relation in parts.values():
        if relation.kind == "styles":
            reader.read_styles(relation.target)
        elif relation.kind == "sharedStrings":
            reader.read_strings(relation.target)

    sheets: dict[str, Sheet] = {}
    for title, name in listed:
        if name not in parts:
            raise damaged(package, WORKBOOK, f"sheet {title!r} has no part")
        kind, part = parts[name].kind, parts[name].target
        if part in sheets:
            raise SpreadsheetError(
                f"{package.path}: sheets {sheets[part].title!r} and {title!r} are one part"
            )
        if kind in KINDS_OF_SHEETS:
            sheets[part] = reader.read_sheet(part, title)
    return list(sheets.values())


def _read_contents(package: Package) -> tuple[dt.datetime, list[tuple[str, str]]]:
    """Read the first day of a book, and of each of its sheets the title and the relation."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    first_day = CALENDAR_WINDOWS_1900
    listed = []
    names = _Names()

    def start(name: str, has: Attributes) -> None:
        nonlocal first_day
        name = names[name]
        if name == "x:sheet":
            relation = next((value for key, value in has.items() if key.endswith("}id")), "")
            listed.append((has.get("name", ""), relation))
            if len(listed) > MOST_SHEETS:
                raise SpreadsheetError(f"{package.path}: more than {MOST_SHEETS} sheets")
        elif name == "x:workbookPr" and has.get("date1904") in ("1", "true"):
            first_day = CALENDAR_MAC_1904

    parse_part(package, WORKBOOK, start)
    return first_day, listed


class _Reader:
    """Read the sheets of a book, and hold what their cells refer to: texts, and formats of dates."""

    def __init__(self, package: Package, first_day: dt.datetime, *, formulas: bool) -> None:
        self.package, self.first_day, self.has_formulas = package, first_day, formulas
        self.path = package.path
        self.strings: list[str] = []
        self.dates: dict[str, bool] = {}
        """By number of a format that shows a day or time, whether it shows a span of time."""
        self.places = self.text = self.formulas = self.asides = 0

    def read_styles(self, part: str) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        names = _Names()
        codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        used: list[str] = []
        is_used = False

        def start(name: str, has: Attributes) -> None:
            nonlocal is_used
            name = names[name]
            if name == "x:numFmt" and "numFmtId" in has:
                if len(codes) > MOST_FORMATS:
                    raise damaged(self.package, part, "more formats than Excel knows")
                codes[has["numFmtId"]] = has.get("formatCode", "")
            elif name == "x:cellXfs":
                is_used = True
            elif name == "x:xf" and is_used:
                used.append(has.get("numFmtId", "0"))

        def end(name: str) -> None:
            nonlocal is_used
            name = names[name]
            if name == "x:cellXfs":
                is_used = False

        parse_part(self.package, part, start, end)
        kinds = {
            number: is_timedelta_format(codes[number])
            for number in set(used) & set(codes)
            if is_date_format(codes[number])
        }
        self.dates = {str(place): kinds[number] for place, number in enumerate(used) if number in kinds}

    def read_strings(self, part: str) -> None:
        names = _Names()
        pieces: list[str] = []
        is_text = is_sound = False

        def start(name: str, has: Attributes) -> None:
            nonlocal is_text, is_sound
            name = names[name]
            if name == "x:t":
                is_text = not is_sound
            elif name == "x:rPh":
                is_sound = True

        def end(name: str) -> None:
            nonlocal is_text, is_sound
            name = names[name]
            if name == "x:t":
                is_text = False
            elif name == "x:rPh":
                is_sound = False
            elif name == "x:si":
                self.strings.append(self.keep("".join(pieces)))
                pieces.clear()

        def take(text: str) -> None:
            if is_text:
                pieces.append(text)

        parse_part(self.package, part, start, end, take)

    def read_sheet(self, part: str, title: str) -> Sheet:
        """Read a sheet; blank cells at the end of a row, and blank rows at the end, are left out."""
        taken = _Cells(self, part, title)
        parse_part(self.package, part, taken.start, taken.end, taken.take)
        return Sheet(title, taken.rows, part, taken.formulas, taken.asides)

    def read_value(self, part: str, has: Attributes, text: str) -> Any:
        kind = has.get("t", "n")
        if kind == "n":
            return self.read_number(part, text, has.get("s", ""))
        if kind == "s":
            place = read_whole(self.package, part, text)
            if place >= len(self.strings):
                raise damaged(self.package, part, f"refers to text {place:,}, which is not there")
            return self.keep(self.strings[place])  # counted for each cell: show() may copy it
        if kind == "b":
            return bool(read_whole(self.package, part, text))
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            try:
                return from_ISO8601(text)
            except ValueError as error:
                raise damaged(self.package, part, "a date that is none") from error
        return self.keep(text)

    def read_number(self, part: str, text: str, style: str) -> Any:
        text = text.strip()
        try:
            value = int(text) if len(text) < 18 and not set(text) & set(".eE") else float(text)
        except ValueError as error:
            raise damaged(self.package, part, "a number that is none") from error
        if style in self.dates:
            from openpyxl.utils.datetime import from_excel

            try:
                return from_excel(value, self.first_day, timedelta=self.dates[style])
            except (OverflowError, ValueError):
                return value  # no day of any calendar
        return value

    def count_formula(self) -> None:
        self.formulas += 1
        if self.formulas > MOST_FORMULAS:
            raise SpreadsheetError(f"{self.path}: more than {MOST_FORMULAS:,} formulas")

    def count_aside(self) -> None:
        self.asides += 1
        if self.asides > MOST_ASIDES:
            raise SpreadsheetError(f"{self.path}: more than {MOST_ASIDES:,} texts beside its cells")

    def keep(self, text: str) -> str:
        self.text += len(text) if text.isascii() else 4 * len(text)
        if self.text > MOST_TEXT:
            raise SpreadsheetError(f"{self.path}: holds more than {MOST_TEXT // 1024**2} MB of text")
        return text

    def count(self, places: int) -> None:
        self.places += places
        if self.places > MOST_PLACES:
            raise SpreadsheetError(
                f"{self.path}: cells stand too far apart: they span more than {MOST_PLACES:,}"
            )


class _Cells:
    """Take in what the parser finds in a sheet."""

    def __init__(self, reader: _Reader, part: str, title: str) -> None:
        self.reader, self.part, self.title = reader, part, title
        self.rows: list[tuple[Any, ...]] = []
        self.formulas: dict[tuple[int, int], str] = {}
        self.asides: list[Aside] = []
        self.outside = {
            relation.name: relation.target
            for relation in read_relations(reader.package, part)
            if relation.is_outside and reader.has_formulas
        }
        self.names = _Names()
        self.columns: dict[str, int] = {}
        self.cells: list[Any] = []
        self.pieces: list[str] = []
        self.written: list[str] = []
        self.row = self.column = 0
        self.has: Attributes = {}
        self.is_text = self.is_sound = self.is_formula = self.is_aside = False

    def start(self, name: str, attributes: Attributes) -> None:
        name = self.names[name]
        if name == "x:c":
            self.has = attributes
            letters = attributes.get("r", "").rstrip("0123456789")
            if letters not in self.columns:
                self.columns[letters] = self.read_column(letters)
            self.column = self.columns[letters] or self.column + 1
            self.pieces.clear()
            self.written.clear()
            self.is_formula = False
        elif name in ("x:v", "x:t"):
            self.is_text = not self.is_sound
        elif name == "x:row":
            before = self.row
            self.row, self.column = self.read_row(attributes.get("r", ""), before), 0
            if not before < self.row <= LAST_ROW:
                raise SpreadsheetError(
                    f"{self.reader.path}: sheet {self.title!r} has row {self.row:,} after row "
                    f"{before:,}; expected rows in order, {LAST_ROW:,} at most"
                )
        elif name == "x:rPh":
            self.is_sound = True
        elif not self.reader.has_formulas:
            return
        elif name == "x:f":
            self.is_formula = self.is_aside = True
            self.written.clear()
        elif name in HEADERS or name in CHOICES:
            self.is_aside = True
            self.written.clear()
        elif name in ATTRIBUTES:
            self.take_attributes(name, attributes)

    def end(self, name: str) -> None:
        name = self.names[name]
        if name in ("x:v", "x:t"):
            self.is_text = False
        elif name == "x:c":
            self.take_cell()
        elif name == "x:rPh":
            self.is_sound = False
        elif name == "x:row":
            self.take_row()
        elif name == "x:f":
            self.is_aside = False
        elif self.is_aside and name in HEADERS:
            self.is_aside = False
            self.add(HEADER, "", "".join(self.written))
        elif self.is_aside and name in CHOICES:
            self.is_aside = False
            if name != "xm:f":
                for literal in LITERAL.findall("".join(self.written)):
                    self.add(VALIDATION, "", literal.replace('""', '"'))

    def take(self, text: str) -> None:
        if self.is_text:
            self.pieces.append(text)
        elif self.is_aside:
            self.written.append(text)

    def take_cell(self) -> None:
        reader = self.reader
        value = reader.read_value(self.part, self.has, "".join(self.pieces)) if self.pieces else None
        if self.is_formula:
            formula = reader.keep("=" + "".join(self.written).strip())
            reader.count_formula()
            if value is None or self.has.get("t") == "e":
                value = FormulaText(formula)
            else:
                self.formulas[self.row, self.column - 1] = formula
            self.is_formula = False
        if value is not None:
            self.place(value)

    def place(self, value: Any) -> None:
        before = len(self.cells)
        if not before < self.column <= LAST_COLUMN or self.row == 0:
            raise SpreadsheetError(
                f"{self.reader.path}: sheet {self.title!r}, row {self.row:,} has a cell in column "
                f"{self.column:,} after {before:,}; expected cells in order, {LAST_COLUMN:,} at most"
            )
        self.reader.count(self.column - before)
        self.cells.extend([None] * (self.column - 1 - before))
        self.cells.append(value)

    def take_row(self) -> None:
        if self.cells:
            self.reader.count(self.row - 1 - len(self.rows))
            self.rows.extend([()] * (self.row - 1 - len(self.rows)))
            self.rows.append(tuple(self.cells))
            self.cells.clear()

    def take_attributes(self, name: str, has: Attributes) -> None:
        kind, where, typed = ATTRIBUTES[name]
        for attribute in typed:
            self.add(kind, has.get(where, ""), has.get(attribute, ""))
        if kind == LINK:
            relation = next((value for key, value in has.items() if key.endswith("}id")), "")
            self.add(kind, has.get(where, ""), self.outside.get(relation, ""))

    def add(self, kind: str, cell: str, text: str) -> None:
        if text.strip():
            self.reader.count_aside()
            self.asides.append(Aside(kind, cell, self.reader.keep(text)))

    def read_row(self, text: str, before: int) -> int:
        return read_whole(self.reader.package, self.part, text) if text else before + 1

    def read_column(self, letters: str) -> int:
        """Return the number of a column, or nought where a cell does not say where it stands."""
        if not letters:
            return 0
        if not LETTERS.fullmatch(letters):
            raise damaged(self.reader.package, self.part, f"has a cell in column {letters[:20]!r}")
        number = 0
        for letter in letters.upper():
            number = 26 * number + ord(letter) - 64
        return number


def read_whole(package: Package, part: str, text: str) -> int:
    """Read a whole number that is not negative.

    Raises
    ------
    SpreadsheetError
        If it is none, or one that no workbook needs.
    """
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise damaged(package, part, "a whole number that is none")
    return int(text)


class _Names(dict[str, str]):
    """By the full name of an element the short one, or nothing for what no part defines."""

    def __missing__(self, name: str) -> str:
        self[name] = shorten_name(name)
        return self[name]
