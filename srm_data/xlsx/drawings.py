"""Read the texts of shapes, charts, diagrams, buttons and tables, which are not in cells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from openpyxl.utils import get_column_letter

from srm_data.xlsx.kinds import ALT_TEXT, CHART, HEADER, LINK, NAME, SHAPE, TABLE
from srm_data.xlsx.sheets import HEADERS

ELEMENTS_WITH_ALT_TEXT = ("xdr:cNvPr", "cdr:cNvPr", "a:cNvPr", "dgm:cNvPr")
NAMED_BY_A_PROGRAM = re.compile(r"(.*\d|)")  # as in "TextBox 1": a word and the number of the shape
SHAPE_OF_VML = re.compile(rb"<(?:\w+:)?(shape|rect|oval|line|roundrect)\b.*?</(?:\w+:)?\1>", re.DOTALL)
BOX_OF_VML = re.compile(rb"<(?:\w+:)?textbox\b[^>]*>(.*?)</(?:\w+:)?textbox>", re.DOTALL)
TEXT_OF_VML = re.compile(rb"""\b(?:string|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
NOTE_OF_VML = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
TAGS = re.compile(r"<[^>]*>")
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576


class Found(NamedTuple):
    """Text found in a drawing: its kind, the cell of its anchor, and the text."""

    kind: str
    cell: str
    text: str


def walk_tree(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield every element with the cell of its anchor, except fallbacks for newer elements."""
    waiting = [(root, "")]
    while waiting:
        element, cell = waiting.pop()
        cell = read_anchor(element) or cell
        yield element, cell
        children = list(element)
        if element.tag == "mc:AlternateContent" and any(it.tag == "mc:Choice" for it in children):
            children = [child for child in children if child.tag == "mc:Choice"]
        waiting += [(child, cell) for child in reversed(children)]


def read_anchor(element: Element) -> str:
    """Return the address of the cell at the upper left corner of an anchor, if the element is one."""
    corner = element.find("xdr:from")
    if corner is None:
        return ""
    column, row = ((corner.findtext(f"xdr:{name}") or "").strip() for name in ("col", "row"))
    if not (column.isascii() and column.isdecimal() and row.isascii() and row.isdecimal()):
        return ""
    if len(column) > 7 or len(row) > 7 or int(column) >= MOST_COLUMNS or int(row) >= MOST_ROWS:
        return ""
    return f"{get_column_letter(int(column) + 1)}{int(row) + 1}"


def read_drawing(root: Element, kind: str = SHAPE) -> Iterator[Found]:
    """Read the texts of a drawing, a chart or a diagram: paragraphs, alternative texts, names."""
    for element, cell in walk_tree(root):
        paragraphs = [child for child in element if child.tag == "a:p"]
        lines = ("".join(run.text or "" for run in it.iter("a:t")) for it in paragraphs)
        if text := "\n".join(lines).strip():
            yield Found(kind, cell, text)
        if element.tag in ELEMENTS_WITH_ALT_TEXT:
            for name in ("descr", "title"):
                yield Found(ALT_TEXT, cell, element.get(name, ""))
            if not NAMED_BY_A_PROGRAM.fullmatch(element.get("name", "")):
                yield Found(NAME, cell, element.get("name", ""))
        elif element.tag in ("a:hlinkClick", "a:hlinkHover"):
            yield Found(LINK, cell, element.get("tooltip", ""))


def read_chart(root: Element) -> Iterator[Found]:
    """Read the texts of a chart, except those it takes from cells."""
    yield from read_drawing(root, CHART)
    for element, _ in walk_tree(root):
        if element.tag in ("c:tx", "cx:txData") and not any(
            child.tag in ("c:strRef", "cx:f") for child in element
        ):
            for name in ("c:v", "cx:v"):
                yield Found(CHART, "", element.findtext(name) or "")
        elif element.tag == "c:strLit":
            for value in element.iter("c:v"):
                yield Found(CHART, "", value.text or "")
        elif element.tag.replace("c:", "x:") in HEADERS:
            yield Found(HEADER, "", element.text or "")


def read_buttons(content: bytes) -> Iterator[Found]:
    """Read the texts of VML boxes, buttons and word art, which may not be valid XML.

    Boxes of notes are left out, because notes are read separately.
    """
    for found_shape in SHAPE_OF_VML.finditer(content):
        shape = found_shape[0]
        if NOTE_OF_VML.search(shape):
            continue
        for box in BOX_OF_VML.findall(shape):
            text = TAGS.sub(" ", box.decode("utf-8", "replace"))
            yield Found(SHAPE, "", " ".join(html.unescape(text).split()))
        for found in TEXT_OF_VML.findall(shape):
            yield Found(SHAPE, "", html.unescape(b"".join(found).decode("utf-8", "replace")))


def read_table(root: Element) -> Iterator[Found]:
    """Read the name and the comment of a table; its headers are in cells."""
    yield Found(TABLE, root.get("ref", ""), root.get("displayName", ""))
    yield Found(TABLE, root.get("ref", ""), root.get("comment", ""))
    for element in root.iter("x:tableColumn"):
        yield Found(TABLE, root.get("ref", ""), element.get("totalsRowLabel", ""))


def read_control(root: Element) -> Iterator[Found]:
    """Read the choices of a list control on a sheet."""
    for element in root.iter():
        if element.tag.endswith(":item"):
            yield Found(NAME, "", element.get("val", ""))
