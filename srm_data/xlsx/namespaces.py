"""Namespaces of Office Open XML, transitional and strict, for all readers."""

from __future__ import annotations

NAMESPACES = {
    "x": (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    "x14": ("http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",),
    "xm": ("http://schemas.microsoft.com/office/excel/2006/main",),
    "threads": ("http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments",),
    "r": (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    "relations": ("http://schemas.openxmlformats.org/package/2006/relationships",),
    "a": (
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://purl.oclc.org/ooxml/drawingml/main",
    ),
    "xdr": (
        "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    ),
    "c": (
        "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "http://purl.oclc.org/ooxml/drawingml/chart",
    ),
    "cp": ("http://schemas.openxmlformats.org/package/2006/metadata/core-properties",),
    "dc": ("http://purl.org/dc/elements/1.1/",),
    "app": (
        "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
        "http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
    ),
    "custom": (
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
        "http://purl.oclc.org/ooxml/officeDocument/customProperties",
    ),
}
"""Namespace addresses by the prefix used in the code, transitional before strict."""

PREFIXES = {address: prefix for prefix, addresses in NAMESPACES.items() for address in addresses}


def shorten_name(name: str) -> str:
    """Shorten the full name of an element or attribute from expat to one with a prefix of this list.

    Examples
    --------
    >>> shorten_name("http://purl.oclc.org/ooxml/spreadsheetml/main}row")
    'x:row'
    >>> shorten_name("ref"), shorten_name("https://else.example}row")
    ('ref', '')
    """
    address, _, bare = name.rpartition("}")
    if not address:
        return bare
    prefix = PREFIXES.get(address, "")
    return f"{prefix}:{bare}" if prefix else ""


class ShortNames(dict[str, str]):
    """Short name of each element by its full name; blank for names outside the listed namespaces."""

    def __missing__(self, name: str) -> str:
        self[name] = shorten_name(name)
        return self[name]
