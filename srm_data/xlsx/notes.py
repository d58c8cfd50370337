"""Read text outside of cells: notes, threads, headers, properties; shapes and charts are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from srm_data.xlsx.parts import WORKBOOK, Package, read_relations, read_tree
from srm_data.xlsx.sheets import LINK, NAME, NOTE, PROPERTY, SHEET_NAME, THREAD, Remark, Sheet

STANDS_FOR_A_THREAD = "tc="  # the author of the note that older programs show in the place of a thread
FALLBACK = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)
CUSTOM, UNREAD = "custom property", "part that is not read"
SHAPE, CHART, TABLE = "shape", "chart", "table"

BUTTONS, THREADS, NOTES, DRAWING = "vmlDrawing", "threadedComment", "comments", "drawing"
DRAWN = dict.fromkeys((DRAWING, "chartUserShapes", "diagramData"), SHAPE) | dict.fromkeys(
    ("chart", "chartEx"), CHART
)
"""Kinds of relations to what is drawn, and what each is called."""
DOCUMENT = ("core-properties", "extended-properties", "custom-properties")
"""Kinds of relations to the document properties."""
READ = (THREADS, NOTES, BUTTONS, "table", *DRAWN, *DOCUMENT)
"""Kinds of relations that lead to parts with texts."""
SHAPE_OF_VML = re.compile(rb"<(?:\w+:)?(?:shape|rect|oval|line|roundrect)[\s>]")
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
LABELS_OF_PROGRAMS = re.compile(
    r"MSIP_Label_.*|_[A-Z]\w*|_dlc_\w+|_activity|KSO\w+|MediaService\w+|TaxKeyword\w*|lcf[0-9a-f]{29}"
    r"|xd_\w+|ContentTypeId|ICV|ComplianceAssetId|TriggerFlowInfo|Order|TemplateUrl|SharedWithUsers"
    r"|WorkbookGuid"
)
"""Whole names of custom properties that Office, SharePoint and WPS keep for themselves."""
PROPERTIES = {
    "dc:title": "title", "dc:subject": "subject", "dc:creator": "author", "dc:description": "comments",
    "cp:keywords": "keywords", "cp:category": "category", "cp:contentStatus": "status",
    "dc:identifier": "identifier", "cp:version": "version", "app:Manager": "manager",
    "app:Company": "company", "app:HyperlinkBase": "base of links",
}  # fmt: skip
"""Document properties that people type, with their names in programs."""


def read_remarks(package: Package, sheets: list[Sheet]) -> list[Remark]:
    """Read all text outside of cells, sheet by sheet, ending with that of the workbook."""
    people = {
        person.get("id", ""): person.get("displayName", "")
        for part in sorted(package.names)
        if part.startswith("xl/persons/")
        for person in read_tree(package, part).iter("threads:person")
    }

    # What the sheets and the book lead to; a part that several of them lead to is read once.
    remarks: list[Remark] = []
    seen = {WORKBOOK, *(sheet.part for sheet in sheets)}
    for sheet in sheets:
        remarks += [Remark(sheet.part, "", SHEET_NAME, sheet.title), *sheet.asides]
        remarks += _read_parts(package, sheet.part, sheet.part, seen, people)
    for part in (WORKBOOK, ""):
        remarks += _read_parts(package, part, "", seen, people)
    remarks += _read_names(read_tree(package, WORKBOOK))
    return [remark for remark in remarks if remark.text.strip()]


def _read_parts(
    package: Package, part: str, sheet: str, seen: set[str], people: dict[str, str]
) -> Iterator[Remark]:
    """Read what a part leads to, by itself or through parts with texts, each once.

    A part comes before those that it leads to, and threads before the notes that repeat them. An
    address outside of the book comes as often as a part has it.
    """
    threaded: set[str] = set()  # cells of threads, whose notes only repeat the thread
    waiting = [part]
    while waiting:
        related = read_relations(package, waiting.pop())
        for relation in sorted(related, key=lambda relation: relation.kind != THREADS):
            kind, target = relation.kind, relation.target
            if relation.is_outside:
                yield Remark(sheet, "", LINK, target)
            elif target in package.names and target not in seen and kind not in BY_PROGRAMS:
                seen.add(target)
                if kind in READ:
                    waiting.append(target)
                    yield from _read_texts(package, target, kind, sheet, people, threaded)
                else:
                    yield Remark(sheet, "", UNREAD, target)


def _read_texts(
    package: Package, part: str, kind: str, sheet: str, people: dict[str, str], threaded: set[str]
) -> Iterator[Remark]:
    """Read the texts of a part by the kind of its relation; what is drawn without text is named."""
    if kind == BUTTONS:
        content = package.book.read(part)
        shapes = len(SHAPE_OF_VML.findall(content)) - len(NOTE_OF_VML.findall(content))
        yield from [Remark(sheet, "", SHAPE, SHAPE)] * shapes
        return
    root = read_tree(package, part)
    if kind in DRAWN:
        for drawn in root if kind == DRAWING else [root]:
            text = " ".join(run.text for run in drawn.iter("a:t") if run.text)
            yield Remark(sheet, "", DRAWN[kind], text or DRAWN[kind])
    elif kind == "table":
        for name in ("displayName", "comment"):
            yield Remark(sheet, root.get("ref", ""), TABLE, root.get(name, ""))
    elif kind == THREADS:
        yield from _read_threads(root, sheet, people, threaded)
    elif kind == NOTES:
        yield from _read_legacy(root, sheet, threaded)
    else:
        yield from _read_properties(root)


def _read_threads(
    root: Element, part: str, people: dict[str, str], threaded: set[str]
) -> Iterator[Remark]:
    for comment in root.iter("threads:threadedComment"):
        cell = comment.get("ref", "")
        threaded.add(cell)
        text = comment.findtext("threads:text") or ""
        author = people.get(comment.get("personId", ""), "")
        yield Remark(part, cell, THREAD, text, author, comment.get("dT", "")[:10])


def _read_legacy(root: Element, part: str, threaded: set[str]) -> Iterator[Remark]:
    """Read a part with notes, except those that only repeat a thread already read."""
    authors = {str(n): element.text or "" for n, element in enumerate(root.iter("x:author"))}
    for note in root.iter("x:comment"):
        author = authors.get(note.get("authorId", "0"), "")
        text = "".join(run.text or "" for run in note.iter("x:t"))
        is_stand_in = author.startswith(STANDS_FOR_A_THREAD) or bool(FALLBACK.match(text))
        if is_stand_in and note.get("ref") in threaded:
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
        elif element.tag == "custom:property" and not LABELS_OF_PROGRAMS.fullmatch(name):
            yield Remark("", name, CUSTOM, "".join(element.itertext()).strip())


def _read_names(root: Element) -> Iterator[Remark]:
    for element in root.iter("x:definedName"):
        name = element.get("name", "")
        if not name.startswith(NAMES_OF_PROGRAMS):
            texts = [f"{name} = {element.text or ''}", element.get("comment", "")]
            yield Remark("", "", NAME, ": ".join(filter(None, texts)))
