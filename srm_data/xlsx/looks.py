"""Marks without text: filled cells, and coloured or struck-through text."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from srm_data.xlsx.namespaces import ShortNames
from srm_data.xlsx.parts import Attributes, Handler, PartError
from srm_data.xlsx.safety import MOST_FORMATS

STRUCK = "struck through"
PLAIN_THEMES = ("0", "1", "10", "11")  # black, white, and links, in whatever colours a program has them
OFF = ("0", "false", "none")


class Font(NamedTuple):
    """Font colour, blank if it is an ordinary one, and whether the font is struck through."""

    ink: str
    is_struck: bool


class Looks(Handler):
    """Collect fonts and fills, and which of them each style of a cell uses."""

    def __init__(self) -> None:
        self.names = ShortNames()
        self.fonts: list[Font] = []
        self.fills: list[str] = []
        self.used: list[tuple[int, int]] = []
        self.inside = ""
        self.ink = self.fill = ""
        self.is_struck = self.is_solid = False

    def start(self, name: str, has: Attributes) -> None:
        """Start a font, a fill, or the list of one of them or of styles."""
        name = self.names[name]
        if name in ("x:fonts", "x:fills", "x:cellXfs"):
            self.inside = name
        elif self.inside == "x:fonts":
            if name == "x:font":
                self.ink, self.is_struck = "", False
            elif name == "x:color":
                self.ink = _name_color(has)
            elif name == "x:strike":
                self.is_struck = has.get("val", "1") not in OFF
        elif self.inside == "x:fills":
            if name == "x:fill":
                self.fill, self.is_solid = "", False
            elif name == "x:patternFill":
                self.is_solid = has.get("patternType", "none") == "solid"
            elif name == "x:fgColor":
                self.fill = _name_color(has)
            elif name == "x:gradientFill":
                self.fill, self.is_solid = "several colours", True
        elif self.inside == "x:cellXfs" and name == "x:xf":
            if len(self.used) > MOST_FORMATS:
                raise PartError("more formats than Excel allows")
            self.used.append((_read_id(has, "fontId"), _read_id(has, "fillId")))

    def end(self, name: str) -> None:
        """Keep a font or a fill."""
        name = self.names[name]
        if name == self.inside:
            self.inside = ""
        elif self.inside == "x:fonts" and name == "x:font":
            self.fonts.append(Font(self.ink, self.is_struck))
        elif self.inside == "x:fills" and name == "x:fill":
            self.fills.append(self.fill if self.is_solid else "")

    def find_marks(self, own: Collection[str]) -> dict[str, str]:
        """Find the mark of each style, by style number, leaving out ordinary styles.

        Parameters
        ----------
        own
            Colours that the workbook was made with, as six hexadecimal digits.
        """
        marks = {}
        for place, (font_id, fill_id) in enumerate(self.used):
            font = self.fonts[font_id] if font_id < len(self.fonts) else Font("", False)
            fill = self.fills[fill_id] if fill_id < len(self.fills) else ""
            said = [f"filled with {fill}"] if fill and fill not in own else []
            said += [f"written in {font.ink}"] if font.ink and font.ink not in own else []
            said += [STRUCK] if font.is_struck else []
            if said:
                marks[str(place)] = ", ".join(said)
        return marks


def _read_id(has: Attributes, name: str) -> int:
    text = has.get(name, "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _name_color(has: Attributes) -> str:
    """Return a colour as six digits, or the number of a theme colour that marks something."""
    if rgb := has.get("rgb", ""):
        return rgb[-6:].upper()
    theme = has.get("theme", "")
    return f"colour {theme} of the theme" if theme and theme not in PLAIN_THEMES else ""
