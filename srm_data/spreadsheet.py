"""Read Excel workbooks that come from anywhere, by a parser that builds no tree.

Readers that do take gigabytes and minutes for hostile files of 200 kB, and four times as long for ours.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

from srm_data.exceptions import SpreadsheetError
from srm_data.untrusted import (
    MOST_FORMATS,
    MOST_PARTS,
    WORKBOOK,
    check_package,
    unfold,
)

MOST_SHEETS = 200
MOST_PLACES = 3_000_000  # cells and the blanks before them, each of which is looked at
MOST_TEXT = 48 * 1024**2  # as Python holds it; the catalogue holds 22 MB
MOST_NAMES = 10_000  # of elements and attributes in a part
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # as "Strict Open XML" saves it
)

Attributes = dict[str, str]


class Sheet(NamedTuple):
    """A sheet: its title, the rows of its values from the first, and the part that holds it."""

    title: str
    rows: list[tuple[Any, ...]]
    part: str


def read_sheets(path: Path) -> list[Sheet]:
    """Read the values of every sheet; formulas give the value stored with them.

    Raises
    ------
    SpreadsheetError
        If it is no workbook, is damaged or encrypted, or unfolds to more than the limits here.
    OSError
        If the file cannot be read.
    """
    check_package(path)
    try:
        with ZipFile(path) as book:
            return _read_book(path, book)
    except SpreadsheetError:
        raise
    except Exception as error:  # a damaged file may break any of the rules of the format
        raise SpreadsheetError(f"{path}: no whole Excel workbook ({type(error).__name__})") from error


def _read_book(path: Path, book: ZipFile) -> list[Sheet]:
    related, first_day, listed = _read_contents(path, book)
    reader = _Reader(path, book, first_day)
    for kind, part in related.values():
        if kind == "styles":
            reader.read_styles(part)
        elif kind == "sharedStrings":
            reader.read_strings(part)
    sheets: dict[str, Sheet] = {}
    for title, relation in listed:
        kind, part = related[relation]
        if kind == "worksheet" and part in sheets:
            raise SpreadsheetError(f"{path}: sheets {sheets[part].title!r} and {title!r} are one part")
        if kind == "worksheet":
            sheets[part] = Sheet(title, reader.read_rows(part, title), part)
    return list(sheets.values())


def _read_contents(
    path: Path, book: ZipFile
) -> tuple[dict[str, tuple[str, str]], dt.datetime, list[tuple[str, str]]]:
    """Read kind and name of the parts of a book by relation, its first day, and its sheets."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    related: dict[str, tuple[str, str]] = {}
    first_day = CALENDAR_WINDOWS_1900
    listed = []
    names = _Names()

    def take_relation(name: str, has: Attributes) -> None:
        if name.endswith("}Relationship"):
            target = posixpath.normpath(posixpath.join("/xl", has["Target"])).lstrip("/")
            if len(related) > MOST_PARTS:
                raise ValueError("a workbook has few parts")
            related[has["Id"]] = (posixpath.basename(has["Type"]), target)

    def take_sheet(name: str, has: Attributes) -> None:
        nonlocal first_day
        name = names[name]
        if name == "sheet":
            relation = next(value for key, value in has.items() if key.endswith("}id"))
            listed.append((has["name"], relation))
            if len(listed) > MOST_SHEETS:
                raise SpreadsheetError(f"{path}: more than {MOST_SHEETS} sheets")
        elif name == "workbookPr" and has.get("date1904") in ("1", "true"):
            first_day = CALENDAR_MAC_1904

    _parse(book, "xl/_rels/workbook.xml.rels", take_relation)
    _parse(book, WORKBOOK, take_sheet)
    return related, first_day, listed


class _Reader:
    """Read the sheets of a book, and hold what their cells refer to: texts, and formats of dates."""

    def __init__(self, path: Path, book: ZipFile, first_day: dt.datetime) -> None:
        self.path, self.book, self.first_day = path, book, first_day
        self.strings: list[str] = []
        self.dates: dict[str, bool] = {}
        """By number of a format that shows a day or time, whether it shows a span of time."""
        self.places = self.text = 0

    def read_styles(self, part: str) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        names = _Names()
        codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        used: list[str] = []
        is_used = False

        def start(name: str, has: Attributes) -> None:
            nonlocal is_used
            name = names[name]
            if name == "numFmt" and "numFmtId" in has:
                if len(codes) > MOST_FORMATS:
                    raise ValueError("more formats than Excel knows")
                codes[has["numFmtId"]] = has.get("formatCode", "")
            elif name == "cellXfs":
                is_used = True
            elif name == "xf" and is_used:
                used.append(has.get("numFmtId", "0"))

        def end(name: str) -> None:
            nonlocal is_used
            name = names[name]
            if name == "cellXfs":
                is_used = False

        _parse(self.book, part, start, end)
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
            if name == "t":
                is_text = not is_sound
            elif name == "rPh":
                is_sound = True

        def end(name: str) -> None:
            nonlocal is_text, is_sound
            name = names[name]
            if name == "t":
                is_text = False
            elif name == "rPh":
                is_sound = False
            elif name == "si":
                self.strings.append(self.keep("".join(pieces)))
                pieces.clear()

        def take(text: str) -> None:
            if is_text:
                pieces.append(text)

        _parse(self.book, part, start, end, take)

    def read_rows(self, part: str, title: str) -> list[tuple[Any, ...]]:
        """Read a sheet; blank cells at the end of a row, and blank rows at the end, are left out."""
        names = _Names()
        rows: list[tuple[Any, ...]] = []
        cells: list[Any] = []
        pieces: list[str] = []
        columns: dict[str, int] = {}
        row = column = 0
        has: Attributes = {}
        is_text = is_sound = False

        def start(name: str, attributes: Attributes) -> None:
            nonlocal row, column, has, is_text, is_sound
            name = names[name]
            if name == "c":
                has = attributes
                letters = has.get("r", "").rstrip("0123456789")
                if letters not in columns:
                    columns[letters] = _read_column(letters)
                column = columns[letters] or column + 1
                pieces.clear()
            elif name in ("v", "t"):
                is_text = not is_sound
            elif name == "rPh":
                is_sound = True
            elif name == "row":
                before, row, column = row, int(attributes.get("r", row + 1)), 0
                if not before < row <= LAST_ROW:
                    raise SpreadsheetError(
                        f"{self.path}: sheet {title!r} has row {row:,} after row {before:,}; expected "
                        f"rows in order, {LAST_ROW:,} at most"
                    )

        def end(name: str) -> None:
            nonlocal is_text, is_sound
            name = names[name]
            if name in ("v", "t"):
                is_text = False
            elif name == "c":
                value = self.read_value(has, "".join(pieces)) if pieces else None
                if value is not None:
                    place(value)
            elif name == "rPh":
                is_sound = False
            elif name == "row" and cells:
                self.count(row - 1 - len(rows))
                rows.extend([()] * (row - 1 - len(rows)))
                rows.append(tuple(cells))
                cells.clear()

        def place(value: Any) -> None:
            if not len(cells) < column <= LAST_COLUMN or row == 0:
                raise SpreadsheetError(
                    f"{self.path}: sheet {title!r}, row {row:,} has a cell in column {column:,} after "
                    f"{len(cells):,}; expected cells in order, {LAST_COLUMN:,} at most"
                )
            self.count(column - len(cells))
            cells.extend([None] * (column - 1 - len(cells)))
            cells.append(value)

        def take(text: str) -> None:
            if is_text:
                pieces.append(text)

        _parse(self.book, part, start, end, take)
        return rows

    def read_value(self, has: Attributes, text: str) -> Any:
        kind = has.get("t", "n")
        if kind == "n":
            return self.read_number(text, has.get("s", ""))
        if kind == "s":
            if not text.isdecimal():
                raise ValueError(text)
            return self.keep(self.strings[int(text)])  # counted for each cell: show() may copy it
        if kind == "b":
            return bool(int(text))
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return from_ISO8601(text)
        return self.keep(text)

    def read_number(self, text: str, style: str) -> Any:
        text = text.strip()
        value = int(text) if len(text) < 18 and not set(text) & set(".eE") else float(text)
        if style in self.dates:
            from openpyxl.utils.datetime import from_excel

            try:
                return from_excel(value, self.first_day, timedelta=self.dates[style])
            except (OverflowError, ValueError):
                return value  # no day of any calendar
        return value

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


def _read_column(letters: str) -> int:
    """Return the number of a column, or nought where a cell does not say where it stands."""
    from openpyxl.utils import column_index_from_string

    return column_index_from_string(letters) if letters else 0


class _Names(dict[str, str]):
    """By the full name of an element its bare one, or nothing for what spreadsheets do not define."""

    def __missing__(self, name: str) -> str:
        namespace, _, bare = name.rpartition("}")
        self[name] = bare if namespace in MAIN else ""
        return self[name]


def _parse(
    book: ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse a part piece by piece; nothing is kept but what the handlers keep."""
    names: dict[str, str] = {}  # that the parser has met, and keeps
    parser = ParserCreate(namespace_separator="}", intern=names)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_entities
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    for piece in unfold(book, book.getinfo(part)):
        parser.Parse(piece)
        if len(names) > MOST_NAMES:
            raise ValueError("a workbook has few kinds of elements")
    parser.Parse(b"", True)


def _refuse_entities(*_: object) -> None:
    raise ValueError("a workbook defines no entities")
