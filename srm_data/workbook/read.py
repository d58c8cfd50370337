"""Read a returned book of a register: what differs from what it was sent with."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from openpyxl.utils import column_index_from_string, range_boundaries

from srm_data.exceptions import ReviewError, SpreadsheetError
from srm_data.load import read_table
from srm_data.register.entries import KEY, SEPARATOR, Row, normalise_entry
from srm_data.register.merge import EDIT, SENT, Review, build_review
from srm_data.schema import StrPath
from srm_data.workbook.reviewed import (
    APPROVED_BY,
    COLUMNS,
    COVER_FIELDS,
    ENTRIES,
    EVIDENCE_COLUMNS,
    FIELDS,
    SENT_MARK,
    SHOWN,
    SIGN_OFF_HEADER,
    code_of_row,
    code_of_text,
    code_shown,
    format_sheet,
    format_value,
    name_key,
    split_formula,
    split_header,
)
from srm_data.workbook.sheets.review_here import list_entries
from srm_data.workbook.sheets.sent import shape_of
from srm_data.workbook.styles import PALETTE
from srm_data.xlsx.reader import read_workbook
from srm_data.xlsx.sheets import (
    HEADER,
    LINK,
    NOTE,
    PROPERTY,
    SHEET_NAME,
    THREAD,
    Remark,
    Sheet,
)

FORMER = (
    "a book of 2026.11.x; expected one that was made with --register. srm_data 2026.11.11 reads it, "
    "and `review FILES.csv --register register.csv` converts the files that it gives"
)
ORDER = [column.header for column in COLUMNS]
FEWEST_HEADERS = 12  # of the sheet that is reviewed; no other sheet has as many
HEADER_WITHIN = 60  # rows that people may put above the header
MOST_ALTERED = 40  # rows of a sheet that are named one by one
MOST_ROWS = 200_000  # of a sheet; the catalogue has a tenth
CELL_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
COPY = re.compile(r"( \(\d+\)|_\d+| - (Table|Tabelle|Tableau) \d+|\d+| Copy\d*)$")
"""What programs add to the name of a sheet."""
TO_SHEET = re.compile(r"^#|[$']|[.!]\$?A\$?1$")
OF_PROGRAMS = {"page", "seite", "sheet1"}  # texts that LibreOffice puts into headers
KEPT = ("status", "exception", "evidence")
"""Fields that a name alone may complete or sign again."""
FINAL = "Final"  # the status that Mark as Final gives a book
Key = tuple[str, str, str]
NO_KEY: Key = ("", "", "")


@dataclasses.dataclass
class SentBook:
    """What a book was sent with."""

    version: str = ""
    whole: str = ""
    """Hash of its answers."""
    scope: str = ""
    sent: dict[tuple[str, ...], Row] = dataclasses.field(default_factory=dict)
    answers: dict[Key, str] = dataclasses.field(default_factory=dict)
    """Party and action of each cell and Where."""
    offerings: dict[str, str] = dataclasses.field(default_factory=dict)
    duties: dict[str, str] = dataclasses.field(default_factory=dict)
    approved: dict[Key, tuple[str, str]] = dataclasses.field(default_factory=dict)
    evidence: dict[str, Row] = dataclasses.field(default_factory=dict)
    """Rows of the sheet Evidence, by the id of their entry or else their name."""
    texts: set[str] = dataclasses.field(default_factory=set)
    rows: set[str] = dataclasses.field(default_factory=set)

    def list_keys(self) -> dict[str, Key]:
        """List the keys that have a row, by the text of their cell."""
        general = {key[:3] for key in self.sent if not key[3].startswith("cover:")}
        wide = {("*", duty, "") for duty in self.duties}
        return {name_key(*key): key for key in (*wide, *general, *self.answers)}  # type: ignore[misc]


class Table(NamedTuple):
    """A sheet that is reviewed: its header row, and the place of each column."""

    sheet: Sheet
    header_row: int
    places: dict[str, int]

    def text(self, cells: tuple[str, ...], header: str) -> str:
        """Return the text of a row under a header; none if the column is gone."""
        at = self.places.get(header, len(cells))
        return cells[at] if at < len(cells) else ""


def read_review(path: StrPath) -> Review:
    """Read a book that ``write_workbook(register=...)`` made and that reviewers returned.

    Rows are found by their key, in any order; columns may have been moved, inserted or renamed. What
    differs from what was sent becomes an entry that replaces what it was made against. Anything typed
    elsewhere (in other columns, sheets, notes, threads, headers) becomes a remark with its place and
    author. Shapes and colours are named. The file is not changed.

    Parameters
    ----------
    path
        Returned ``.xlsx`` file, from Excel or LibreOffice.

    Returns
    -------
    Review
        ``entries`` to :func:`~srm_data.register.merge` into a register, and ``problems`` of reading.

    Raises
    ------
    srm_data.exceptions.ReviewError
        If the file is not such a book, is damaged, encrypted or too large, or has macros or links to
        other files. A book of 2026.11 is refused by name.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data import build_model, choose_offerings, write_workbook
    >>> from srm_data.register import make_entries
    >>> path = Path(tempfile.mkdtemp()) / "ours.xlsx"
    >>> model = choose_offerings(build_model(), "sqs")
    >>> written = write_workbook(path, model, register=make_entries([]))
    >>> [len(frame) for frame in read_review(path)]
    [0, 0]
    """
    codes = read_table("responsibilities")
    colors = {color.removeprefix("#").upper() for color in [*codes["color"], *codes["pale_color"]]}
    try:
        workbook = read_workbook(path, own_colors={*PALETTE, *colors})
        sheets = [format_sheet(sheet) for sheet in workbook.sheets]
        book = _require_sent(path, sheets)
        reading = Reading(workbook.name, workbook.author, book, sheets)
        edits = [*reading.list_edits(), *reading.list_notes(workbook.remarks)]
        edits += reading.list_asked(edits)
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    return build_review(pd.DataFrame(edits, columns=EDIT, dtype=object))


def read_sent(path: StrPath) -> SentBook:
    """Read what a book was sent with."""
    try:
        sheets = [format_sheet(sheet) for sheet in read_workbook(path, own_colors=()).sheets]
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    return _require_sent(path, sheets)


def _require_sent(path: StrPath, sheets: list[Sheet]) -> SentBook:
    """Return what the hidden sheet holds."""
    book, hidden = SentBook(), next(filter(_is_sent, sheets), None)
    for row in hidden.rows[1:] if hidden is not None else ():
        kind, texts = row[0] if row else "", [*row[1:11], *[""] * (11 - len(row))]
        if kind == "book":
            book.version, book.whole, book.scope = texts[0], texts[2], texts[3]
        elif kind == "entry":
            entry = dict(zip(SENT, texts, strict=False))
            book.sent[tuple(entry[name] for name in (*KEY, "field"))] = entry
        elif kind == "answers":
            book.offerings[texts[0]] = texts[1]
            for duty, _, answer in (item.partition("=") for item in texts[3].split("|")):
                book.answers[texts[0], duty, texts[2]] = answer
        elif kind == "duty":
            book.duties[texts[0]] = texts[1]
        elif kind == "approved":
            book.approved[texts[0], texts[1], texts[2]] = (texts[3], texts[4])
        elif kind == "evidence":
            names = ("entry_id", *KEY, *EVIDENCE_COLUMNS.values())
            book.evidence[texts[0] or texts[4]] = dict(zip(names, texts, strict=True))
        elif kind in ("texts", "rows"):
            codes = book.texts if kind == "texts" else book.rows
            codes.update(texts[0][at : at + 8] for at in range(0, len(texts[0]), 8))
    if book.version:
        return book
    if any(row[:1] == ("Stamp",) or "row_check" in row for sheet in sheets for row in sheet.rows[:9]):
        raise ReviewError(f"{path}: {FORMER}")
    titles = ", ".join(repr(sheet.title) for sheet in sheets[:8])
    raise ReviewError(
        f"{path}: not a book of a register: none of its sheets ({titles}) is the hidden one it was "
        "sent with"
    )


def _is_sent(sheet: Sheet) -> bool:
    return any(row[:1] == (SENT_MARK,) for row in sheet.rows[:2])


class Reading:
    """A returned book, and what it was sent with."""

    def __init__(self, file: str, author: str, book: SentBook, sheets: list[Sheet]) -> None:
        self.file, self.author, self.book, self.sheets = file, author, book, sheets
        self.keys = book.list_keys()
        self.names = {
            (name, duty): (offering_id, duty_id, "")
            for offering_id, name in book.offerings.items()
            for duty_id, duty in book.duties.items()
        }
        self.tables = {sheet.title: table for sheet in sheets if (table := _find_table(sheet))}
        self.rows: dict[tuple[str, int], Key] = {}
        """Keys by title of a reviewed sheet and number of a row."""
        self.ids = [
            {text: name for name, label in named.items() for text in (label, name)}
            for named in (book.offerings, book.duties)
        ]
        """Ids of offerings and of duties, by label and by themselves."""
        self.named: dict[tuple[str, str, int, int], str] = {}
        """Ids that rows and columns of other sheets name: by title, ``row`` or ``column`` and place."""

    def list_edits(self) -> Iterator[Row]:
        """List the edits of all sheets."""
        if not self.tables:
            yield self.ask("Stray", "Review here is gone", "the sheet, with its headers")
        for sheet in self.sheets:
            if _is_sent(sheet):
                continue
            if len(sheet.rows) > MOST_ROWS:
                raise ReviewError(
                    f"{self.file}: sheet {sheet.title!r} has more than {MOST_ROWS:,} rows"
                )
            table = self.tables.get(sheet.title)
            yield from self._read_table(table) if table else self._read_other(sheet)
            yield from self._read_marks(sheet)
        gone = set(self.book.answers) - set(self.rows.values()) if self.tables else set()
        if gone:
            named = ", ".join(sorted(name_key(*key) for key in gone)[:5])
            text = f"{_count(len(gone), 'row')} did not come back: {named}"
            yield self.ask("Stray", text, "the rows as sent")

    def list_asked(self, edits: list[Row]) -> Iterator[Row]:
        """List what the rows of edits were asked about, which an entry settles."""
        for key in {tuple(edit[name] for name in KEY) for edit in edits}:
            if asked := self.book.sent.get((*key, "remark")):
                yield asked | {"value": "", "file": self.file}

    def ask(
        self, kind: str, text: str, expected: str, place: str = "", key: Key = NO_KEY, by: str = "",
        on: str = "",
    ) -> Row:  # fmt: skip
        """Make the edit of a remark that is asked back."""
        return self.remark(text, place, key, by, on) | {"reason": f"{kind}: expected {expected}"}

    def remark(self, text: str, place: str, key: Key = NO_KEY, by: str = "", on: str = "") -> Row:
        """Make the edit of a remark; nobody named, it is of the author of the book."""
        key = key if any(key) else ("*", "*", "")
        row = dict.fromkeys(SENT, "") | dict(zip(KEY, key, strict=True))
        return row | {
            "field": "remark", "value": text, "reason": "", "by": by or self.author, "on": on,
            "evidence": "", "file": self.file, "place": place, "data_version": self.book.version,
        }  # fmt: skip

    # the sheet that is reviewed

    def _read_table(self, table: Table) -> Iterator[Row]:
        sheet, headers = table.sheet, table.sheet.rows[table.header_row - 1]
        renamed = {at for header, at in table.places.items() if headers[at : at + 1] != (header,)}
        for number, cells in enumerate(sheet.rows[: table.header_row], start=1):
            for at, text in enumerate(cells):
                is_new = text and code_of_text(text) not in self.book.texts
                if is_new or (number == table.header_row and at in renamed and text):
                    yield self.remark(text, sheet.place_of(number, at))
        shown = [header for header in SHOWN if header in table.places]
        by_place = {at: header for header, at in table.places.items()}
        for number, cells in enumerate(sheet.rows[table.header_row :], start=table.header_row + 1):
            if any(cells):
                key = self._find_key(table, cells)
                yield from self._read_row(table, number, cells, key, shown, by_place)
        yield from self._read_merged(table)
        # a formula gives a value, and may have more words than that
        for (number, at), formula in sheet.formulas.items():
            words, row = split_formula(formula)[1], sheet.rows[number - 1]
            text = row[at] if at < len(row) else ""
            if text not in ("", formula) and not all(word in text for word in words):
                yield self.remark(f"{text} {formula}", sheet.place_of(number, at))

    def _find_key(self, table: Table, cells: tuple[str, ...]) -> Key | None:
        """Find the key of a row by its cell, or by its names if that is gone; none if they disagree."""
        names = (table.text(cells, "Offering"), table.text(cells, "Duty"))
        key = self.keys.get(table.text(cells, "cell"))
        named = self.names.get(names)
        if key is None:
            return named if "cell" not in table.places else None
        disagrees = named is not None and key in self.book.answers and named[:2] != key[:2]
        return None if disagrees else key

    def _read_row(
        self,
        table: Table,
        number: int,
        cells: tuple[str, ...],
        key: Key | None,
        shown: list[str],
        by_place: dict[int, str],
    ) -> Iterator[Row]:
        sheet = table.sheet
        if key is None:
            for at, text in enumerate(cells):
                if text and (by_place.get(at) in ENTRIES or code_of_text(text) not in self.book.texts):
                    yield self.remark(text, sheet.place_of(number, at))
            if any(
                cells[at] for at, header in by_place.items() if header in ENTRIES and at < len(cells)
            ):
                place = f"{sheet.title}!A{number}"
                yield self.ask("Stray", "a row of no cell", "its cell, beside its names", place)
            return
        self.rows[sheet.title, number] = key

        # what was typed over or beside what was sent
        codes = table.text(cells, "check")
        by_header = dict(zip(SHOWN, (codes[at : at + 4] for at in range(0, len(codes), 4)),
                             strict=False))  # fmt: skip
        for header in shown:
            text = table.text(cells, header)
            if text and codes and code_shown(text) != by_header.get(header):
                place = sheet.place_of(number, table.places[header])
                yield self.ask("Stray", text, f"{header} as it was sent", place, key)
        for at, text in enumerate(cells):
            header = by_place.get(at, "")
            is_beside = header not in ENTRIES and header not in SHOWN
            if text and is_beside and code_of_text(text) not in self.book.texts:
                yield self.remark(text, sheet.place_of(number, at), key)

        # what was entered
        entered = {value: table.text(cells, header) for header, value in ENTRIES.items()}
        before = list_entries(key, self.book.sent)
        names = ("approved_by", "approved_on")
        before |= dict(zip(names, self.book.approved.get(key, ("", "")), strict=True))
        gone = [value for header, value in ENTRIES.items() if header not in table.places]
        entered |= {name: before[name] for name in gone}
        if entered["status"] in ("", "open") and before["status"] in ("", "open"):
            entered["status"] = before["status"]
        if any(entered[name] != before[name] for name in entered):
            is_elsewhere = entered["where"] != before["where"]
            listed = self._edit_row(table, number, key, entered, before)
            edits = [
                edit
                for edit in listed
                if edit["value"] or edit["field"] == "approval" or not is_elsewhere
            ]
            yield from edits
            place = sheet.place_of(number, table.places.get("Where", 0))
            is_of_nothing = all(edit["field"] == "approval" for edit in edits)
            if is_of_nothing and is_elsewhere:  # a Where of nothing, or a cleared one
                text = entered["where"] or "Where was cleared"
                signed = [entered[name] * (entered[name] != before[name]) for name in ("by", "on")]
                yield self.ask("Unclear", text, "an entry beside it", place, key, *signed)

    def _edit_row(
        self, table: Table, number: int, key: Key, entered: dict[str, str], before: dict[str, str]
    ) -> Iterator[Row]:
        """List the edits of a row that is not as it was sent."""
        where = normalise_entry({"where": entered["where"]})["where"]
        is_elsewhere = where != key[2]
        blank = dict.fromkeys(SENT, "")

        def edit(field: str, value: str, reason: str = "") -> Row:
            column = next(header for header, name in ENTRIES.items() if name == field)
            sent = blank if is_elsewhere else self.book.sent.get((*key, field), blank)
            if field == "status" and not is_elsewhere and not sent["sent"]:
                sent = sent | {"sent": before["status"]}
            at = table.places.get(column, 0)
            return sent | dict(zip(KEY, (*key[:2], where), strict=True)) | {
                "field": field, "value": value, "reason": reason, "by": entered["by"],
                "on": entered["on"], "sent_by": before["by"], "sent_on": before["on"], "evidence": "",
                "asks": sent.get("asks", "") if sent["sent_by"] in ("", before["by"]) else "",
                "file": self.file, "place": table.sheet.place_of(number, at),
                "data_version": self.book.version,
            }  # fmt: skip

        answer = edit("answer", entered["answer"], entered["comment"])
        comment = self.book.sent.get((*key, "comment"), blank)
        if entered["answer"]:
            becomes_reason = not before["answer"] and entered["comment"] == comment["sent"] != ""
            if becomes_reason and not is_elsewhere:
                ids = {*answer["base"].split(SEPARATOR), *comment["base"].split(SEPARATOR)} - {""}
                answer["base"] = SEPARATOR.join(sorted(ids))
        elif before["answer"] and entered["comment"] == before["comment"]:
            answer["reason"] = ""  # it goes with the decision
        elif entered["comment"] != comment["sent"]:
            yield edit("comment", entered["comment"])
        is_new = (entered["answer"], entered["comment"]) != (before["answer"], before["comment"])
        if (entered["answer"] or before["answer"]) and (is_new or not is_elsewhere):
            yield answer
        said = self.book.answers.get(key, "")
        reasons = {"status": said, "exception": entered["comment"]}
        for field in FIELDS[1:]:
            if entered[field] != before[field] or (not is_elsewhere and field in KEPT):
                yield edit(field, entered[field], reasons.get(field, ""))

        # an approval is of the row as it was sent, or of the decision that is new in it
        given = (entered["approved_by"], entered["approved_on"])
        sent_given = (before["approved_by"], before["approved_on"])
        if given != sent_given and any(given):
            approval = edit("answer", said)
            yield approval | {
                "field": "approval", "sent": "", "base": "", "sent_by": "", "sent_on": "",
                "by": given[0], "on": given[1], "evidence": entered["evidence"],
            }  # fmt: skip
        elif given != sent_given:
            was, place = ", ".join(filter(None, sent_given)), f"{table.sheet.title}, row {number}"
            text = f"an approval was cleared: {was}"
            yield self.ask("Unclear", text, "another decision", place, key)

    def _read_merged(self, table: Table) -> Iterator[Row]:
        """Name entries that were merged over rows: only the first of them has the text."""
        by_place = {at: header for header, at in table.places.items()}
        for merged in table.sheet.merged:
            if not re.fullmatch(r"[A-Z]{1,3}\d+:[A-Z]{1,3}\d+", merged):
                continue
            left, top, _, bottom = range_boundaries(merged)
            cells = table.sheet.rows[top - 1] if top <= len(table.sheet.rows) else ()
            text = cells[left - 1] if left <= len(cells) else ""
            if by_place.get(left - 1) in ENTRIES and text:
                for row in range(top + 1, min(bottom, len(table.sheet.rows)) + 1):
                    place = table.sheet.place_of(row, left - 1)
                    key = self.rows.get((table.sheet.title, row), NO_KEY)
                    expected = f"an entry of its own, not merged with row {top}"
                    yield self.ask("Unclear", text, expected, place, key)

    # other sheets, and what stands outside of cells

    def _read_other(self, sheet: Sheet) -> Iterator[Row]:
        """Read a sheet that is not reviewed: the sign-off, and what was typed."""
        is_sign_off, altered = False, list[tuple[int, tuple[str, ...]]]()
        places: dict[str, int] = {}  # of the columns of the sheet Evidence
        for number, cells in enumerate(sheet.rows, start=1):
            if not any(cells):
                continue
            label = cells[0]
            self._find_names(sheet.title, number, cells)
            if cells[:4] == SIGN_OFF_HEADER:
                is_sign_off = True
            elif is_sign_off and label in (*COVER_FIELDS, APPROVED_BY):
                yield from self._read_field(sheet, number, (*cells, "", "", "")[:4])
                cells = ("", "", "", "", *cells[4:])
            elif {*EVIDENCE_COLUMNS, "entry_id"} <= {*cells}:
                places = {header: cells.index(header) for header in (*EVIDENCE_COLUMNS, "entry_id")}
            elif places:
                yield from self._read_evidence(sheet, number, cells, places)
                cells = tuple(
                    "" if at in places.values() or code_of_text(text) in self.book.texts else text
                    for at, text in enumerate(cells)
                )
            constants = []
            for at, text in enumerate(cells):
                if formula := sheet.formulas.get((number, at)):
                    if code_of_text(shape_of(formula)) not in self.book.texts:
                        key = self._find_other(sheet.title, number, at)
                        yield self.remark(f"{text} {formula}", sheet.place_of(number, at), key)
                elif text:
                    constants.append((at, text))
            if code_of_row(text for _, text in constants) in self.book.rows or not constants:
                continue
            new = [(at, text) for at, text in constants if code_of_text(text) not in self.book.texts]
            for at, text in new:
                key = self._find_other(sheet.title, number, at)
                yield self.remark(text, sheet.place_of(number, at), key)
            if not new:
                altered.append((number, tuple(text for _, text in constants)))
        for number, texts in altered[:MOST_ALTERED]:
            place = f"{sheet.title}!A{number}"
            yield self.ask("Stray", " | ".join(texts), "the row as it was sent", place)
        if len(altered) > MOST_ALTERED:
            more = f"{len(altered) - MOST_ALTERED:,} more rows of {sheet.title} are not as sent"
            yield self.ask("Stray", more, "the sheet as it was sent")

    def _find_names(self, title: str, number: int, cells: tuple[str, ...]) -> None:
        """Keep the offering and the duty that a row of another sheet names, or those of its columns."""
        for part, ids in enumerate(self.ids):
            if ids.keys().isdisjoint(cells):
                continue
            named = {at: ids[text] for at, text in enumerate(cells) if text in ids}
            if len(set(named.values())) > 1:
                self.named |= {(title, "column", at, part): name for at, name in named.items()}
            else:
                self.named[title, "row", number, part] = next(iter(named.values()))

    def _find_other(self, title: str, number: int, at: int) -> Key:
        """Find what a place on another sheet is about; of an offering alone, all its duties."""
        by_row, by_column = (title, "row", number), (title, "column", at)
        offering, duty = (
            self.named.get((*by_row, part)) or self.named.get((*by_column, part), "*")
            for part in (0, 1)
        )
        return NO_KEY if offering == "*" else (offering, duty, "")

    def _read_field(self, sheet: Sheet, number: int, cells: tuple[str, ...]) -> Iterator[Row]:
        """Read a field of the sign-off."""
        label, value, by, on = cells
        place = sheet.place_of(number, 1)
        key: Key = ("*", "*", "")
        if label == APPROVED_BY:
            name, was = by or value, self.book.approved.get(key, ("", ""))
            if (name, on) != was and (name or on):
                if value not in ("", name):  # such as "yes" beside the name
                    yield self.remark(value, place)
                yield from self._approve(name, on, place)
            return
        field = COVER_FIELDS[label]
        sent = self.book.sent.get((*key, field), dict.fromkeys(SENT, ""))
        if not value and not sent["sent"]:  # a name or date of nothing
            for at, text in enumerate((by, on), start=2):
                if text:
                    beside = sheet.place_of(number, at)
                    yield self.ask("Unclear", text, f"a value of {label} in column B", beside)
        elif (value, by, on) != (sent["sent"], sent["sent_by"], sent["sent_on"]):
            yield sent | self.remark(value, place, by=by, on=on) | {
                "field": field, "sent": sent["sent"], "sent_by": sent["sent_by"],
                "sent_on": sent["sent_on"], "base": sent["base"], "by": by,
            }  # fmt: skip

    def _read_evidence(
        self, sheet: Sheet, number: int, cells: tuple[str, ...], places: dict[str, int]
    ) -> Iterator[Row]:
        """Read a row of the sheet Evidence: new, altered, or cleared, which is a withdrawal."""
        texts = {header: cells[at] if at < len(cells) else "" for header, at in places.items()}
        now = {name: texts[header] for header, name in EVIDENCE_COLUMNS.items()}
        sent = self.book.evidence.get(texts["entry_id"] or now["value"], {})
        if now == {name: sent.get(name, "") for name in now}:
            return
        key = (sent.get("offering_id", "*"), sent.get("duty_id", "*"), sent.get("where", ""))
        before = {"sent_by": sent.get("by", ""), "sent_on": sent.get("on", "")}
        is_ended = {**now, "valid_until": ""} == {name: sent.get(name, "") for name in now}
        before |= {
            "base": sent.get("entry_id", ""),
            "sent": "" if now["value"] else sent.get("value", ""),
            "asks": "value" if is_ended else "",  # what was asked for is filled in
        }
        place = sheet.place_of(number, places["Evidence"])
        yield self.remark("", place, key) | now | before | {"field": "evidence"}

    def _approve(self, by: str, on: str, place: str) -> Iterator[Row]:
        """Approve every answer that the book was sent with, and the whole."""
        whole = self.remark(self.book.whole, place, by=by, on=on) | {"field": "approval", "by": by}
        yield whole
        # Without a name or a day nothing is approved, which is asked back once, not for every answer.
        for key, answer in self.book.answers.items() if by and on else ():
            yield (
                whole | dict(zip(KEY, key, strict=True)) | {"value": answer, "reason": self.book.whole}
            )

    def _read_marks(self, sheet: Sheet) -> Iterator[Row]:
        """Name colours and the like, which mean what nobody can say."""
        marked: dict[str, list[str]] = {}
        for (row, column), mark in sorted(sheet.marks.items()):
            marked.setdefault(mark, []).append(sheet.place_of(row, column).rpartition("!")[2])
        for mark, cells in marked.items():
            named = ", ".join(cells[:5]) + (", ..." if len(cells) > 5 else "")
            value = f"{_count(len(cells), 'cell')} {mark}: {named}"
            yield self.ask("Stray", value, "words: marks are not read", sheet.title)

    def list_notes(self, notes: list[Remark]) -> Iterator[Row]:
        """List the edits of notes, threads and other texts; name shapes, once for each sheet."""
        titles = {sheet.part: sheet.title for sheet in self.sheets}
        drawn: dict[str, list[str]] = {}
        for note in notes:
            text, title = format_value(note.text), titles.get(note.part, "Document")
            is_new = code_of_text(COPY.sub("", text)) not in self.book.texts
            is_new &= code_of_text(text) not in self.book.texts
            if note.kind == LINK:  # to another sheet, as programs write its place
                is_new &= code_of_text(TO_SHEET.sub("", text)) not in self.book.texts
            if note.kind in (NOTE, THREAD):
                key = NO_KEY
                if place := CELL_PLACE.fullmatch(note.cell):
                    number, at = int(place[2]), column_index_from_string(place[1]) - 1
                    key = self.rows.get((title, number)) or self._find_other(title, number, at)
                yield self.remark(
                    text, f"{title}!{note.cell}, {note.kind}", key, note.author, note.dated
                )
            elif note.kind == HEADER:
                for part in split_header(text):
                    words = re.sub(r"\W", "", part).lower()
                    if code_of_text(part) not in self.book.texts and words not in OF_PROGRAMS | {""}:
                        yield self.remark(part, f"{title}, {note.kind}")
            elif not is_new or (note.kind == PROPERTY and (note.cell == "author" or text == FINAL)):
                continue
            elif note.kind in (SHEET_NAME, PROPERTY):
                yield self.remark(text, f"{title}, {note.kind}")
            else:
                drawn.setdefault(title, []).append(f"{note.kind} {note.cell}: {text}".strip())
        for title, shapes in drawn.items():
            text = f"{len(shapes):,} not read: {' | '.join(shapes)}"
            yield self.ask("Stray", text, "words in a cell", title)


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _find_table(sheet: Sheet) -> Table | None:
    """Find the header row of a sheet that is reviewed; a renamed header is known by its neighbours."""
    for number, cells in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
        if len(set(ORDER) & set(cells)) < FEWEST_HEADERS or (
            "Decision" not in cells and len(cells) < 20
        ):
            continue
        places = {header: cells.index(header) for header in ORDER if header in cells}
        for place, header in enumerate(ORDER):
            if header in places:
                continue
            before = places.get(ORDER[place - 1], -2) if place else -1
            after = places.get(ORDER[place + 1]) if place + 1 < len(ORDER) else None
            at = before + 1
            is_free = 0 <= at < len(cells) and at not in places.values()
            if is_free and (after is None or after == at + 1):
                places[header] = at
        return Table(sheet, number, places)
    return None
