"""Marks without text: filled cells, and coloured or struck-through text."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from srm_data.xlsx.namespaces import ShortNames
from srm_data.xlsx.parts import Attributes, Handler, parse_part
from srm_data.xlsx.safety import MOST_FORMATS, Package, damaged

STRUCK = "struck through"
PLAIN_THEMES = ("0", "1", "10", "11")  # black, white, and links, in whatever colours a program has them
OFF = ("0", "false", "none")


class Font(NamedTuple):
    """Font colour, blank if it is an ordinary one, and whether the font is struck through."""

    ink: str
    is_struck: bool


def read_marks(package: Package, part: str, own: Collection[str]) -> dict[str, str]:
    """Read the mark of each style, by style number, leaving out ordinary styles.

    Parameters
    ----------
    own
        Colours that the workbook was made with, as six hexadecimal digits.
    """
    styles = _Looks(package, part)
    parse_part(package, part, styles)
    marks = {}
    for place, (font_id, fill_id) in enumerate(styles.used):
        font = styles.fonts[font_id] if font_id < len(styles.fonts) else Font("", False)
        fill = styles.fills[fill_id] if fill_id < len(styles.fills) else ""
        said = [f"filled with {fill}"] if fill and fill not in own else []
        said += [f"written in {font.ink}"] if font.ink and font.ink not in own else []
        said += [STRUCK] if font.is_struck else []
        if said:
            marks[str(place)] = ", ".join(said)
    return marks


class _Looks(Handler):
    """Collect fonts and fills, and which of them each style of a cell uses."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part, self.names = package, part, ShortNames()
        self.fonts: list[Font] = []
        self.fills: list[str] = []
        self.used: list[tuple[int, int]] = []
        self.inside = ""
        self.ink = self.fill = ""
        self.is_struck = self.is_solid = False

    def start(self, name: str, has: Attributes) -> None:
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
                raise damaged(self.package, self.part, "more formats than Excel allows")
            self.used.append((_read_id(has, "fontId"), _read_id(has, "fillId")))

    def end(self, name: str) -> None:
        name = self.names[name]
        if name == self.inside:
            self.inside = ""
        elif self.inside == "x:fonts" and name == "x:font":
            self.fonts.append(Font(self.ink, self.is_struck))
        elif self.inside == "x:fills" and name == "x:fill":
            self.fills.append(self.fill if self.is_solid else "")


def _read_id(has: Attributes, name: str) -> int:
    text = has.get(name, "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _name_color(has: Attributes) -> str:
    """Return a colour as six digits, or the number of a theme colour that marks something."""
    if rgb := has.get("rgb", ""):
        return rgb[-6:].upper()
    theme = has.get("theme", "")
    return f"colour {theme} of the theme" if theme and theme not in PLAIN_THEMES else ""
