"""Read text outside of cells: notes, threads, headers, properties; shapes and charts are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from srm_data.xlsx.parts import WORKBOOK, Package, Relation, read_relations, read_tree
from srm_data.xlsx.sheets import LINK, NAME, NOTE, PROPERTY, SHEET_NAME, THREAD, Remark, Sheet

STANDS_FOR_A_THREAD = "tc="  # the author of the note that older programs show in the place of a thread
FALLBACK = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)
SUBJECT = "subject"
CUSTOM, UNREAD = "custom property", "part that is not read"
SHAPE, CHART, TABLE = "shape", "chart", "table"

BUTTONS, THREADS, NOTES = "vmlDrawing", "threadedComment", "comments"
CHARTS, SHAPES = ("chart", "chartEx"), ("chartUserShapes", "diagramData")
DOCUMENT = ("core-properties", "extended-properties", "custom-properties")
"""Kinds of relations to the document properties."""
READ = (THREADS, NOTES, BUTTONS, "drawing", "table", *CHARTS, *SHAPES, *DOCUMENT)
"""Kinds of relations that lead to parts with texts."""
SHAPE_OF_VML = re.compile(rb"<(?:\w+:)?(shape|rect|oval|line|roundrect)\b.*?</(?:\w+:)?\1>", re.DOTALL)
NOTE_OF_VML = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")

BY_PROGRAMS = {
    "styles", "theme", "themeOverride", "sharedStrings", "calcChain", "sheetMetadata", "metadata",
    "printerSettings", "image", "hdphoto", "svg", "thumbnail", "chartStyle", "chartColorStyle",
    "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "customXml",
    "customXmlProps", "customProperty", "classificationlabels", "digital-signature", "officeDocument",
    "hyperlink", "person", "worksheet", "chartsheet", "dialogsheet", "control", "activeXControlBinary",
    "rdRichValue", "rdRichValueStructure", "rdRichValueTypes", "rdArray", "richValueRel",
    "volatileDependencies",
    "usernames", "wsSortMap", "ctrlProp", "audio", "video", "media", "font", "slicerStyles",
    "featurePropertyBag",
}  # fmt: skip
"""Kinds of relations to layout, sheets and parts that nobody types."""
NAMES_OF_PROGRAMS = ("_xl", "__Anonymous")
LABELS_OF_PROGRAMS = (
    "MSIP_Label_", "ContentTypeId", "_", "ICV", "KSO", "MediaService", "TaxKeyword", "xd_", "lcf",
    "ComplianceAssetId", "TriggerFlowInfo", "Order", "TemplateUrl", "SharedWithUsers", "WorkbookGuid",
)  # fmt: skip
"""How names of custom properties begin that Office, SharePoint and WPS keep for themselves."""
PROPERTIES = {
    "dc:title": "title", "dc:subject": SUBJECT, "dc:creator": "author", "dc:description": "comments",
    "cp:keywords": "keywords", "cp:category": "category", "cp:contentStatus": "status",
    "dc:identifier": "identifier", "cp:version": "version", "app:Manager": "manager",
    "app:Company": "company", "app:HyperlinkBase": "base of links",
}  # fmt: skip
"""Document properties that people type, with their names in programs."""


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
            remarks += sheet.asides
        told: set[str] = set()
        for relation, origin in _follow_relations(package, part, seen):
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


def _follow_relations(package: Package, part: str, seen: set[str]) -> Iterator[tuple[Relation, str]]:
    """Yield what a part leads to, by itself or through parts with texts, and the part that says so.

    A part comes once, before those that it leads to, and is added to ``seen``; threads come before the
    notes that repeat them. An address outside of the book comes as often as a part has it.
    """
    related = sorted(read_relations(package, part), key=lambda relation: relation.kind != THREADS)
    waiting = [(relation, part) for relation in reversed(related)]
    while waiting:
        relation, origin = waiting.pop()
        target = relation.target
        is_skipped = target not in package.names or target in seen or relation.kind in BY_PROGRAMS
        if is_skipped and not relation.is_outside:
            continue
        yield relation, origin
        if not relation.is_outside:
            seen.add(target)
            if relation.kind in READ:
                waiting += [(each, target) for each in reversed(read_relations(package, target))]


def _read_texts(
    content: Any, kind: str, sheet: str, people: dict[str, str], told: set[str]
) -> Iterator[Remark]:
    """Read the texts of a part, a tree or, if it holds buttons, bytes, by the kind of its relation.

    ``told`` has the cells of threads already read, whose notes only repeat the thread.
    """
    if kind == "drawing":
        for anchor in content:
            text = _join_runs(anchor)
            if text or not any(True for _ in anchor.iter("xdr:graphicFrame")):  # its part is read, too
                yield Remark(sheet, "", SHAPE, text or SHAPE)
    elif kind == BUTTONS:
        shapes = [it[0] for it in SHAPE_OF_VML.finditer(content) if not NOTE_OF_VML.search(it[0])]
        yield from [Remark(sheet, "", SHAPE, SHAPE)] * len(shapes)
    elif kind in SHAPES:
        yield Remark(sheet, "", SHAPE, _join_runs(content) or SHAPE)
    elif kind in CHARTS:
        yield Remark(sheet, "", CHART, _join_runs(content) or CHART)
    elif kind == "table":
        for name in ("displayName", "comment"):
            yield Remark(sheet, content.get("ref", ""), TABLE, content.get(name, ""))
    elif kind == THREADS:
        yield from _read_threads(content, sheet, people, told)
    elif kind == NOTES:
        yield from _read_legacy(content, sheet, told)
    else:
        yield from _read_properties(content)


def _join_runs(root: Element) -> str:
    return " ".join(run.text for run in root.iter("a:t") if run.text)


def _read_threads(root: Element, part: str, people: dict[str, str], told: set[str]) -> Iterator[Remark]:
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
        name = element.get("name", "")
        if element.tag in PROPERTIES:
            yield Remark("", PROPERTIES[element.tag], PROPERTY, element.text or "")
        elif element.tag == "custom:property" and not name.startswith(LABELS_OF_PROGRAMS):
            yield Remark("", name, CUSTOM, f"{name}: {''.join(element.itertext()).strip()}")


def _read_names(root: Element) -> Iterator[Remark]:
    for element in root.iter():
        name = element.get("name", "")
        if element.tag == "x:definedName" and not name.startswith(NAMES_OF_PROGRAMS):
            said = [element.get(it, "") for it in ("comment", "description", "help", "statusBar")]
            text = ": ".join([f"{name} = {element.text or ''}", *filter(None, said)])
            yield Remark("", "", NAME, text)
        elif element.tag == "x:customWorkbookView":
            yield Remark("", "", NAME, name)
