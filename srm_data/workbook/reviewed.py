"""The contract between the book of a register and its reader: columns, fields, keys and codes."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterable
from typing import Literal, NamedTuple

from openpyxl.utils.escape import unescape

from srm_data.controls.layouts import INHERITED, ORIGINATIONS, RESPONSIBILITIES, STATUSES
from srm_data.xlsx.sheets import LITERAL, Sheet
from srm_data.xlsx.writer import clean_text

REVIEWED_SHEET, REVIEWED_TITLE = "Review here", "Responsibility matrix"
"""The tab of the sheet that is reviewed; in a copy to publish, where nothing is reviewed, its title."""
REVIEWED_TABLE = "Responsibilities"
"""Name of its table, by which formulas of other sheets refer to it."""
REVIEWED_ROW = 2
"""Row of the header of the sheet that is reviewed."""
SENT_SHEET = "Sent"
SENT_MARK = "What this book was sent with: srm_data compares a returned copy with it."
LONGEST_CELL = 30_000
SIGN_OFF_HEADER = ("Sign-off", "Value", "By", "On")
APPROVED_BY = "Approved by"
COVER_FIELDS = {
    "System": "cover:system",
    "Classification": "cover:classification",
    "Prepared by": "cover:prepared by",
    "Reviewed by": "cover:reviewed by",
    "Next review": "cover:next review",
}
"""Labels of the fields of the summary, and their fields in the register."""

EVIDENCE_COLUMNS = {
    "Evidence": "value", "Period": "reason", "Valid until": "valid_until",
    "Where it is kept": "evidence", "By": "by", "On": "on",
}  # fmt: skip
"""Headers of what is filled in on the sheet Evidence, with the columns of the register."""

SENT_MARK_OF_CRM = "What this CIS and CRM was sent with: srm_data compares a returned copy with it."
SYSTEM = {
    "System Name": "cover:system",
    "System Identifier": "cover:system identifier",
    "Impact Level": "cover:impact level",
}
"""Headings of the fields of the system in a CIS and CRM, and their fields in the register."""
REVISION, REVISIONS = ("Date", "Description", "Version", "Author"), "12345"
"""Headings of the history of the document, and the numbers of its rows."""
CELLS = [*STATUSES, *ORIGINATIONS, INHERITED, RESPONSIBILITIES]
"""Headings of the cells of a control or part, over both sheets."""
CLEARED = "(blank)"
"""Value of an entry that empties a cell."""

OF_NUMBERS = re.compile(r"(Table|Tabelle|Tableau) \d+")
"""The line that Apple's Numbers puts above each table."""
OF_OTHERS = re.compile(r"'(?:[^']|'')*'!|\[[^\]]*\]")  # names of sheets and of columns
FUNCTION_OR_NUMBER = re.compile(r"([A-Za-z_][\w.]*)(?=\()|(?<![\w$.:!])(\d+(?:\.\d+)?)(?![\w(:!.$])")
FORMAT_OF_HEADER = re.compile(
    r'&"[^"]*"|&K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|&\d+ ?|&[ADTFPNGZBIUSEXYOH]'
)


class ReviewedColumn(NamedTuple):
    """A column of the sheet that is reviewed."""

    header: str
    width: int
    value: str
    """Name of the values in a row: of an entry, the field or what signs it."""
    kind: Literal["shown", "entry", "detail"] = "shown"
    """What must come back as it was sent, what a reviewer fills in, or what the closed group shows."""
    style: str = "text"


COLUMNS = (
    # what is read and what is written, side by side on the screen of a laptop
    ReviewedColumn("Offering", 20, "offering"),
    ReviewedColumn("Duty", 19, "duty"),
    ReviewedColumn("Answer", 13, "answer_shown", style="party"),
    ReviewedColumn("You must act", 10, "customer_action"),
    ReviewedColumn("Customer's part", 36, "customer_part"),
    ReviewedColumn("Decision", 12, "answer", "entry", "entry"),
    ReviewedColumn("Status", 9, "status", "entry", "entry"),
    ReviewedColumn("Accountable", 13, "accountable", "entry", "entry"),
    ReviewedColumn("Due", 11, "due", "entry", "entry_date"),
    ReviewedColumn("Comment", 26, "comment", "entry", "entry"),
    ReviewedColumn("Reviewer", 13, "by", "entry", "entry"),
    ReviewedColumn("Date", 11, "on", "entry", "entry_date"),
    ReviewedColumn("Approved by", 13, "approved_by", "entry", "entry"),
    ReviewedColumn("Approved on", 11, "approved_on", "entry", "entry_date"),
    ReviewedColumn("Where", 18, "where", "entry", "entry"),
    ReviewedColumn("Exception until", 11, "exception", "entry", "entry_date"),
    ReviewedColumn("Evidence", 24, "evidence", "entry", "entry"),
    ReviewedColumn("AWS's part", 36, "aws_part"),
    # details, closed
    ReviewedColumn("Needs attention", 44, "attention", "detail", "call"),
    ReviewedColumn("Remarks so far", 44, "remarks", "detail"),
    ReviewedColumn("Responsible", 14, "responsible", "entry", "entry"),
    ReviewedColumn("Consulted", 14, "consulted", "entry", "entry"),
    ReviewedColumn("Implementation", 16, "implementation", "entry", "entry"),
    ReviewedColumn("All evidence", 30, "all_evidence", "detail"),
    ReviewedColumn("Inherited from", 24, "inherited_from", "detail"),
    ReviewedColumn("Note", 34, "note", "detail"),
    ReviewedColumn("Basis", 13, "basis_label", "detail"),
    ReviewedColumn("Source", 32, "source", "detail"),
    ReviewedColumn("Section", 24, "sections", "detail"),
    ReviewedColumn("Edition read", 19, "edition", "detail"),
    ReviewedColumn("Read on", 11, "accessed", "detail"),
    ReviewedColumn("Address", 44, "url", "detail"),
    ReviewedColumn("Control", 24, "control", "detail"),
    ReviewedColumn("Product group", 22, "product_group", "detail", "text_soft"),
    ReviewedColumn("Service", 22, "service", "detail", "text_soft"),
    ReviewedColumn("Category", 16, "category", "detail", "text_soft"),
    ReviewedColumn("Layer", 18, "layer", "detail", "text_soft"),
    ReviewedColumn("offering_id", 26, "offering_id", "detail", "text_soft"),
    ReviewedColumn("duty_id", 24, "duty_id", "detail", "text_soft"),
    ReviewedColumn("name", 40, "name", "detail", "text_soft"),
    ReviewedColumn("cell", 40, "cell", "shown", "text_soft"),
    ReviewedColumn("check", 20, "check", "detail", "code"),
)
"""The columns in their order; the first eighteen are open."""
OPEN = 18
ENTRIES = {column.header: column.value for column in COLUMNS if column.kind == "entry"}
"""Headers of the columns that a reviewer fills in, with what they give."""
SHOWN = [column.header for column in COLUMNS if column.kind == "shown"]
"""Headers of the columns whose texts have a code in ``check``."""
FIELDS = ("answer", "status", "accountable", "responsible", "consulted", "implementation", "due",
          "exception", "evidence")  # fmt: skip
"""Fields that a column gives by itself; a comment is the reason of an answer, if there is one."""


def name_key(offering_id: str, duty_id: str, where: str) -> str:
    """Return the text of a key, as a row has it.

    Examples
    --------
    >>> name_key("sqs", "backup", ""), name_key("*", "compliance", ""), name_key("sqs", "*", "a=1")
    ('sqs/backup', '*/compliance@', 'sqs/*@a=1')
    """
    is_cell = not where and "*" not in (offering_id, duty_id) and ":" not in offering_id + duty_id
    return f"{offering_id}/{duty_id}" + ("" if is_cell else f"@{where}")


def name_cell(key: str, heading: str) -> str:
    """Return the field of the register for a cell of a CIS and CRM, by its control or row."""
    table = "revision" if heading in REVISION else "crm"
    return SYSTEM.get(heading) or f"cover:{table} {key} {heading}".lower()


def code_of_text(text: str) -> str:
    """Return the code of a text, eight digits."""
    return f"{zlib.crc32(text_of(text).encode()):08x}"


def code_of_row(texts: Iterable[str]) -> str:
    """Return the code of a row of such texts on another sheet, whatever the order of its cells."""
    return code_of_text("\N{REPLACEMENT CHARACTER}".join(sorted(filter(None, texts))))


def code_shown(text: str) -> str:
    """Return the code of a text that must come back as it was, four digits."""
    return code_of_text(text)[4:]


def refer_to(header: str) -> str:
    """Return a formula reference to a column of the reviewed sheet, with special characters escaped."""
    doubled = header.replace("'", "''")
    return f"{REVIEWED_TABLE}[{doubled}]"


def text_of(value: object) -> str:
    """Convert a value to the text that its reader sees, without surrounding spaces."""
    if isinstance(value, str):  # nearly all are
        value = unescape(value) if "_x" in value else value
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    elif isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    elif isinstance(value, bool):
        value = str(value).upper()
    elif isinstance(value, float | int):
        value = int(value) if value == value // 1 else f"{value:.15g}"  # digits that Excel keeps
    return clean_text("" if value is None else str(value)).strip()


def split_formula(formula: str) -> tuple[str, list[str]]:
    """Return the functions and numbers of a formula, and its texts, without its references.

    Examples
    --------
    >>> split_formula('IF(ISNUMBER(MATCH(H2,{"AWS"},0)),H2,C2)')
    ('IF ISNUMBER MATCH 0', ['AWS'])
    >>> split_formula("=COUNTIFS(Responsibilities[Answer],C$4)"), split_formula("=999")
    (('COUNTIFS', []), ('999', []))
    """
    parts = LITERAL.split(formula)  # what stands between the texts, and the texts, in turn
    texts = [text.replace('""', '"') for text in parts[1::2]]
    bare = OF_OTHERS.sub("", "".join(parts[::2]))
    found = [function or number for function, number in FUNCTION_OR_NUMBER.findall(bare)]
    return " ".join(word.upper().removeprefix("_XLFN.") for word in found), texts


def split_header(text: str) -> list[str]:
    """Return the texts of a page header or footer, without codes for fonts, sizes and page numbers."""
    marked = text.replace("&&", "\x1f")
    parts = [FORMAT_OF_HEADER.sub("", part) for part in re.split("&[LCR]", marked)]
    return [part.replace("\x1f", "&").strip() for part in parts if part.strip()]


def format_sheet(sheet: Sheet) -> Sheet:
    """Convert the values of a sheet to text: blank cells are empty."""
    rows = [tuple(map(text_of, row)) for row in sheet.rows]
    if rows and OF_NUMBERS.fullmatch("".join(rows[0])):
        rows[0] = ()
    formulas = {place: text_of(formula) for place, formula in sheet.formulas.items()}
    return sheet._replace(rows=rows, formulas=formulas)
