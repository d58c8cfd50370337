"""Read all text outside of cells: notes, threads, shapes, headers, properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from srm_data.xlsx.drawings import (
    Found,
    read_buttons,
    read_chart,
    read_control,
    read_drawing,
    read_table,
)
from srm_data.xlsx.kinds import (
    ALT_TEXT,
    CHART,
    HEADER,
    LINK,
    NAME,
    NOTE,
    PROPERTY,
    SHAPE,
    SHEET_NAME,
    THREAD,
)
from srm_data.xlsx.parts import WORKBOOK, Package, follow_relations, read_relations, read_tree
from srm_data.xlsx.sheets import Sheet

STANDS_FOR_A_THREAD = "tc="  # the author of the note that older programs show in the place of a thread
FALLBACK = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)
CARRIED = (NOTE, THREAD, SHAPE, CHART, ALT_TEXT, HEADER, SHEET_NAME, PROPERTY)
"""Kinds of text that come back as remarks; the others are reported."""
SUBJECT = "subject"
CUSTOM, UNREAD = "custom property", "part that is not read"

BUTTONS, THREADS, NOTES = "vmlDrawing", "threadedComment", "comments"
DRAWINGS: dict[str, Callable[[Any], Iterator[Found]]] = {
    BUTTONS: read_buttons,
    "drawing": read_drawing,
    "chartUserShapes": read_drawing,
    "diagramData": read_drawing,
    "chart": read_chart,
    "chartEx": read_chart,
    "table": read_table,
    "ctrlProp": read_control,
}
"""Reader of the related part, by kind of relation."""
DOCUMENT = ("core-properties", "extended-properties", "custom-properties")
"""Kinds of relations to the document properties."""
READ = (THREADS, NOTES, *DOCUMENT, *DRAWINGS)
"""Kinds of relations that lead to parts with texts."""

BY_PROGRAMS = {
    "styles", "theme", "themeOverride", "sharedStrings", "calcChain", "sheetMetadata", "metadata",
    "printerSettings", "image", "hdphoto", "svg", "thumbnail", "chartStyle", "chartColorStyle",
    "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "customXml",
    "customXmlProps", "customProperty", "classificationlabels", "digital-signature", "officeDocument",
    "hyperlink", "person", "worksheet", "chartsheet", "dialogsheet", "control", "activeXControlBinary",
    "rdRichValue", "rdRichValueStructure", "rdRichValueTypes", "rdArray", "richValueRel",
    "volatileDependencies",
    "usernames", "wsSortMap", "audio", "video", "media", "font", "slicerStyles", "featurePropertyBag",
}  # fmt: skip
"""Kinds of relations to layout, sheets and parts that nobody types."""
NAMES_OF_PROGRAMS = ("_xl", "__Anonymous")
LABELS_OF_PROGRAMS = ("MSIP_Label_", "ContentTypeId", "_dlc_")
PROPERTIES = {
    "dc:title": "title", "dc:subject": SUBJECT, "dc:creator": "author", "dc:description": "comments",
    "cp:keywords": "keywords", "cp:category": "category", "cp:contentStatus": "status",
    "dc:identifier": "identifier", "cp:version": "version", "app:Manager": "manager",
    "app:Company": "company", "app:HyperlinkBase": "base of links",
}  # fmt: skip
"""Document properties that people type, with their names in programs."""


class Remark(NamedTuple):
    """Text outside of cells: part of its sheet (none for the workbook), cell, author and date."""

    part: str
    cell: str
    kind: str
    text: str
    author: str = ""
    dated: str = ""


def read_remarks(package: Package, sheets: list[Sheet]) -> list[Remark]:
    """Read all text outside of cells, sheet by sheet, ending with that of the workbook."""
    # Who wrote in threads, and the names that the book defines.
    workbook = read_tree(package, WORKBOOK)
    listed = [it.target for it in read_relations(package, WORKBOOK) if it.kind == "person"]
    listed += [name for name in sorted(package.names) if name.startswith("xl/persons/")]
    people = {
        person.get("id", ""): person.get("displayName", "")
        for part in dict.fromkeys(listed)
        if part in package.names
        for person in read_tree(package, part).iter("threads:person")
    }

    # What the sheets and the book lead to; a part that several of them lead to is read once.
    remarks: list[Remark] = []
    seen = {WORKBOOK, *(sheet.part for sheet in sheets)}
    by_part = {sheet.part: sheet for sheet in sheets}
    for part in (*by_part, WORKBOOK, ""):
        of = part if part in by_part else ""
        if sheet := by_part.get(part):
            remarks.append(Remark(of, "", SHEET_NAME, sheet.title))
            remarks += [Remark(of, it.cell, it.kind, it.text) for it in sheet.asides]
        told: set[str] = set()
        related = follow_relations(
            package, part, seen, first=THREADS, through=READ, skipped=BY_PROGRAMS
        )
        for relation, origin in related:
            kind, target = relation.kind, relation.target
            if relation.is_outside:
                if not (kind == "hyperlink" and origin == part):  # else it was read with its cell
                    remarks.append(Remark(of, "", LINK, target))
            elif kind in READ:
                is_xml = kind != BUTTONS
                content = read_tree(package, target) if is_xml else package.book.read(target)
                remarks += _read_texts(content, kind, of, people, told)
            else:
                remarks.append(Remark(of, "", UNREAD, target))
    remarks += _read_names(workbook)
    return [it for it in remarks if it.text.strip()]


def _read_texts(
    content: Any, kind: str, sheet: str, people: dict[str, str], told: set[str]
) -> Iterator[Remark]:
    """Read the texts of a part, depending on the kind of its relation.

    Parameters
    ----------
    content
        The part as a tree; as bytes if it holds buttons.
    told
        Cells of threads already read, whose notes only repeat the thread.
    """
    if kind in DRAWINGS:
        for found in DRAWINGS[kind](content):
            yield Remark(sheet, found.cell, found.kind, found.text)
    elif kind == THREADS:
        yield from _read_threads(content, sheet, people, told)
    elif kind == NOTES:
        yield from _read_legacy(content, sheet, told)
    elif kind == "custom-properties":
        yield from _read_custom(content)
    else:
        yield from _read_properties(content)


def _read_threads(root: Element, part: str, people: dict[str, str], told: set[str]) -> Iterator[Remark]:
    """Read a part with threaded comments; a reply is a comment on the same cell."""
    for comment in root.iter("threads:threadedComment"):
        cell = comment.get("ref", "")
        told.add(cell)
        text = comment.findtext("threads:text") or ""
        author = people.get(comment.get("personId", ""), "")
        yield Remark(part, cell, THREAD, text, author, comment.get("dT", "")[:10])


def _read_legacy(root: Element, part: str, told: set[str]) -> Iterator[Remark]:
    """Read a part with notes, except those that only repeat a thread already read."""
    authors = [element.text or "" for element in root.iter("x:author")]
    for note in root.iter("x:comment"):
        place = note.get("authorId", "0")
        is_place = place.isascii() and place.isdecimal() and len(place) < 9
        author = authors[int(place)] if is_place and int(place) < len(authors) else ""
        text = "".join(run.text or "" for run in note.iter("x:t"))
        is_stand_in = author.startswith(STANDS_FOR_A_THREAD) or bool(FALLBACK.match(text))
        if is_stand_in and note.get("ref") in told:
            continue
        if is_stand_in:
            author, text = "", FALLBACK.sub("", text)
        yield Remark(part, note.get("ref", ""), NOTE, text.strip(), author)


def _read_properties(root: Element) -> Iterator[Remark]:
    """Read the document properties that people write, without dates, programs and last author."""
    for element in root:
        if element.tag in PROPERTIES:
            yield Remark("", PROPERTIES[element.tag], PROPERTY, element.text or "")


def _read_custom(root: Element) -> Iterator[Remark]:
    for element in root.iter("custom:property"):
        name = element.get("name", "")
        if not name.startswith(LABELS_OF_PROGRAMS):
            text = "".join(element.itertext()).strip()
            yield Remark("", name, CUSTOM, f"{name}: {text}")


def _read_names(root: Element) -> Iterator[Remark]:
    """Read the defined names of a workbook with their comments, and the names of views."""
    for element in root.iter():
        name = element.get("name", "")
        if element.tag == "x:definedName" and not name.startswith(NAMES_OF_PROGRAMS):
            said = [element.get(it, "") for it in ("comment", "description", "help", "statusBar")]
            text = ": ".join([f"{name} = {element.text or ''}", *filter(None, said)])
            yield Remark("", "", NAME, text)
        elif element.tag == "x:customWorkbookView":
            yield Remark("", "", NAME, name)
