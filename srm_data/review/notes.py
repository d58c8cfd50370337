"""Read notes, threaded comments and text boxes, which no reader of cells gives."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from openpyxl.utils import get_column_letter

from srm_data.exceptions import SpreadsheetError
from srm_data.register import NOTE, THREAD, TYPED

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
ANCHORED = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MOST_BYTES = 20 * 1024**2
MOST_TAGS = 500_000  # thousands of notes, each in runs with fonts
STANDS_FOR_A_THREAD = "tc="  # the author of the note that older programs show in the place of a thread
LEGACY = re.compile(r"(?<!threaded)comments?\d*\.xml$", re.IGNORECASE)
DRAWING = re.compile(r"/drawing\d*\.xml$", re.IGNORECASE)
FALLBACK = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.DOTALL)


class Remark(NamedTuple):
    """A note, a comment of a thread or a text box: its sheet's part, its cell, who wrote what when."""

    part: str
    cell: str
    kind: str
    text: str
    author: str
    dated: str


def read_notes(path: Path, parts: list[str]) -> list[Remark]:
    """Read every note, threaded comment and text box of a workbook.

    Parameters
    ----------
    path
        A workbook that :func:`~srm_data.untrusted.check_package` has passed.
    parts
        The parts of its sheets, such as ``"xl/worksheets/sheet1.xml"``.
    """
    remarks = []
    with ZipFile(path) as book:
        names = set(book.namelist())
        people = {}
        for name in sorted(names):
            if name.startswith("xl/persons/"):
                for person in _read_tree(path, book, name).iter(f"{THREADS}person"):
                    people[person.get("id")] = person.get("displayName", "")
        for part in parts:
            related = _find_related(path, book, names, part)
            names -= set(related)  # each is of one sheet, and read once
            threads = [
                remark
                for name in related
                if "threadedcomment" in name.lower()
                for remark in _read_threads(_read_tree(path, book, name), part, people)
            ]
            told = {remark.cell for remark in threads}
            remarks += threads
            for name in related:
                if LEGACY.search(name):
                    remarks += _read_legacy(_read_tree(path, book, name), part, told)
                elif DRAWING.search(name):
                    remarks += _read_boxes(_read_tree(path, book, name), part)
    return remarks


def _read_tree(path: Path, book: ZipFile, part: str) -> Any:
    """Parse a part, if its tree fits into the memory."""
    from defusedxml.ElementTree import fromstring

    content = book.read(part)
    if len(content) > MOST_BYTES or content.count(b"<") > MOST_TAGS:
        raise SpreadsheetError(
            f"{path}: {part} is longer than {MOST_BYTES // 1024**2} MB or {MOST_TAGS:,} tags; expected "
            "less"
        )
    return fromstring(content)


def _find_related(path: Path, book: ZipFile, names: set[str], part: str) -> list[str]:
    """List the parts that a sheet refers to."""
    folder, name = posixpath.split(part.lstrip("/"))
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in names:
        return []
    targets = [element.get("Target", "") for element in _read_tree(path, book, relations)]
    paths = [posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for target in targets]
    return [path for path in dict.fromkeys(paths) if path in names]


def _read_threads(root: Any, part: str, people: dict[str | None, str]) -> list[Remark]:
    """Read a part of threaded comments; a reply is a comment on the same cell."""
    return [
        Remark(
            part, comment.get("ref", ""), THREAD, comment.findtext(f"{THREADS}text") or "",
            people.get(comment.get("personId"), ""), comment.get("dT", "")[:10],
        )
        for comment in root.iter(f"{THREADS}threadedComment")
    ]  # fmt: skip


def _read_legacy(root: Any, part: str, told: set[str]) -> list[Remark]:
    """Read a part of notes, but for those that only stand for a thread that was read."""
    authors = [element.text or "" for element in root.iter(f"{MAIN}author")]
    remarks = []
    for note in root.iter(f"{MAIN}comment"):
        place = int(note.get("authorId") or 0)
        author = authors[place] if 0 <= place < len(authors) else ""
        text = "".join(run.text or "" for run in note.iter(f"{MAIN}t"))
        is_stand_in = author.startswith(STANDS_FOR_A_THREAD) or bool(FALLBACK.match(text))
        if is_stand_in and note.get("ref") in told:
            continue
        if is_stand_in:
            author, text = "", FALLBACK.sub("", text)
        remarks.append(Remark(part, note.get("ref", ""), NOTE, text.strip(), author, ""))
    return remarks


def _read_boxes(root: Any, part: str) -> list[Remark]:
    """Read the text boxes of a sheet, each with the cell at its upper left corner."""
    remarks = []
    for anchor in root:
        corner = anchor.find(f"{ANCHORED}from")
        place = (
            [corner.findtext(f"{ANCHORED}{name}") or "" for name in ("col", "row")]
            if corner is not None
            else []
        )
        cell = f"{get_column_letter(int(place[0]) + 1)}{int(place[1]) + 1}" if place else ""
        for box in anchor.iter(f"{ANCHORED}txBody"):
            lines = ("".join(run.text or "" for run in it.iter(f"{DRAWN}t")) for it in box)
            if text := "\n".join(lines).strip():
                remarks.append(Remark(part, cell, TYPED, text, "", ""))
    return remarks
