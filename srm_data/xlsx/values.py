"""Shared texts, date formats and limits for the cells of a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.parts import Attributes, Handler, PartError, ShortNames
from srm_data.xlsx.safety import MOST_FORMATS

STRUCK, COLOURED = "struck through", "coloured"
"""Marks without text."""
PLAIN_THEMES = ("0", "1", "10", "11")  # black, white, and links, in whatever colours a program has them
OFF = ("0", "false", "none")
MOST_PLACES = 3_000_000  # cells, and the blanks before them, each of which is looked at
MOST_TEXT = 48 * 1024**2  # bytes, as Python holds it; the catalogue holds 22 MB
MOST_FORMULAS = 400_000  # the catalogue has one per cell of the model, some 14,000
MOST_ASIDES = 20_000  # texts of a book that stand in no cell


class ErrorText(str):
    """Error that a program shows instead of a value, such as ``#N/A``."""

    __slots__ = ()


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
        if kind == "e":
            return ErrorText(self.keep(text))
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


class Styles(Handler):
    """Collect what the style of a cell says: the format of its number, and a mark of its font or fill.

    Parameters
    ----------
    own_colors
        Colours that the workbook was made with, as six hexadecimal digits. Cells in other colours were
        marked by somebody. If empty, marks are not collected.
    """

    def __init__(self, own_colors: Collection[str] = ()) -> None:
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        self.names, self.own = ShortNames(), own_colors
        self.codes: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        self.looks: dict[str, list[str]] = {"x:font": [], "x:fill": []}
        """Marks of the fonts and fills, blank for ordinary ones."""
        self.used: list[tuple[str, str, str]] = []
        self.inside = ""
        self.is_solid = False

    def start(self, name: str, has: Attributes) -> None:
        """Keep a number format, a font, a fill, or the numbers of them that a style uses."""
        name = self.names[name]
        if name in ("x:fonts", "x:fills", "x:cellXfs"):
            self.inside = name
        elif name == "x:numFmt" and "numFmtId" in has:
            if len(self.codes) > MOST_FORMATS:
                raise PartError("more formats than Excel allows")
            self.codes[has["numFmtId"]] = has.get("formatCode", "")
        elif name == "x:xf" and self.inside == "x:cellXfs":
            self.used.append((has.get("numFmtId", "0"), has.get("fontId", "0"), has.get("fillId", "0")))
        elif self.inside in ("x:fonts", "x:fills") and self.own:
            self.add_look(name, has)

    def add_look(self, name: str, has: Attributes) -> None:
        """Keep a font or fill, and whether it marks a cell."""
        of_kind = self.looks[self.inside.removesuffix("s")]
        if name in self.looks:
            of_kind.append("")
            self.is_solid = name == "x:font"  # a font has its colour, a fill has one if it is solid
        elif not of_kind:
            return
        elif name == "x:patternFill":
            self.is_solid = has.get("patternType", "none") == "solid"
        elif name == "x:gradientFill" or (name in ("x:color", "x:fgColor") and self.is_foreign(has)):
            of_kind[-1] = of_kind[-1] or COLOURED
        elif name == "x:strike" and has.get("val", "1") not in OFF:
            of_kind[-1] = STRUCK

    def is_foreign(self, has: Attributes) -> bool:
        """Return whether a colour is neither one of ours nor an ordinary one of a theme."""
        if rgb := has.get("rgb", ""):
            return self.is_solid and rgb[-6:].upper() not in self.own
        return self.is_solid and has.get("theme", "0") not in PLAIN_THEMES

    def end(self, name: str) -> None:
        """Leave the list of fonts, fills or styles."""
        if self.names[name] == self.inside:
            self.inside = ""

    def find_dates(self) -> dict[str, bool]:
        """Find the styles that show dates, by number, and whether they show a duration."""
        from openpyxl.styles.numbers import is_date_format, is_timedelta_format

        kinds = {
            number: is_timedelta_format(self.codes[number])
            for number in {number for number, *_ in self.used} & set(self.codes)
            if is_date_format(self.codes[number])
        }
        formats = enumerate(number for number, *_ in self.used)
        return {str(place): kinds[number] for place, number in formats if number in kinds}

    def find_marks(self) -> dict[str, str]:
        """Find the mark of each style that has one, by number of the style."""
        fonts, fills = ({str(n): mark for n, mark in enumerate(it)} for it in self.looks.values())
        marks = {
            str(place): max(fonts.get(font, ""), fills.get(fill, ""))  # struck before coloured
            for place, (_, font, fill) in enumerate(self.used)
        }
        return {place: mark for place, mark in marks.items() if mark}


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
