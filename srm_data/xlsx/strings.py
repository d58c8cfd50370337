"""Shared strings of a workbook: every text is written once, and cells refer to it by number."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

LONGEST_TEXT = 32_767  # Excel's limit, counted in UTF-16 units
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MARKUP_OR_FORBIDDEN = re.compile(f"[&<>{FORBIDDEN.pattern[1:]}")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as "A"

PART = "xl/sharedStrings.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
# A cell of openpyxl with a text of its own; without the text if it is blank.
INLINE = re.compile(
    r'<c ([^>]*?) t="inlineStr"(?:/>|></c>|><is><t[^>]*?(?:/>|>(.*?)</t>)</is></c>)', re.S
)


def clean_text(text: str) -> str:
    """Replace each character that is not allowed in XML with a visible one."""
    if text.isprintable():  # most texts are, and this is faster
        return text
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def is_too_long(text: str) -> bool:
    """Return whether a text is too long for a cell."""
    if len(text) <= LONGEST_TEXT // 2:
        return False
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT


class SharedStrings:
    """Texts of a workbook, in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text."""
        known = self._known.get(text)
        if known is None:
            written = text
            if "_x" in text or MARKUP_OR_FORBIDDEN.search(text):
                written = escape(LOOKS_ESCAPED.sub("_x005F_", clean_text(text)))
            known = self._known[text] = self._number_of(written)
        return known

    def share(self, xml: str) -> str:
        """Replace the texts that openpyxl wrote to cells by their numbers."""

        def refer(found: re.Match[str]) -> str:
            attributes, text = found.groups()
            if not text:
                return f"<c {attributes}/>"
            return f'<c {attributes} t="s"><v>{self._number_of(text)}</v></c>'

        return INLINE.sub(refer, xml)

    def _number_of(self, written: str) -> int:
        return self._numbers.setdefault(written, len(self._numbers))

    def write(self) -> str:
        """Return the part that holds the texts."""
        head = f'<sst xmlns="{NAMESPACE}" uniqueCount="{len(self._numbers)}">'
        return "".join([head, *map(_write_item, self._numbers), "</sst>"])


def _write_item(written: str) -> str:
    preserve = ' xml:space="preserve"' if written != written.strip() or "\n" in written else ""
    return f"<si><t{preserve}>{written}</t></si>"


def add_relationship(relationships: str) -> str:
    """Add the part of shared strings to the relationships of a workbook."""
    entry = f'<Relationship Type="{RELATIONSHIP}" Target="sharedStrings.xml" Id="strings"/>'
    return relationships.replace("</Relationships>", f"{entry}</Relationships>")


def add_content_type(types: str) -> str:
    """Add the part of shared strings to the content types of a package."""
    entry = f'<Override PartName="/{PART}" ContentType="{CONTENT_TYPE}"/>'
    return types.replace("</Types>", f"{entry}</Types>")
