"""Unpack and parse the parts of a workbook, and follow their relations."""

from __future__ import annotations

import posixpath
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile, ZipInfo

from srm_data.exceptions import SpreadsheetError

SCHEMAS, STRICT = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
MICROSOFT, PACKAGE = "http://schemas.microsoft.com/office/", f"{SCHEMAS}package/2006/"
DOCUMENT, STRICT_DOCUMENT = f"{SCHEMAS}officeDocument/2006/", f"{STRICT}officeDocument/"
PREFIXES = {
    f"{SCHEMAS}spreadsheetml/2006/main": "x", f"{STRICT}spreadsheetml/main": "x",
    f"{MICROSOFT}spreadsheetml/2009/9/main": "x14", f"{MICROSOFT}excel/2006/main": "xm",
    f"{MICROSOFT}spreadsheetml/2018/threadedcomments": "threads",
    f"{DOCUMENT}relationships": "r", f"{STRICT_DOCUMENT}relationships": "r",
    f"{PACKAGE}relationships": "relations",
    f"{SCHEMAS}drawingml/2006/main": "a", f"{STRICT}drawingml/main": "a",
    f"{SCHEMAS}drawingml/2006/spreadsheetDrawing": "xdr",
    f"{STRICT}drawingml/spreadsheetDrawing": "xdr",
    f"{PACKAGE}metadata/core-properties": "cp", "http://purl.org/dc/elements/1.1/": "dc",
    f"{DOCUMENT}extended-properties": "app", f"{STRICT_DOCUMENT}extendedProperties": "app",
    f"{DOCUMENT}custom-properties": "custom", f"{STRICT_DOCUMENT}customProperties": "custom",
}  # fmt: skip
"""The prefix that the code uses for a namespace, transitional and strict, by its address."""


class ShortNames(dict[str, str]):
    """Name of each element with its prefix, by its full name; blank outside the listed namespaces."""

    def __missing__(self, name: str) -> str:
        address, _, bare = name.rpartition("}")
        prefix = PREFIXES.get(address, "")
        self[name] = f"{prefix}:{bare}" if prefix else "" if address else bare
        return self[name]


WORKBOOK = "xl/workbook.xml"
PIECE = 1024**2  # bytes that are unfolded at a time
MOST_PARTS = 2_000  # a workbook has a few per sheet
MOST_NAMES = 10_000  # different elements and attributes in a part, which the parser keeps
MOST_TREE_BYTES = 20 * 1024**2  # of a part that is held as a tree, at ten times its size in memory
MOST_TREE_TAGS = 500_000  # thousands of notes, each in runs with fonts
ENCODING = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1")  # that the parser itself reads

Attributes = dict[str, str]


class Package(NamedTuple):
    """Workbook held in memory, within the limits; the file is not read again."""

    book: ZipFile
    names: frozenset[str]


class PartError(ValueError):
    """A part violates the format; :func:`parse_part` adds its name."""


class Handler(Protocol):
    """Keeps what it needs of the elements and texts of a part."""

    def start(self, name: str, has: Attributes) -> None: ...  # noqa: D102
    def end(self, name: str) -> None: ...  # noqa: D102
    def data(self, text: str) -> None: ...  # noqa: D102


class Relation(NamedTuple):
    """Relation of a part: the kind of the other part, and its name or an external address."""

    name: str
    kind: str
    target: str
    is_outside: bool


def damaged(why: str) -> SpreadsheetError:
    """Make the error for a file or part that violates the format."""
    return SpreadsheetError(f"not a valid Excel workbook ({why})")


def unfold(book: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece, whatever its stated size."""
    whole = copy(part)
    whole.file_size = sys.maxsize  # a part may hold gigabytes beyond the size it states
    try:
        with book.open(whole) as stream:
            while piece := stream.read(PIECE):
                yield piece
    except (BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, zlib.error) as error:
        raise damaged(f"{part.filename}: {error}") from error


def parse_part(package: Package, part: str, handler: Handler) -> None:
    """Parse a part piece by piece, keeping only what the handler keeps."""
    if part not in package.names:
        raise damaged(f"{part}: is missing")

    names: dict[str, str] = {}  # that the parser has met, and keeps
    parser = ParserCreate(namespace_separator="}", intern=names)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.data

    def refuse_entities(*_: object) -> None:
        raise PartError("defines entities; a workbook has none")

    parser.StartDoctypeDeclHandler = refuse_entities

    is_first = True
    try:
        for piece in unfold(package.book, package.book.getinfo(part)):
            if is_first:
                _check_encoding(piece)
                is_first = False
            parser.Parse(piece)
            if len(names) > MOST_NAMES:
                raise PartError("has too many kinds of elements")
        parser.Parse(b"", True)
    except (ExpatError, PartError) as error:
        raise damaged(f"{part}: {error}") from error


def _check_encoding(piece: bytes) -> None:
    """Reject an encoding for which the parser would call Python, which can fail in many ways."""
    start = piece[:400]
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
    found = ENCODING.match(text.removeprefix("\xef\xbb\xbf").replace("\x00", ""))
    if found and found[1].lower() not in ENCODINGS:
        raise PartError(f"is in the encoding {found[1][:20]!r}")


class _Tree:
    def __init__(self, part: str) -> None:
        self.part = part
        self.names, self.builder, self.tags = ShortNames(), TreeBuilder(), 0

    def start(self, name: str, has: Attributes) -> None:
        self.tags += 1
        if self.tags > MOST_TREE_TAGS:
            raise _too_long(self.part)
        self.builder.start(self.names[name], {self.names[key]: value for key, value in has.items()})

    def end(self, name: str) -> None:
        self.builder.end(self.names[name])

    def data(self, text: str) -> None:
        self.builder.data(text)


def read_tree(package: Package, part: str) -> Element:
    """Parse a part into a tree if it fits into memory; names get the listed prefixes."""
    content = package.book.getinfo(part) if part in package.names else None
    if content is not None and content.file_size > MOST_TREE_BYTES:
        raise _too_long(part)
    tree = _Tree(part)
    parse_part(package, part, tree)
    return tree.builder.close()


def _too_long(part: str) -> SpreadsheetError:
    return SpreadsheetError(
        f"{part} is longer than {MOST_TREE_BYTES // 1024**2} MB or "
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
            raise damaged(f"{relations}: lists more parts than a workbook has")
        target, is_outside = element.get("Target", ""), element.get("TargetMode") == "External"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = posixpath.basename(element.get("Type", ""))
        listed.append(Relation(element.get("Id", ""), kind, target, is_outside))
    return listed
