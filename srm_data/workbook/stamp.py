"""What a book says of itself: version and scope, and codes by which a returned copy is checked.

A code is a short checksum of a text. The sheet Responsibilities carries one a cell, in its last column;
the hidden sheet Stamp has one for every text and every row of all other sheets. What a person typed,
anywhere in the book, is therefore told from what was exported, with nothing but the book at hand.
"""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterable, Iterator, Sequence

from openpyxl.worksheet.worksheet import Worksheet

from srm_data.workbook.content import Content
from srm_data.workbook.look import Look
from srm_data.workbook.package import Body, Formula, Row, clean_text
from srm_data.workbook.sheets import set_lines, set_up_print, set_widths

ROW_CHECK = "row_check"
VERSION, SCOPE, AUDIENCE, OFFERINGS = "Data version", "Scope", "Audience", "Offerings"
TEXT_CODES, ROW_CODES, REGISTER_ROWS = "Codes of texts", "Codes of rows", "Rows of the register"
LONGEST_CELL = 30_000


def text_of(value: object) -> str:
    """Write a value as the check compares it: blanks around it and how a number looks do not count."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 else f"{value:.15g}"  # digits that Excel keeps
    return clean_text("" if value is None else str(value)).strip()


def code_of(text: str) -> str:
    """Return the code of a text, eight digits."""
    return f"{zlib.crc32(text.encode()):08x}"


def code_of_row(texts: Iterable[str]) -> str:
    """Return the code of a row, whatever the order of its columns; blank cells do not count."""
    return code_of("\x1f".join(sorted(text for text in texts if text)))


def code_of_note(text: str) -> str:
    """Return the code of a note, which is not that of the same text in a cell."""
    return code_of(f"note\x1f{text_of(text)}")


def say_count(numbers: int) -> str:
    """Stand for the computed numbers of a row in its code."""
    return f"{numbers} numbers"


def code_of_cell(header: str, text: str) -> str:
    """Return the code of a cell of Responsibilities, four digits."""
    return code_of(f"{header}\x1f{text}")[4:]


def code_columns(columns: Iterable[tuple[str, Sequence[object]]]) -> list[str]:
    """Return, for each row of some columns, the codes of its cells in one text."""
    coded = []
    for header, values in columns:
        known = {value: code_of_cell(header, text_of(value)) for value in set(values)}
        coded.append([known[value] for value in values])
    return ["".join(codes) for codes in zip(*coded, strict=True)]


class Codes:
    """The codes of a book, gathered while its sheets are written."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.rows: set[str] = set()

    def take_sheet(self, sheet: Worksheet) -> None:
        """Take in the cells that openpyxl holds: titles, prose, headers."""
        for row in sheet.iter_rows(values_only=True):
            self.take_row(row)

    def take_row(self, values: Iterable[object]) -> None:
        """Take in a row; of computed numbers, which may change, only how many they are."""
        values = [value for value in values if value is not None and value != ""]
        computed = [it for it in values if isinstance(it, Formula) and not isinstance(it.value, str)]
        fixed = [it.value if isinstance(it, Formula) else it for it in values if it not in computed]
        texts = [text_of(value) for value in fixed]
        self.texts.update(map(code_of, texts))
        self.rows.add(code_of_row([*texts, say_count(len(computed))] if computed else texts))
        # Some programs save no values of formulas: the row as it is without them.
        self.rows.add(code_of_row(text_of(it) for it in values if not isinstance(it, Formula)))

    def take_note(self, text: str) -> None:
        """Take in a note."""
        self.texts.add(code_of_note(text))

    def watch(self, body: Body) -> Iterator[Row]:
        """Take in the rows of a body while they pass."""
        for row in body:
            self.take_row(value for value, _ in row[1])
            yield row


def fill_stamp(sheet: Worksheet, look: Look, content: Content, codes: Codes) -> Body:
    """Say what the book is of, for whoever reads a returned copy; the codes come last."""
    sheet.sheet_state = "hidden"
    set_widths(sheet, [26, 74, 60])
    set_lines(
        sheet,
        look,
        [
            [("title", "Stamp")],
            [("caption", "What this book was made from. It lets a returned copy be read and checked.")],
        ],
    )
    set_up_print(sheet, content.footer)
    return _write_stamp(look, content, codes)


def _write_stamp(look: Look, content: Content, codes: Codes) -> Iterator[Row]:
    label, text = look.id_of("label"), look.id_of("text_line")

    def line(name: str, *values: str | int) -> Row:
        return 15.0, [(name, label), *((value, text) for value in values)]

    yield line(VERSION, content.version)
    yield line(SCOPE, content.scope)
    yield line(AUDIENCE, content.audience)
    if not content.is_internal:
        return
    yield line(REGISTER_ROWS, len(content.register))
    duties = content.model.groupby("offering_id", observed=True, sort=False)["duty_id"].agg("; ".join)
    for offering_id, asked in duties.items():
        yield line(OFFERINGS, str(offering_id), asked)
    for name, found in ((TEXT_CODES, codes.texts), (ROW_CODES, codes.rows)):
        for part in textwrap.wrap("".join(sorted(found)), LONGEST_CELL):
            yield line(name, part)
