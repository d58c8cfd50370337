"""Read all text outside of cells: notes, threads, shapes, headers, properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
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
from srm_data.xlsx.parts import Relation, read_relations, read_tree
from srm_data.xlsx.reader import Aside, Sheet
from srm_data.xlsx.safety import WORKBOOK, Package

STANDS_FOR_A_THREAD = "tc="  # the author of the note that older programs show in the place of a thread
FALLBACK = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)
CARRIED = (NOTE, THREAD, SHAPE, CHART, ALT_TEXT, HEADER, SHEET_NAME, PROPERTY)
"""Kinds of text that come back as remarks; the others are reported."""
SUBJECT = "subject"
CUSTOM, UNREAD = "custom property", "part that is not read"

DRAWINGS: dict[str, Callable[[Element], Iterator[Found]]] = {
    "drawing": read_drawing,
    "chartUserShapes": read_drawing,
    "diagramData": read_drawing,
    "chart": read_chart,
    "chartEx": read_chart,
    "table": read_table,
    "ctrlProp": read_control,
}
"""Reader of the related part, by kind of relation."""
COMMENTS = ("threadedComment", "comments")
DOCUMENT = ("core-properties", "extended-properties", "custom-properties")
"""Kinds of relations to the document properties."""

WRITTEN_BY_PROGRAMS = {
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


def read_remarks_of(package: Package, sheets: list[Sheet]) -> list[Remark]:
    """Read all text outside of cells, sheet by sheet, ending with that of the workbook."""
    people = _read_people(package)
    seen = {WORKBOOK, *(sheet.part for sheet in sheets)}
    remarks = []
    for sheet in sheets:
        remarks.append(Remark(sheet.part, "", SHEET_NAME, sheet.title))
        remarks += [_read_aside(sheet, aside) for aside in sheet.asides]
        told: set[str] = set()
        related = sorted(
            read_relations(package, sheet.part), key=lambda it: it.kind != "threadedComment"
        )
        for relation in related:
            remarks += _read_part(package, relation, sheet.part, seen, people, told)
    for part in (WORKBOOK, ""):
        for relation in read_relations(package, part):
            remarks += _read_part(package, relation, "", seen, people, set())
    remarks += _read_names(package)
    return [it for it in remarks if it.text.strip()]


def _read_aside(sheet: Sheet, aside: Aside) -> Remark:
    return Remark(sheet.part, aside.cell, aside.kind, aside.text)


def _read_people(package: Package) -> dict[str, str]:
    """Return the names of thread authors by id."""
    listed = [it.target for it in read_relations(package, WORKBOOK) if it.kind == "person"]
    listed += [name for name in sorted(package.names) if name.startswith("xl/persons/")]
    return {
        person.get("id", ""): person.get("displayName", "")
        for part in dict.fromkeys(listed)
        if part in package.names
        for person in read_tree(package, part).iter("threads:person")
    }


def _read_part(
    package: Package, relation: Relation, sheet: str, seen: set[str], people: dict[str, str],
    told: set[str],
) -> Iterator[Remark]:  # fmt: skip
    """Read a part related to a sheet, and the parts it refers to, each once.

    Parameters
    ----------
    told
        Cells of threads already read, whose notes only repeat the thread.
    """
    waiting = [(relation, sheet)]
    while waiting:
        (_, kind, part, is_outside), origin = waiting.pop()
        if is_outside:
            is_of_a_cell = kind == "hyperlink" and origin == sheet  # read with its cell
            if not is_of_a_cell:
                yield Remark(sheet, "", LINK, part)
            continue
        if part not in package.names or part in seen or kind in WRITTEN_BY_PROGRAMS:
            continue
        seen.add(part)
        if kind == "vmlDrawing":
            content = package.book.read(part)
            yield from (Remark(sheet, it.cell, it.kind, it.text) for it in read_buttons(content))
        elif kind in DRAWINGS or kind in COMMENTS or kind in DOCUMENT:
            yield from _read_texts(read_tree(package, part), kind, sheet, people, told)
        else:
            yield Remark(sheet, "", UNREAD, part)
            continue
        waiting += [(related, part) for related in reversed(read_relations(package, part))]


def _read_texts(
    root: Element, kind: str, sheet: str, people: dict[str, str], told: set[str]
) -> Iterator[Remark]:
    """Read the texts of a part, depending on the kind of its relation."""
    if kind in DRAWINGS:
        for found in DRAWINGS[kind](root):
            yield Remark(sheet, found.cell, found.kind, found.text)
    elif kind == "threadedComment":
        yield from _read_threads(root, sheet, people, told)
    elif kind == "comments":
        yield from _read_legacy(root, sheet, told)
    elif kind == "custom-properties":
        yield from _read_custom(root)
    else:
        yield from _read_properties(root)


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


def _read_names(package: Package) -> Iterator[Remark]:
    """Read the defined names of a workbook with their comments, and the names of views."""
    for element in read_tree(package, WORKBOOK).iter():
        name = element.get("name", "")
        if element.tag == "x:definedName" and not name.startswith(NAMES_OF_PROGRAMS):
            said = [element.get(it, "") for it in ("comment", "description", "help", "statusBar")]
            text = ": ".join([f"{name} = {element.text or ''}", *filter(None, said)])
            yield Remark("", "", NAME, text)
        elif element.tag == "x:customWorkbookView":
            yield Remark("", "", NAME, name)
