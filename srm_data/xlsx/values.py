"""Shared texts, date formats and limits for the cells of a workbook."""

from __future__ import annotations

import datetime as dt
from typing import Any

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.looks import OFF
from srm_data.xlsx.namespaces import ShortNames
from srm_data.xlsx.parts import Attributes, Handler, PartError
from srm_data.xlsx.safety import MOST_FORMATS

MOST_PLACES = 3_000_000  # cells, and the blanks before them, each of which is looked at
MOST_TEXT = 48 * 1024**2  # bytes, as Python holds it; the catalogue holds 22 MB
MOST_FORMULAS = 400_000  # the catalogue has one per cell of the model, some 14,000
MOST_ASIDES = 20_000  # texts of a book that stand in no cell


class Values:
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
        self.places = self.text = self.formulas = self.asides = 0

    def read_value(self, has: Attributes, text: str) -> Any:
        """Return the value of a cell from its attributes and text."""
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
            from openpyxl.utils.datetime import from_ISO8601

            try:
                return from_ISO8601(text)
            except ValueError as error:
                raise PartError("an invalid date") from error
        return self.keep(text)

    def read_number(self, text: str, style: str) -> Any:
        """Return a number, or a date if the style is a date format."""
        text = text.strip()
        try:
            value = int(text) if len(text) < 18 and not set(text) & set(".eE") else float(text)
        except ValueError as error:
            raise PartError("an invalid number") from error
        if style in self.dates:
            from openpyxl.utils.datetime import from_excel

            try:
                return from_excel(value, self.first_day, timedelta=self.dates[style])
            except (OverflowError, ValueError):
                return value  # no day of any calendar
        return value

    def count_formula(self) -> None:
        """Count a formula; raise an error if there are too many."""
        self.formulas += 1
        if self.formulas > MOST_FORMULAS:
            raise SpreadsheetError(f"more than {MOST_FORMULAS:,} formulas")

    def count_aside(self) -> None:
        """Count a text outside of cells; raise an error if there are too many."""
        self.asides += 1
        if self.asides > MOST_ASIDES:
            raise SpreadsheetError(f"more than {MOST_ASIDES:,} texts outside its cells")

    def keep(self, text: str) -> str:
        """Return a text to keep; raise an error if the texts exceed the limit."""
        self.text += len(text) if text.isascii() else 4 * len(text)
        if self.text > MOST_TEXT:
            raise SpreadsheetError(f"holds more than {MOST_TEXT // 1024**2} MB of text")
        return text

    def count_places(self, places: int) -> None:
        """Count cells and blanks; raise an error if there are too many."""
        self.places += places
        if self.places > MOST_PLACES:
            raise SpreadsheetError(f"cells are too far apart: they span more than {MOST_PLACES:,}")


class Formats(Handler):
    """Collect the number format codes, and the one used by each cell style."""

    def __init__(self) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        self.names = ShortNames()
        self.codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        self.used: list[str] = []
        self.is_used = False

    def start(self, name: str, has: Attributes) -> None:
        """Keep the code of a format, or that of a style."""
        name = self.names[name]
        if name == "x:numFmt" and "numFmtId" in has:
            if len(self.codes) > MOST_FORMATS:
                raise PartError("more formats than Excel allows")
            self.codes[has["numFmtId"]] = has.get("formatCode", "")
        elif name == "x:cellXfs":
            self.is_used = True
        elif name == "x:xf" and self.is_used:
            self.used.append(has.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        """Leave the list of styles of cells."""
        if self.names[name] == "x:cellXfs":
            self.is_used = False

    def find_dates(self) -> dict[str, bool]:
        """Find, by number of a style, those that show dates, and whether they show a span of time."""
        from openpyxl.styles.numbers import is_date_format, is_timedelta_format

        kinds = {
            number: is_timedelta_format(self.codes[number])
            for number in set(self.used) & set(self.codes)
            if is_date_format(self.codes[number])
        }
        return {str(place): kinds[number] for place, number in enumerate(self.used) if number in kinds}


class Strings(Handler):
    """Collect the shared texts, without phonetic readings."""

    def __init__(self, values: Values) -> None:
        self.values, self.names = values, ShortNames()
        self.pieces: list[str] = []
        self.is_text = self.is_sound = False

    def start(self, name: str, has: Attributes) -> None:
        """Start a text or a phonetic reading, or note that the text is struck through."""
        name = self.names[name]
        if name == "x:t":
            self.is_text = not self.is_sound
        elif name == "x:rPh":
            self.is_sound = True
        elif name == "x:strike" and has.get("val", "1") not in OFF:
            self.values.struck.add(len(self.values.strings))

    def end(self, name: str) -> None:
        """Keep a shared text when it is whole."""
        name = self.names[name]
        if name == "x:t":
            self.is_text = False
        elif name == "x:rPh":
            self.is_sound = False
        elif name == "x:si":
            self.values.strings.append(self.values.keep("".join(self.pieces)))
            self.pieces.clear()

    def data(self, text: str) -> None:
        """Collect a piece of a text."""
        if self.is_text:
            self.pieces.append(text)


def read_whole(text: str) -> int:
    """Read a non-negative integer.

    Raises
    ------
    PartError
        If it is not a valid number, or too large for a workbook.
    """
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise PartError("an invalid whole number")
    return int(text)
