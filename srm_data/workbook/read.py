"""Read a returned book of a register: what differs from what it was sent with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
from openpyxl.utils import column_index_from_string

from srm_data.controls.layouts import CONTROL_ID
from srm_data.describe import count_things
from srm_data.exceptions import ReviewError, SpreadsheetError
from srm_data.load import read_table
from srm_data.register.entries import KEY, SEPARATOR, Row, normalise_entry
from srm_data.register.merge import EDIT, SENT, Review, build_review
from srm_data.schema import StrPath
from srm_data.workbook.reviewed import (
    APPROVED_BY,
    CELLS,
    CLEARED,
    COLUMNS,
    COVER_FIELDS,
    ENTRIES,
    EVIDENCE_COLUMNS,
    FIELDS,
    REVISION,
    REVISIONS,
    SHOWN,
    SIGN_OFF_HEADER,
    SYSTEM,
    code_of_row,
    code_of_text,
    code_shown,
    format_sheet,
    name_cell,
    name_key,
    split_formula,
    split_header,
    text_of,
)
from srm_data.workbook.sheets.review_here import list_entries
from srm_data.workbook.sheets.sent import Key, SentBook, is_sent, require_sent, shape_of
from srm_data.workbook.styles import PALETTE
from srm_data.xlsx.reader import read_workbook
from srm_data.xlsx.sheets import (
    HEADER,
    NOTE,
    PROPERTY,
    SHEET_NAME,
    THREAD,
    Remark,
    Sheet,
)

ORDER = [column.header for column in COLUMNS]
FEWEST_HEADERS = 12  # of the sheet that is reviewed; no other sheet has as many
HEADER_WITHIN = 60  # rows that people may put above the header
MOST_ALTERED = 40  # rows of a sheet that are named one by one
MOST_ROWS = 200_000  # of a sheet; the catalogue has a tenth
CELL_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?=:|$)")
ADDED = re.compile(
    r"^#|[$']|[.!]\$?A\$?1$|( \(\d+\)|_\d+| - (Table|Tabelle|Tableau) \d+|\d+| Copy\d*)$"
)
"""What programs add to the name of a sheet, and to a link to it."""
OF_PROGRAMS = {"", "page", "seite", "sheet1"}  # texts that LibreOffice puts into headers
HEADINGS = {CONTROL_ID, *SYSTEM, *REVISION, *CELLS}
"""Headings of the tables of a CIS and CRM."""
KEPT = ("status", "exception", "evidence")
"""Fields that a name alone may complete or sign again."""
FINAL = "Final"  # the status that Mark as Final gives a book
EVERYTHING: Key = ("*", "*", "")


def read_review(path: StrPath) -> Review:
    """Read a book of ``write_workbook``, or a CIS and CRM of ``write_crm``, that reviewers returned.

    Rows are found by their key, in any order; columns may have been moved, inserted or renamed. What
    differs from what was sent becomes an entry that replaces what it was made against; of a CIS and
    CRM, every cell of its tables is a field of the cover. Anything typed
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
    reading, remarks = _open_book(path, own_colors={*PALETTE, *colors})
    edits = [*reading.list_edits(), *reading.list_notes(remarks)]
    edits += reading.list_asked(edits)
    return build_review(pd.DataFrame(edits, columns=EDIT, dtype=object))


def read_sent(path: StrPath) -> SentBook:
    """Read what a book was sent with."""
    book = _open_book(path, own_colors=())[0].book
    if not book.answers:
        raise ReviewError(f"{path}: a CIS and CRM; expected a book, which has the answers")
    return book


def _open_book(path: StrPath, *, own_colors: Collection[str]) -> tuple[Reading, list[Remark]]:
    try:
        workbook = read_workbook(path, own_colors=own_colors)
    except SpreadsheetError as error:  # it names the file
        raise ReviewError(str(error)) from error
    sheets = [format_sheet(sheet) for sheet in workbook.sheets]
    book = require_sent(path, sheets)
    return Reading(workbook.name, workbook.author, book, sheets), workbook.remarks


class Reading:
    """A returned book, and what it was sent with."""

    def __init__(self, file: str, author: str, book: SentBook, sheets: list[Sheet]) -> None:
        self.file, self.author, self.book, self.sheets = file, author, book, sheets
        self.keys = book.list_keys()
        self.tables = {sheet.title: table for sheet in sheets if (table := _find_headers(sheet))}
        """Of sheets that are reviewed, the number of the header row, and headers by column."""
        self.rows: dict[tuple[str, int], Key] = {}
        """Keys by title of a reviewed sheet and number of a row."""
        self.returned: set[str] = set()
        """Fields of a CIS and CRM that came back."""
        self.ids = [
            {text: name for name, label in named.items() for text in (label, name)}
            for named in (book.offerings, book.duties)
        ]
        """Ids of offerings and of duties, by label and by themselves."""
        self.headed: dict[str, dict[tuple[int, int], str]] = {}
        """Ids that name columns of other sheets, by title, column and whether it is a duty."""

    def list_edits(self) -> Iterator[Row]:
        """List the edits of all sheets."""
        if not self.tables and self.book.answers:
            yield self.ask("Stray", "Review here is gone", "the sheet, with its headers")
        for sheet in self.sheets:
            if is_sent(sheet):
                continue
            if len(sheet.rows) > MOST_ROWS:
                raise ReviewError(
                    f"{self.file}: sheet {sheet.title!r} has more than {MOST_ROWS:,} rows"
                )
            if sheet.title in self.tables:
                yield from self._read_table(sheet, *self.tables[sheet.title])
            else:
                yield from self._read_other(sheet)
            yield from self._read_marks(sheet)
        # rows that are gone: keys of the sheet that is reviewed, or parts of either sheet of a CRM
        keys = set(self.book.answers) - set(self.rows.values()) if self.tables else ()
        parts = {
            part for part in self.book.parts
            if not self.returned.issuperset(name_cell(part, heading) for heading in CELLS)
        }  # fmt: skip
        if gone := sorted(parts.union(name_key(*key) for key in keys)):
            text = f"{count_things(len(gone), 'row')} did not come back: {', '.join(gone[:5])}"
            yield self.ask("Stray", text, "the rows as sent")

    def list_asked(self, edits: list[Row]) -> Iterator[Row]:
        """List what the rows of edits were asked about, which an entry settles."""
        for key in {tuple(edit[name] for name in KEY) for edit in edits}:
            if asked := self.book.sent.get((*key, "remark")):
                yield asked | {"value": "", "file": self.file}

    def ask(self, kind: str, text: str, expected: str, *about: Any) -> Row:
        """Make the edit of a remark that is asked back."""
        return self.remark(text, *about) | {"reason": f"{kind}: expected {expected}"}

    def remark(
        self, text: str, place: str = "", key: Key = EVERYTHING, by: str = "", on: str = ""
    ) -> Row:
        """Make the edit of a remark; nobody named, it is of the author of the book."""
        row = dict.fromkeys(SENT, "") | dict(zip(KEY, key, strict=True))
        return row | {
            "field": "remark", "value": text, "reason": "", "by": by or self.author, "on": on,
            "evidence": "", "file": self.file, "place": place, "data_version": self.book.version,
        }  # fmt: skip

    def is_new(self, text: str) -> bool:
        """Return whether the book was sent without a text."""
        return text != "" and code_of_text(text) not in self.book.texts

    # the sheet that is reviewed

    def _read_table(self, sheet: Sheet, first: int, headers: dict[int, str]) -> Iterator[Row]:
        for number, cells in enumerate(sheet.rows[:first], start=1):
            for at, text in enumerate(cells):
                is_renamed = number == first and headers.get(at, text) != text
                if self.is_new(text) or (is_renamed and text):
                    yield self.remark(text, sheet.place_of(number, at))
        for number, cells in enumerate(sheet.rows[first:], start=first + 1):
            if any(cells):
                yield from self._read_row(sheet, number, cells, headers)
        # of merged cells, only the first has what was entered
        for merged in sheet.merged:
            if place := CELL_PLACE.match(merged):
                at = column_index_from_string(place[1]) - 1
                text = sheet.value_of(int(place[2]), at)
                if text and headers.get(at) in ENTRIES:
                    expected = "entries in each row, none merged"
                    yield self.ask("Unclear", text, expected, f"{sheet.title}!{merged}")
        # a formula gives a value, and may have more words than that
        for (number, at), formula in sheet.formulas.items():
            text = sheet.value_of(number, at)
            if text not in ("", formula) and not all(map(text.__contains__, split_formula(formula)[1])):
                yield self.remark(f"{text} {formula}", sheet.place_of(number, at))

    def _find_key(self, texts: dict[str, str]) -> Key | None:
        """Find the key of a row by its cell, or by its names if that is gone; none if they disagree."""
        key = self.keys.get(texts.get("cell", ""))
        offering, duty = (
            ids.get(texts.get(header, ""))
            for ids, header in zip(self.ids, ("Offering", "Duty"), strict=True)
        )
        if key is None:
            is_named = offering and duty and "cell" not in texts
            return (offering, duty, "") if is_named else None  # type: ignore[return-value]
        disagrees = offering and duty and key in self.book.answers and (offering, duty) != key[:2]
        return None if disagrees else key

    def _read_row(
        self, sheet: Sheet, number: int, cells: tuple[str, ...], headers: dict[int, str]
    ) -> Iterator[Row]:
        texts = {header: cells[at] if at < len(cells) else "" for at, header in headers.items()}
        key = self._find_key(texts)

        # what was typed over or beside what was sent
        checked = texts.get("check", "")
        codes = dict(zip(SHOWN, (checked[at : at + 4] for at in range(0, len(checked), 4)),
                         strict=False))  # fmt: skip
        for at, text in enumerate(cells):
            header = headers.get(at, "")
            if not text or (key and header in ENTRIES):
                continue
            if key and header in codes:
                if code_shown(text) != codes[header]:
                    place = sheet.place_of(number, at)
                    yield self.ask("Stray", text, f"{header} as it was sent", place, key)
            elif header in ENTRIES or self.is_new(text):
                yield self.remark(text, sheet.place_of(number, at), key or EVERYTHING)
        if not key:
            if any(texts.get(header) for header in ENTRIES):
                place = sheet.place_of(number, 0)
                yield self.ask("Stray", "a row of no cell", "its cell, beside its names", place)
            return
        self.rows[sheet.title, number] = key

        # what was entered; a column that is gone says what it was sent with
        before = list_entries(key, self.book.sent)
        names = ("approved_by", "approved_on")
        before |= dict(zip(names, self.book.approved.get(key, ("", "")), strict=True))
        entered = {name: texts.get(header, before[name]) for header, name in ENTRIES.items()}
        if entered["status"] in ("", "open") and before["status"] in ("", "open"):
            entered["status"] = before["status"]
        if entered == before:
            return
        is_elsewhere = entered["where"] != before["where"]
        places = {header: sheet.place_of(number, at) for at, header in headers.items()}
        edits = [
            edit
            for edit in self._edit_row(places, key, entered, before)
            if edit["value"] or edit["field"] == "approval" or not is_elsewhere
        ]
        yield from edits
        if is_elsewhere and all(edit["field"] == "approval" for edit in edits):
            text = entered["where"] or "Where was cleared"  # a Where of nothing, or a cleared one
            signed = [entered[name] * (entered[name] != before[name]) for name in ("by", "on")]
            yield self.ask("Unclear", text, "an entry beside it", places["Where"], key, *signed)

    def _edit_row(
        self, places: dict[str, str], key: Key, entered: dict[str, str], before: dict[str, str]
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
            return self.remark(value, places.get(column, "")) | sent | {
                **dict(zip(KEY, (*key[:2], where), strict=True)),
                "field": field, "reason": reason, "by": entered["by"], "on": entered["on"],
                "sent_by": before["by"], "sent_on": before["on"],
                "asks": sent["asks"] if sent["sent_by"] in ("", before["by"]) else "",
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
        was = self.book.answers.get(key, "")
        reasons = {"status": was, "exception": entered["comment"]}
        for field in FIELDS[1:]:
            if entered[field] != before[field] or (not is_elsewhere and field in KEPT):
                yield edit(field, entered[field], reasons.get(field, ""))

        # an approval is of the row as it was sent, or of the decision that is new in it
        given = (entered["approved_by"], entered["approved_on"])
        sent_given = (before["approved_by"], before["approved_on"])
        if given != sent_given and any(given):
            yield answer | {
                "field": "approval", "value": was, "reason": "", "sent": "", "base": "", "sent_by": "",
                "sent_on": "", "by": given[0], "on": given[1], "evidence": entered["evidence"],
            }  # fmt: skip
        elif given != sent_given:
            text = f"an approval was cleared: {', '.join(filter(None, sent_given))}"
            yield self.ask("Unclear", text, "another decision", places["Approved by"], key)

    # other sheets, and what stands outside of cells

    def _read_other(self, sheet: Sheet) -> Iterator[Row]:
        """Read a sheet that is not reviewed: its tables of fields, and what was typed."""
        is_sign_off, altered = False, list[tuple[int, str]]()
        places: dict[str, int] = {}  # of the columns of the sheet Evidence
        fields = self._find_cells(sheet)
        self.returned.update(fields)
        for field, (number, at) in fields.items():
            text, (code, base) = sheet.value_of(number, at), self.book.cells[field]
            if code_of_text(text) != (code or code_of_text("")):
                edit = self.remark(text or CLEARED, sheet.place_of(number, at))
                yield edit | {"field": field, "sent": code, "base": base}

        in_fields = set(fields.values())
        for number, cells in enumerate(sheet.rows, start=1):
            read = set[int]()
            if cells[:4] == SIGN_OFF_HEADER:
                is_sign_off = True
            elif is_sign_off and cells and cells[0] in (*COVER_FIELDS, APPROVED_BY):
                yield from self._read_field(sheet, number, (*cells, "", "", "")[:4])
                read = set(range(4))
            elif {*EVIDENCE_COLUMNS, "entry_id"} <= {*cells}:
                places = {header: cells.index(header) for header in (*EVIDENCE_COLUMNS, "entry_id")}
            elif places and any(cells):
                yield from self._read_evidence(sheet, number, cells, places)
                read = set(places.values())

            # what was typed, and rows of known texts that are not as they were sent
            constants, new = dict[int, str](), dict[int, str]()
            for at, text in enumerate(cells):
                if not text or at in read or (number, at) in in_fields:
                    continue
                if formula := sheet.formulas.get((number, at)):
                    if self.is_new(shape_of(formula)):
                        new[at] = formula if text == formula else f"{text} {formula}"
                else:
                    constants[at] = text
            if constants and code_of_row(constants.values()) not in self.book.rows:
                typed = {at: text for at, text in constants.items() if self.is_new(text)}
                if not typed and not places and self.book.rows:
                    altered.append((number, " | ".join(constants.values())))
                new |= typed
            for at, text in new.items():
                yield self.remark(text, sheet.place_of(number, at), self._find_about(sheet, number, at))
        for number, text in altered[:MOST_ALTERED]:
            yield self.ask("Stray", text, "the row as it was sent", sheet.place_of(number, 0))
        if len(altered) > MOST_ALTERED:
            more = f"{len(altered) - MOST_ALTERED:,} more rows of {sheet.title} are not as sent"
            yield self.ask("Stray", more, "the sheet as it was sent")

    def _find_cells(self, sheet: Sheet) -> dict[str, tuple[int, int]]:
        """Find the row and column of each field of a CIS and CRM, by control or number, and heading."""
        columns, first, fields = dict[str, int](), 0, dict[str, tuple[int, int]]()
        rows = sheet.rows if self.book.cells else []
        # the last rows of the history may be blank
        for number, cells in enumerate([*rows, *[()] * len(REVISIONS)], start=1):
            headings = {text: at for at, text in enumerate(cells) if text in HEADINGS}
            if CONTROL_ID in headings or len(headings) > 1:
                columns = headings | (columns if CONTROL_ID in columns else {})
                first = number
            at = columns.get(CONTROL_ID, len(cells))
            key = cells[at] if at < len(cells) else str(number - first)
            for heading, at in columns.items():
                field = name_cell(key, heading)
                if number > first and field in self.book.cells:
                    fields.setdefault(field, (number, at))
        return fields

    def _find_about(self, sheet: Sheet, number: int, at: int) -> Key:
        """Find the offering and duty that the row of a cell names, or else its column."""
        if sheet.title not in self.headed:
            headed = self.headed[sheet.title] = {}
            for cells in sheet.rows:
                for part, ids in enumerate(self.ids):
                    named = {column: ids[text] for column, text in enumerate(cells) if text in ids}
                    if len(set(named.values())) > 1:
                        headed |= {(column, part): name for column, name in named.items()}
        row = sheet.rows[number - 1] if number <= len(sheet.rows) else ()
        key = []
        for part, ids in enumerate(self.ids):
            by_row = {ids[text] for text in row if text in ids}
            by_column = self.headed[sheet.title].get((at, part), "*")
            key.append(by_row.pop() if len(by_row) == 1 else by_column)
        return EVERYTHING if key[0] == "*" else (key[0], key[1], "")

    def _read_field(self, sheet: Sheet, number: int, cells: tuple[str, ...]) -> Iterator[Row]:
        """Read a field of the sign-off."""
        label, value, by, on = cells
        place = sheet.place_of(number, 1)
        if label == APPROVED_BY:
            name, was = by or value, self.book.approved.get(EVERYTHING, ("", ""))
            if (name, on) != was and (name or on):
                if value not in ("", name):  # such as "yes" beside the name
                    yield self.remark(value, place)
                yield from self._approve(name, on, place)
            return
        field = COVER_FIELDS[label]
        blank = dict.fromkeys(SENT, "") | dict(zip(KEY, EVERYTHING, strict=True)) | {"field": field}
        sent = self.book.sent.get((*EVERYTHING, field), blank)
        if not value and not sent["sent"]:  # a name or date of nothing
            for at, text in enumerate((by, on), start=2):
                if text:
                    beside = sheet.place_of(number, at)
                    yield self.ask("Unclear", text, f"a value of {label} in column B", beside)
        elif (value, by, on) != (sent["sent"], sent["sent_by"], sent["sent_on"]):
            yield self.remark(value, place, on=on) | sent | {"by": by}

    def _read_evidence(
        self, sheet: Sheet, number: int, cells: tuple[str, ...], places: dict[str, int]
    ) -> Iterator[Row]:
        """Read a row of the sheet Evidence: new, altered, or cleared, which is a withdrawal."""
        texts = {header: sheet.value_of(number, at) for header, at in places.items()}
        now = {name: texts[header] for header, name in EVIDENCE_COLUMNS.items()}
        sent = self.book.evidence.get(texts["entry_id"] or now["value"], {})
        before = {name: sent.get(name, "") for name in now}
        if now == before:
            return
        key = (sent.get("offering_id", "*"), sent.get("duty_id", "*"), sent.get("where", ""))
        place = sheet.place_of(number, places["Evidence"])
        yield self.remark("", place, key) | now | {
            "field": "evidence", "sent": "" if now["value"] else before["value"],
            "sent_by": before["by"], "sent_on": before["on"], "base": sent.get("entry_id", ""),
            "asks": "value" if before == {**now, "valid_until": ""} else "",  # what it lacked
        }  # fmt: skip

    def _approve(self, by: str, on: str, place: str) -> Iterator[Row]:
        """Approve every answer that the book was sent with, and the whole."""
        whole = self.remark(self.book.whole, place, on=on) | {"field": "approval", "by": by}
        yield whole
        # Without a name or a day nothing is approved, which is asked back once, not for every answer.
        for key, answer in self.book.answers.items() if by and on else ():
            of_key = dict(zip(KEY, key, strict=True))
            yield whole | of_key | {"value": answer, "reason": self.book.whole}

    def _read_marks(self, sheet: Sheet) -> Iterator[Row]:
        """Name colours and the like, which mean what nobody can say."""
        marked: dict[str, list[str]] = {}
        for (row, column), mark in sorted(sheet.marks.items()):
            marked.setdefault(mark, []).append(sheet.place_of(row, column).rpartition("!")[2])
        for mark, cells in marked.items():
            named = ", ".join(cells[:5]) + (", ..." if len(cells) > 5 else "")
            value = f"{count_things(len(cells), 'cell')} {mark}: {named}"
            yield self.ask("Stray", value, "words: marks are not read", sheet.title)

    def list_notes(self, notes: list[Remark]) -> Iterator[Row]:
        """List the edits of notes, threads and other texts; name shapes, once for each sheet."""
        sheets = {sheet.part: sheet for sheet in self.sheets}
        drawn: dict[str, list[str]] = {}
        for note in notes:
            sheet = sheets.get(note.part)
            text, title = text_of(note.text), sheet.title if sheet else "Document"
            if note.kind in (NOTE, THREAD):
                key = EVERYTHING
                if sheet and (place := CELL_PLACE.fullmatch(note.cell)):
                    number, at = int(place[2]), column_index_from_string(place[1]) - 1
                    key = self.rows.get((title, number)) or self._find_about(sheet, number, at)
                place_of_note = f"{title}!{note.cell}, {note.kind}"
                yield self.remark(text, place_of_note, key, note.author, note.dated)
            elif note.kind == HEADER:
                for part in split_header(text):
                    words = re.sub(r"\W", "", part).lower()
                    if self.is_new(part) and words not in OF_PROGRAMS:
                        yield self.remark(part, f"{title}, {note.kind}")
            elif not (self.is_new(text) and self.is_new(ADDED.sub("", text))):
                continue
            elif note.kind in (SHEET_NAME, PROPERTY):
                if note.cell != "author" and text != FINAL:
                    yield self.remark(text, f"{title}, {note.kind}")
            else:
                drawn.setdefault(title, []).append(f"{note.kind} {note.cell}".strip() + f": {text}")
        for title, shapes in drawn.items():
            text = f"{len(shapes):,} not read: {' | '.join(shapes)}"
            yield self.ask("Stray", text, "words in a cell", title)


def _find_headers(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """Find the header row of a sheet that is reviewed; a renamed header is known by its neighbours."""
    for number, cells in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
        if len(set(ORDER) & set(cells)) < FEWEST_HEADERS or (
            "Decision" not in cells and len(cells) < 20
        ):
            continue
        places = {header: cells.index(header) for header in ORDER if header in cells}
        for before, header, after in zip(["", *ORDER], ORDER, [*ORDER[1:], ""], strict=False):
            at = places.get(before, -2 if before else -1) + 1
            is_free = header not in places and 0 <= at < len(cells) and at not in places.values()
            if is_free and places.get(after, at + 1) == at + 1:
                places[header] = at
        return number, {at: header for header, at in places.items()}
    return None
