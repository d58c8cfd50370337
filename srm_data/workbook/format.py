"""The contract between the workbook and its review: all headers, titles, codes and labels.

The writer uses these definitions to make the workbook, and the reader looks for the same in a returned
copy. Each column of the reviewed sheet is one line of ``REVIEWED``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from srm_data.schema import CELL
from srm_data.xlsx.sheets import LITERAL
from srm_data.xlsx.writer import clean_text

ROW_CHECK = "row_check"
VERSION, SCOPE, AUDIENCE, OFFERINGS = "Data version", "Scope", "Audience", "Offerings"
TEXT_CODES, ROW_CODES, REGISTER_ROWS = "Codes of texts", "Codes of rows", "Rows of the register"
CELL_STATUS_LINE, SIGN_OFF_LINE = "Status of a cell", "Sign-off entry"
COLUMNS = "Columns"  # headers of the reviewed sheet in the order of the codes in row_check
LONGEST_CELL = 30_000
STAMP_SHEET = "Stamp"
STAMP_LINES = (
    STAMP_SHEET,
    "What this book was made from. It lets a returned copy be read and checked.",
)

# The reviewed sheet

REVIEWED_SHEET, REVIEWED_TITLE = "Review here", "Responsibility matrix"
"""The tab of the sheet that is reviewed, and the title above its header.

In a copy to publish, where nothing is reviewed, the tab has the name of the title."""
REVIEWED_TABLE = "Responsibilities"
"""Name of its table, by which formulas of other sheets refer to it."""
STALE_MARK, CHANGED_MARK, OPEN_MARK = (
    "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK CIRCLE}", "\N{WHITE CIRCLE}",
)  # fmt: skip
"""Marks shown before the name of a duty by a number format, not in the cells."""
REVIEWED_HINT = (
    "Write in the green columns. Sort, filter, fill down and paste as you like. "
    f"Before a duty: {STALE_MARK} look again, {CHANGED_MARK} decided or changed, {OPEN_MARK} open."
)
REVIEWED_LINES = (REVIEWED_TITLE, REVIEWED_HINT)
REVIEWED_HEADER_ROW = 2

OFFERING, DUTY, RESPONSIBILITY = "Offering", "Duty", "Responsibility"
DECISION, STATUS, OWNER, DUE = "Decision", "Status", "Owner", "Due"
COMMENT, REVIEWER, DATE = "Comment", "Reviewer", "Date"
EVIDENCE, EXCEPTION, CONTROL = "Evidence link", "Exception until", "Control"
AGAIN = "Needs attention"  # exported only where something needs it
ADDRESS, SECOND_ADDRESS = "Address", "Address 2"
REPORT = "Report"  # exported only where an address is set that a wrong cell is reported to
REPORT_LABEL = "report"
OFFERING_ID, DUTY_ID = KEYS = tuple(CELL)
"""Headers of the key columns, in every sheet that comes back."""
CELL_KEY = "cell"
"""Header of the column with both ids in one text, by which formulas of other sheets find rows."""
RULE_OWNER, STATUS_SENT, STATUS_VERSION = "Owner by rule", "Status as sent", "Status given on"
IS_DECIDED, ANSWER, LETTER = "Decided", "Answer", "Letter"
"""Headers of the formulas for whether a row has a decision that a review takes, and for the current
answer: that decision or, without one, the answer of the tables."""


class ReviewedColumn(NamedTuple):
    """Column of the reviewed sheet.

    Parameters
    ----------
    header
        Header of the column.
    value
        Column of the frame with the values to show.
    width, style
        Width of the column, and style of its cells.
    label
        Text of a link, if it is not the address.
    kind
        ``"exported"``: text that must come back unchanged and has a code in ``row_check``; ``"entry"``:
        filled in by a reviewer; ``"computed"``: a link or formula without a code.
    """

    header: str
    value: str
    width: int
    style: str = "text"
    label: str = ""
    kind: Literal["exported", "entry", "computed"] = "exported"


REVIEWED = (
    # What is read and what is written: side by side on the screen of a laptop
    ReviewedColumn(OFFERING, "offering", 20),
    ReviewedColumn(DUTY, "duty", 19),
    ReviewedColumn(RESPONSIBILITY, "responsibility", 14, "party"),
    ReviewedColumn("Customer action", "customer_action", 10),
    ReviewedColumn(DECISION, "decision", 12, "entry", kind="entry"),
    ReviewedColumn(STATUS, "status", 9, "entry", kind="entry"),
    ReviewedColumn(OWNER, "owner", 11, "entry", kind="entry"),
    ReviewedColumn(DUE, "due", 10, "entry_date", kind="entry"),
    ReviewedColumn(COMMENT, "text", 26, "entry", kind="entry"),
    ReviewedColumn(REVIEWER, "author", 13, "entry", kind="entry"),
    ReviewedColumn(DATE, "dated", 11, "entry_date", kind="entry"),
    ReviewedColumn(AGAIN, "look_again", 30, "call"),
    # What the answer rests on
    ReviewedColumn("AWS's part", "aws_part", 40),
    ReviewedColumn("Customer's part", "customer_part", 40),
    ReviewedColumn("Note", "note", 34),
    ReviewedColumn("Basis", "basis_label", 13),
    ReviewedColumn("Source", "source", 32),
    ReviewedColumn("Section", "sections", 24),
    ReviewedColumn("Edition read", "edition", 19),
    ReviewedColumn("Read on", "accessed", 11),
    ReviewedColumn(ADDRESS, "url", 64, "link_soft", kind="computed"),
    ReviewedColumn("Source 2", "source_2", 32),
    ReviewedColumn(SECOND_ADDRESS, "url_2", 64, "link_soft", kind="computed"),
    ReviewedColumn(REPORT, "report", 8, "link_soft", REPORT_LABEL, kind="computed"),
    ReviewedColumn(EVIDENCE, "evidence", 24, "entry", kind="entry"),
    ReviewedColumn(EXCEPTION, "exception_until", 12, "entry_date", kind="entry"),
    ReviewedColumn(CONTROL, "control", 60),
    # Ids and checks
    ReviewedColumn("Scope", "scope", 12, "text_soft"),
    ReviewedColumn("Product group", "product_group", 22, "text_soft"),
    ReviewedColumn("Service", "service", 22, "text_soft"),
    ReviewedColumn("Category", "category", 16, "text_soft"),
    ReviewedColumn("Layer", "layer", 18, "text_soft"),
    ReviewedColumn("source_ids", "source_ids", 50, "text_soft"),
    ReviewedColumn(OFFERING_ID, "offering_id", 26, "text_soft"),
    ReviewedColumn(DUTY_ID, "duty_id", 24, "text_soft"),
    ReviewedColumn(CELL_KEY, "cell", 40, "text_soft", kind="computed"),
    ReviewedColumn(RULE_OWNER, "rule_owner", 14, "text_soft"),
    ReviewedColumn(STATUS_SENT, "status_sent", 10, "text_soft"),
    ReviewedColumn(STATUS_VERSION, "status_version", 13, "text_soft"),
    ReviewedColumn(IS_DECIDED, "decided", 9, "text_soft", kind="computed"),
    ReviewedColumn(ANSWER, "answer", 14, "answer", kind="computed"),
    ReviewedColumn(LETTER, "letter", 8, "answer", kind="computed"),
)
"""Columns in order; those without values are left out, and ``row_check`` follows the last one."""

ENTRIES = tuple(column.header for column in REVIEWED if column.kind == "entry")
"""Headers of the columns that a reviewer fills in."""
COMPUTED = (*(column.header for column in REVIEWED if column.kind == "computed"), ROW_CHECK)
"""Headers of links, formulas and checks, which have no code."""
EXPORTED = tuple(column.header for column in REVIEWED if column.kind == "exported")
"""Headers of exported columns that must come back unchanged, in the order of their codes."""
DECIDING = (DECISION, COMMENT, REVIEWER, DATE)
"""Those of a decision."""

IDENTITY = (OFFERING, DUTY, *KEYS)
"""What a row is about. Names and keys disagree if only some columns were sorted."""

HEADERS = {*EXPORTED, *ENTRIES, *COMPUTED}
"""Every header of the reviewed sheet."""

CODE_LENGTH = 8


def refer_to(header: str) -> str:
    """Return a formula reference to a column of the reviewed sheet, with special characters escaped."""
    doubled = header.replace("'", "''")
    return f"{REVIEWED_TABLE}[{doubled}]"


def is_checked(header: str) -> bool:
    """Return whether a column is exported text, which must come back unchanged."""
    return header not in (*ENTRIES, *COMPUTED)


LOOKUP_SHEET = "Look up"
"""Sheet with two cells to choose an offering and a duty."""
MATRIX_SHEET = "Offering matrix"

# The cover

COVER_SHEET = "Cover"
SYSTEM, CLASSIFICATION, NEXT_REVIEW = "System", "Classification", "Next review"
PREPARED_BY, REVIEWED_BY, APPROVED_BY = "Prepared by", "Reviewed by", "Approved by"
SIGN_OFF = (SYSTEM, CLASSIFICATION, PREPARED_BY, REVIEWED_BY, APPROVED_BY, NEXT_REVIEW)
"""Fields to fill in on the cover. Each is a row: field, value, author, date."""
REVISION = "Revision"
"""The field of each row of the revision history, which has the same four columns."""
SIGN_OFF_HEADER = ("Sign-off", "Value", "By", "On")
HISTORY_HEADER = ("Revision history", "What", "By", "On")

# The review log

REGISTER_SHEET, REGISTER_TABLE = "Review log", "ReviewLog"
KIND, REASON = "Kind", "Reason or remark"
STATE, REPLY, ASSIGNED, REPLIED_BY, REPLIED_ON = "State", "Reply", "Assigned to", "Reply by", "Reply on"
LOG_ENTRIES = (STATE, REPLY, ASSIGNED, DUE, REPLIED_BY, REPLIED_ON)
"""Headers of the log columns that a reviewer fills in."""
STATES = ("open", "answered", "closed", "reopened")
"""Possible values of State; a blank cell leaves the item unchanged."""

REGISTER = {
    STATUS: ("status", 12, "text"),
    OFFERING: ("offering", 22, "text"),
    DUTY: ("duty", 20, "text"),
    REASON: ("text", 40, "text"),
    "By": ("author", 18, "text"),
    "On": ("dated", 11, "text"),
    STATE: ("state", 11, "entry"),
    REPLY: ("reply", 30, "entry"),
    ASSIGNED: ("assigned", 14, "entry"),
    DUE: ("due", 11, "entry_date"),
    REPLIED_BY: ("replied_by", 14, "entry"),
    REPLIED_ON: ("replied_on", 11, "entry_date"),
    "Story so far": ("story", 40, "text"),
    "Why": ("why", 24, "text"),
    DECISION: ("decision", 13, "text"),
    "Customer action": ("customer_action", 12, "text"),
    "Said then": ("expected", 13, "text"),
    "Says now": ("now", 13, "text"),
    KIND: ("kind", 10, "text_soft"),
    "Column": ("column", 14, "text_soft"),
    "Cell in returned book": ("place", 26, "text_soft"),
    "As sent": ("as_sent", 10, "text_soft"),
    OFFERING_ID: ("offering_id", 26, "text_soft"),
    DUTY_ID: ("duty_id", 24, "text_soft"),
}
"""Headers of the log, each with its frame column, width and style."""

REGISTER_MARKS = (STATUS, KIND, REASON)
"""Headers that identify a log, whatever its sheet is called."""
LOG_HEADERS = frozenset(REGISTER) - HEADERS
"""Headers that only a log has."""
FEWEST_LOG_HEADERS = 8  # by which a log without one of its marks is identified

OF_OTHERS = re.compile(r"'(?:[^']|'')*'!|\[[^\]]*\]")  # names of sheets and of columns
FUNCTION_OR_NUMBER = re.compile(r"([A-Za-z_][\w.]*)(?=\()|(?<![\w$.:!])(\d+(?:\.\d+)?)(?![\w(:!.$])")
FORMAT_OF_HEADER = re.compile(
    r'&"[^"]*"|&K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|&\d+ ?|&[ADTFPNGZBIUSEXYOH]'
)


def is_log_header(texts: Iterable[object]) -> bool:
    """Return whether a row has the headers of a log, of which some may have been renamed."""
    found = {text for text in texts if isinstance(text, str)}
    return found.issuperset(REGISTER_MARKS) or len(found & LOG_HEADERS) >= FEWEST_LOG_HEADERS


def is_revision(value: str) -> bool:
    """Return whether a line of the revision history is that of a workbook, not one that was typed."""
    return value.startswith(f"{VERSION} ")


def text_of(value: object) -> str:
    """Convert a value to text for comparison, ignoring surrounding spaces and number formats."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 else f"{value:.15g}"  # digits that Excel keeps
    return clean_text("" if value is None else str(value)).strip()


def code_of(text: str) -> str:
    """Return the eight-digit code of a text."""
    return f"{zlib.crc32(text.encode()):08x}"


def code_of_row(texts: Iterable[str], computed: int = 0, *, sheet: str = "") -> str:
    """Return the code of a row, ignoring blank cells and the order of its columns.

    Parameters
    ----------
    texts
        Texts of the row, from :func:`text_of`.
    computed
        Number of computed cells, whose values may change.
    sheet
        Sheet of the row, because rows of other sheets may have the same texts.
    """
    counted = [count_computed(computed)] if computed else []
    texts = sorted(text for text in (*texts, *counted) if text)
    return code_of("\x1f".join([f"sheet {sheet}", *texts] if sheet else texts))


def code_of_place(kind: str, text: str) -> str:
    """Return the code of a text outside of cells, which differs from the code of a cell."""
    return code_of(f"{kind}\x1f{text_of(text)}")


def code_of_line(texts: Iterable[str]) -> str:
    """Return the code of a line of the sheet Stamp, starting with its label."""
    return code_of("\x1f".join(["line", *texts]))


def count_computed(numbers: int) -> str:
    """Return the text that represents the computed numbers of a row in its code."""
    return f"{numbers} numbers"


def code_of_cell(header: str, text: str) -> str:
    """Return the eight-digit code of a cell of the reviewed sheet."""
    return code_of(f"{header}\x1f{text}")


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


def code_columns(columns: Iterable[tuple[str, Sequence[object]]]) -> list[str]:
    """Return the codes of the cells in each row, joined into one text."""
    coded = []
    for header, values in columns:
        known = {value: code_of_cell(header, text_of(value)) for value in set(values)}
        coded.append([known[value] for value in values])
    return ["".join(codes) for codes in zip(*coded, strict=True)]
