"""The contract between the workbook and its review: every header, title, code and label, once.

The writer makes the book from what stands here, and the reader looks for the same in a returned copy.
A column of the reviewed sheet is one line of ``REVIEWED``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from srm_data.schema import CELL
from srm_data.xlsx.reader import LITERAL
from srm_data.xlsx.writer import clean_text

ROW_CHECK = "row_check"
VERSION, SCOPE, AUDIENCE, OFFERINGS = "Data version", "Scope", "Audience", "Offerings"
TEXT_CODES, ROW_CODES, REGISTER_ROWS = "Codes of texts", "Codes of rows", "Rows of the register"
LONGEST_CELL = 30_000
STAMP_SHEET = "Stamp"
STAMP_LINES = (
    STAMP_SHEET,
    "What this book was made from. It lets a returned copy be read and checked.",
)

REVIEWED_SHEET = "Responsibilities"
"""The title of the sheet that is reviewed, and the name of its table."""

DECISION, COMMENT, REVIEWER, DATE = "Decision", "Comment", "Reviewer", "Date"
ENTRIES = (DECISION, COMMENT, REVIEWER, DATE)
"""Headers of the columns that a reviewer fills."""

OFFERING, DUTY, RESPONSIBILITY = "Offering", "Duty", "Responsibility"
ANSWER, ADDRESS = "Answer", "Address"
REPORT = "Report"  # exported only where an address is set that a wrong cell is reported to
REPORT_LABEL = "report"
OFFERING_ID, DUTY_ID = KEYS = tuple(CELL)
"""Headers of the columns that hold the key of a row, in every sheet that comes back."""

AGAIN = "Look again"  # exported only where there is something to look at again


class ReviewedColumn(NamedTuple):
    """A column of the reviewed sheet that is exported and has to come back unchanged.

    Parameters
    ----------
    header
        Its header.
    value
        Column of the frame of values that it shows.
    width, style
        How wide it is, and how its cells look.
    label
        What a link shows, if that is not its address.
    """

    header: str
    value: str
    width: int
    style: str = "text"
    label: str = ""


BEFORE_ENTRIES = (
    ReviewedColumn(OFFERING, "offering", 24),
    ReviewedColumn(DUTY, "duty", 20),
    ReviewedColumn(RESPONSIBILITY, "responsibility", 14, "party"),
    ReviewedColumn("AWS's part", "aws_part", 40),
    ReviewedColumn("Customer's part", "customer_part", 40),
    ReviewedColumn("Note", "note", 26),
    ReviewedColumn("Basis", "basis_label", 13),
)
"""Columns that a reviewer reads before deciding."""

AFTER_ENTRIES = (
    ReviewedColumn("Source", "source", 32),
    ReviewedColumn("Section", "section", 24),
    ReviewedColumn("Edition read", "edition", 15),
    ReviewedColumn("Read on", "accessed", 11),
    ReviewedColumn(ADDRESS, "url", 60, "link_soft"),
    ReviewedColumn(REPORT, "report", 8, "link_soft", REPORT_LABEL),
    ReviewedColumn("Customer action", "customer_action", 12),
    ReviewedColumn("Scope", "scope", 12),
    ReviewedColumn("Product group", "product_group", 22, "text_soft"),
    ReviewedColumn("Service", "service", 22, "text_soft"),
    ReviewedColumn("Category", "category", 16, "text_soft"),
    ReviewedColumn("Layer", "layer", 18, "text_soft"),
    ReviewedColumn("source_ids", "source_ids", 34, "text_soft"),
    ReviewedColumn(OFFERING_ID, "offering_id", 26, "text_soft"),
    ReviewedColumn(DUTY_ID, "duty_id", 24, "text_soft"),
)
"""Columns that the answer rests on, and the keys of the row; without values, one is left out."""

IDENTITY = (OFFERING, DUTY, *KEYS)
"""What a row is of. Names and keys disagree after some columns were sorted and others were not."""


def is_checked(header: str) -> bool:
    """Return whether a column is exported text, which a returned copy has to hold unchanged."""
    return header not in (*ENTRIES, ANSWER, ADDRESS, REPORT, ROW_CHECK)


EXPORTED = (
    *(column.header for column in BEFORE_ENTRIES),
    AGAIN,
    *(column.header for column in AFTER_ENTRIES if is_checked(column.header)),
)
"""Headers of what was exported and is to come back unchanged, in the order of their codes."""

HEADERS = {*EXPORTED, *ENTRIES, ANSWER, ADDRESS, REPORT, ROW_CHECK}
"""Every header of the reviewed sheet."""

CODE_LENGTHS = (8, 4)  # the shorter one in books of 2026.11.1

REGISTER_SHEET = "Register"
STATUS, KIND, REASON = "Status", "Kind", "Reason or remark"

REGISTER = {
    STATUS: ("status", 13, "text"),
    "Why": ("why", 24, "text"),
    OFFERING: ("offering", 24, "text"),
    DUTY: ("duty", 20, "text"),
    "Said then": ("expected", 13, "text"),
    "Says now": ("now", 13, "text"),
    DECISION: ("decision", 13, "text"),
    REASON: ("text", 50, "text"),
    "By": ("author", 16, "text"),
    "On": ("dated", 12, "text"),
    KIND: ("kind", 10, "text"),
    "Column": ("column", 14, "text"),
    "Stood at": ("place", 26, "text_soft"),
    OFFERING_ID: ("offering_id", 26, "text_soft"),
    DUTY_ID: ("duty_id", 24, "text_soft"),
}
"""Headers of the register, with the column of the frame behind each, its width and its style."""

REGISTER_MARKS = (STATUS, KIND, REASON)
"""Headers by which a register is recognised, whatever its sheet is called."""

OF_OTHERS = re.compile(r"'(?:[^']|'')*'!|\[[^\]]*\]")  # names of sheets and of columns
FUNCTION_OR_NUMBER = re.compile(r"([A-Za-z_][\w.]*)(?=\()|(?<![\w$.:!])(\d+(?:\.\d+)?)(?![\w(:!.$])")
FORMAT_OF_HEADER = re.compile(
    r'&"[^"]*"|&K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|&\d+ ?|&[ADTFPNGZBIUSEXYOH]'
)


def text_of(value: object) -> str:
    """Write a value as the check compares it: blanks around it and how a number looks do not count."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 else f"{value:.15g}"  # digits that Excel keeps
    return clean_text("" if value is None else str(value)).strip()


def code_of(text: str) -> str:
    """Return the code of a text, eight digits."""
    return f"{zlib.crc32(text.encode()):08x}"


def code_of_row(texts: Iterable[str], computed: int = 0, *, sheet: str = "") -> str:
    """Return the code of a row, whatever the order of its columns; blank cells do not count.

    Parameters
    ----------
    texts
        Its texts, as of :func:`text_of`.
    computed
        How many computed cells it has, whose values may change.
    sheet
        The sheet that it was exported in; rows of other sheets may hold the same words.
    """
    counted = [count_computed(computed)] if computed else []
    texts = sorted(text for text in (*texts, *counted) if text)
    return code_of("\x1f".join([f"sheet {sheet}", *texts] if sheet else texts))


def code_of_place(kind: str, text: str) -> str:
    """Return the code of a text that stands in no cell; it is not that of the same text in a cell."""
    return code_of(f"{kind}\x1f{text_of(text)}")


def code_of_line(texts: Iterable[str]) -> str:
    """Return the code of a line of the sheet Stamp, its label first."""
    return code_of("\x1f".join(["line", *texts]))


def count_computed(numbers: int) -> str:
    """Return the text that stands for the computed numbers of a row in its code."""
    return f"{numbers} numbers"


def code_of_cell(header: str, text: str) -> str:
    """Return the code of a cell of Responsibilities, eight digits."""
    return code_of(f"{header}\x1f{text}")


def split_formula(formula: str) -> tuple[str, list[str]]:
    """Return the functions and numbers of a formula, and the texts in it; what it refers to may change.

    Examples
    --------
    >>> split_formula('IF(ISNUMBER(MATCH(H2,{"AWS"},0)),H2,C2)')
    ('IF ISNUMBER MATCH 0', ['AWS'])
    >>> split_formula("=COUNTIFS(Responsibilities[Answer],C$4)"), split_formula("=999")
    (('COUNTIFS', []), ('999', []))
    """
    texts = [text.replace('""', '"') for text in LITERAL.findall(formula)]
    bare = OF_OTHERS.sub("", LITERAL.sub("", formula))
    found = [function or number for function, number in FUNCTION_OR_NUMBER.findall(bare)]
    return " ".join(word.upper().removeprefix("_XLFN.") for word in found), texts


def split_header(text: str) -> list[str]:
    """Return the texts of a page header or footer, without fonts, sizes, page numbers and the like.

    Examples
    --------
    >>> split_header("&L&8 srm_data 2026.11.1&R&8 &A, page &P of &N")
    ['srm_data 2026.11.1', ', page  of']
    """
    marked = text.replace("&&", "\x1f")
    parts = [FORMAT_OF_HEADER.sub("", part) for part in re.split("&[LCR]", marked)]
    return [part.replace("\x1f", "&").strip() for part in parts if part.strip()]


def code_columns(columns: Iterable[tuple[str, Sequence[object]]]) -> list[str]:
    """Return, for each row of some columns, the codes of its cells in one text."""
    coded = []
    for header, values in columns:
        known = {value: code_of_cell(header, text_of(value)) for value in set(values)}
        coded.append([known[value] for value in values])
    return ["".join(codes) for codes in zip(*coded, strict=True)]
