"""Parse the parts of an opened workbook, and follow their relations."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from srm_data.exceptions import SpreadsheetError
from srm_data.xlsx.namespaces import ShortNames
from srm_data.xlsx.safety import MOST_PARTS, Package, damaged, unfold

MOST_NAMES = 10_000  # different elements and attributes in a part, which the parser keeps
MOST_TREE_BYTES = 20 * 1024**2  # of a part that is held as a tree, at ten times its size in memory
MOST_TREE_TAGS = 500_000  # thousands of notes, each in runs with fonts
ENCODING = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1")  # that the parser itself reads

Attributes = dict[str, str]


class Handler:
    """Handler for the elements and texts of a part; these methods do nothing."""

    def start(self, name: str, has: Attributes) -> None:
        """Handle the start of an element."""

    def end(self, name: str) -> None:
        """Handle the end of an element."""

    def data(self, text: str) -> None:
        """Handle a text or a piece of one."""


class Relation(NamedTuple):
    """Relation of a part: the kind of the other part, and its name or an external address."""

    name: str
    kind: str
    target: str
    is_outside: bool


def parse_part(package: Package, part: str, handler: Handler) -> None:
    """Parse a part piece by piece, keeping only what the handler keeps.

    Raises
    ------
    SpreadsheetError
        If the part does not exist or is not XML.
    """
    if part not in package.names:
        raise damaged(package, part, "is missing")

    names: dict[str, str] = {}  # that the parser has met, and keeps
    parser = ParserCreate(namespace_separator="}", intern=names)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.data

    def refuse_entities(*_: object) -> None:
        raise damaged(package, part, "defines entities; a workbook has none")

    parser.StartDoctypeDeclHandler = refuse_entities

    is_first = True
    try:
        for piece in unfold(package, package.book.getinfo(part)):
            if is_first:
                _check_encoding(package, part, piece)
                is_first = False
            parser.Parse(piece)
            if len(names) > MOST_NAMES:
                raise damaged(package, part, "has too many kinds of elements")
        parser.Parse(b"", True)
    except ExpatError as error:
        raise damaged(package, part, str(error)) from error


def _check_encoding(package: Package, part: str, piece: bytes) -> None:
    """Reject an encoding for which the parser would call Python, which can fail in many ways."""
    start = piece[:400]
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
    found = ENCODING.match(text.removeprefix("\xef\xbb\xbf").replace("\x00", ""))
    if found and found[1].lower() not in ENCODINGS:
        raise damaged(package, part, f"is in the encoding {found[1][:20]!r}")


class _Tree(Handler):
    """Build a tree whose names have the listed prefixes."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.names, self.builder, self.tags = ShortNames(), TreeBuilder(), 0

    def start(self, name: str, has: Attributes) -> None:
        self.tags += 1
        if self.tags > MOST_TREE_TAGS:
            raise _too_long(self.package, self.part)
        self.builder.start(self.names[name], {self.names[key]: value for key, value in has.items()})

    def end(self, name: str) -> None:
        self.builder.end(self.names[name])

    def data(self, text: str) -> None:
        self.builder.data(text)


def read_tree(package: Package, part: str) -> Element:
    """Parse a part into a tree if it fits into memory; names get the listed prefixes."""
    content = package.book.getinfo(part) if part in package.names else None
    if content is not None and content.file_size > MOST_TREE_BYTES:
        raise _too_long(package, part)
    tree = _Tree(package, part)
    parse_part(package, part, tree)
    return tree.builder.close()


def _too_long(package: Package, part: str) -> SpreadsheetError:
    return SpreadsheetError(
        f"{package.path}: {part} is longer than {MOST_TREE_BYTES // 1024**2} MB or "
        f"{MOST_TREE_TAGS:,} tags; expected less"
    )


def read_relations(package: Package, part: str) -> list[Relation]:
    """List the relations of a part; the package itself has the name ``""``.

    The kind is the last part of the relation type, which is the same in transitional and strict files.
    """
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in package.names:
        return []
    listed: list[Relation] = []
    for element in read_tree(package, relations):
        if len(listed) > MOST_PARTS:
            raise damaged(package, relations, "lists more parts than a workbook has")
        target, is_outside = element.get("Target", ""), element.get("TargetMode") == "External"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = posixpath.basename(element.get("Type", ""))
        listed.append(Relation(element.get("Id", ""), kind, target, is_outside))
    return listed
