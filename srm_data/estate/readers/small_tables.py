"""Read short texts and Excel sheets: lists of names, and tables with a header."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.estate.catalogue import UNRECOGNISED, Catalogue
from srm_data.estate.columns import describe_no_column
from srm_data.estate.counting import count_table
from srm_data.estate.files import LARGEST_LIST, read_text
from srm_data.estate.hiding import is_secret, is_token
from srm_data.estate.money import read_amount, write_cell
from srm_data.estate.profiles import find_profile
from srm_data.estate.vocabulary import split_names
from srm_data.exceptions import EstateError, SpreadsheetError, UnknownKindError
from srm_data.xlsx.reader import read_sheets

LONGEST_ARN = 2_048
LONGEST_NAME = 200
SETTING = re.compile(
    r"[={}$]|: |:$|://|-BEGIN [A-Z]|\b(password|passwd|passphrase|pwd)\b", re.IGNORECASE
)
NUMBERED = re.compile(r"([^:=]+)[:=]\s*[0-9]{1,6}")
A_NAME = "expected the name of a service"
LEAST_TEXT, MOST_UNKNOWN = 20, 3  # lines of a text, of which one in so many may be no name
LEAST_NAMES = 3  # known names for each line of a list that is left out
MOST_ROWS = 100_000  # of a sheet
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
HEADER_WITHIN = 30  # rows from the top of a sheet, which may begin with a title


class SheetRows(NamedTuple):
    """Sheet of a workbook, with stripped text in its cells."""

    title: str
    rows: list[list[str]]
    is_hidden: bool


def read_workbook_rows(path: Path) -> list[SheetRows]:
    """Read the sheets that have rows, visible ones first."""
    try:
        sheets = read_sheets(path)
    except SpreadsheetError as error:
        raise EstateError(str(error)) from error

    read = []
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise EstateError(f"{path}: more than {MOST_ROWS:,} rows; expected a list, or a CSV file")
        rows = [[write_cell(cell) for cell in row] for row in sheet.rows]
        if any(map(any, rows)):
            _fill_merged(rows, sheet.merged)
            read.append(SheetRows(sheet.title, rows, sheet.is_hidden))
    return sorted(read, key=lambda sheet: sheet.is_hidden)


def _fill_merged(rows: list[list[str]], merged: list[str]) -> None:
    """Repeat the text of cells merged downwards in each of their rows, but no number or amount."""
    from openpyxl.utils import column_index_from_string

    for reference in merged[:MOST_ROWS]:
        first, _, last = reference.partition(":")
        start, end = CELL.fullmatch(first), CELL.fullmatch(last)
        if not start or not end or start[1] != end[1]:
            continue  # of a title, across columns
        column = column_index_from_string(start[1]) - 1
        cells = [row for row in rows[int(start[2]) - 1 : int(end[2])] if len(row) > column]
        text = cells[0][column] if cells else ""
        if any(map(str.isalpha, text)) and read_amount(text) is None:
            for row in rows[int(start[2]) : int(end[2])]:
                if any(row):
                    row += [""] * (column + 1 - len(row))
                    row[column] = text


def count_workbook(path: Path, catalogue: Catalogue, *, details: bool) -> pd.DataFrame:
    """Count all tables in all visible sheets or, if there are no tables, the lists of names.

    In a sheet that is named after a service and has an unknown header, each row counts as one resource.
    Hidden sheets are read if no other has anything.
    """
    sheets = read_workbook_rows(path)
    headers = [_find_headers(sheet.rows, catalogue) for sheet in sheets]

    tallies: list[pd.DataFrame] = []
    remarks, faults = [], []
    for sheet, of_sheet in zip(sheets, headers, strict=True):
        place = f"{path}, sheet {sheet.title}"
        if sheet.is_hidden and tallies:
            remarks.append(f"not read: {place}: hidden; show it, and it is read")
            continue
        try:
            if of_sheet or not any(headers):
                tally = count_rows(sheet.rows, place, catalogue, details=details)
            elif catalogue.is_name(sheet.title) and len(sheet.rows) > 1:
                tally = _count_named_sheet(sheet.rows, sheet.title, place, catalogue, details=details)
            else:
                raise EstateError(
                    describe_no_column(place, next(filter(any, sheet.rows)), catalogue.profiles)
                )
        except EstateError as error:
            faults.append(error)
            remarks.append(f"not read: {error}")
        else:
            tallies.append(tally)
            remarks += [f"{place}: a hidden sheet, read as no other is"] if sheet.is_hidden else []
            remarks += tally.attrs.get("remarks", [])

    if not tallies:
        raise faults[0] if faults else EstateError(f"{path}: no sheet; expected rows of cells")
    joined = pd.concat(tallies, ignore_index=True)
    joined.attrs["remarks"] = remarks
    return joined


def _count_named_sheet(
    rows: list[list[str]], title: str, place: str, catalogue: Catalogue, *, details: bool
) -> pd.DataFrame:
    _, *body = [row for row in rows if any(row)]
    named = pd.DataFrame({"service": title, "name": [next(filter(None, row)) for row in body]})
    return count_table(named.astype("str"), place, catalogue.profiles, details=details)


def _find_headers(rows: list[list[str]], catalogue: Catalogue) -> list[int]:
    """Return the positions of header rows, which have two or more cells or are at the top.

    A row that repeats a word of the header above is not a header, unless it follows blank rows.
    """
    found: list[int] = []
    for number, row in enumerate(rows):
        filled = sum(map(bool, row))
        is_apart = not found or not any(rows[number - 1])
        is_first = not found and number < HEADER_WITHIN
        may_be = filled and (is_first or (is_apart and filled > 1))
        if may_be and find_profile(row, catalogue.profiles, by_ids=False):
            found.append(number)
    if found:
        return found
    top = (number for number, row in enumerate(rows[:HEADER_WITHIN]) if sum(map(bool, row)) > 1)
    return [number for number in top if find_profile(rows[number], catalogue.profiles)][:1]


def count_rows(
    rows: list[list[str]], place: str, catalogue: Catalogue, *, details: bool
) -> pd.DataFrame:
    """Count the rows of a sheet, as tables if it has headers, or else as names in its only column."""
    headers = _find_headers(rows, catalogue)
    above = [number for number, row in enumerate(rows[: headers[0] if headers else 0]) if any(row)]
    tallies = []
    for start, end in itertools.pairwise([*headers, len(rows)]):
        body = [row for row in rows[start + 1 : end] if any(row)]
        tallies.append(_count_body(rows[start], body, place, catalogue, details=details))
    if tallies:
        joined = pd.concat(tallies, ignore_index=True)
        remarks = [remark for tally in tallies for remark in tally.attrs.get("remarks", [])]
        joined.attrs["remarks"] = [*([f"{place}: {_describe_above(above)}"] if above else []), *remarks]
        return joined

    return count_rows_without_header(rows, place, catalogue)


def count_rows_without_header(rows: list[list[str]], place: str, catalogue: Catalogue) -> pd.DataFrame:
    """Count rows as names of services, of which one column may have them, beside others."""
    filled = [row for row in rows if any(row)]
    if max((sum(map(bool, row)) for row in filled), default=0) < 2:
        return count_names([next(filter(None, row), "") for row in filled], place, catalogue)
    names = [cell for row in filled for cell in row if cell]
    if all(map(catalogue.is_name, names)):
        return count_names(names, place, catalogue)
    for column, cell in enumerate(filled[0]):
        cells = [row[column] if column < len(row) else "" for row in filled]
        if catalogue.is_name(cell) and MOST_UNKNOWN * sum(map(catalogue.is_name, cells)) > 2 * len(
            cells
        ):
            tally = count_names(cells, place, catalogue)
            remark = f"{place}: no header; only column {column + 1} read, which has names of services"
            tally.attrs["remarks"] = [remark, *tally.attrs.get("remarks", [])]
            return tally
    raise EstateError(describe_no_column(place, filled[0], catalogue.profiles))


def _describe_above(numbers: list[int]) -> str:
    shown = ", ".join(str(number + 1) for number in numbers[:10])
    return f"row{'s' * (len(numbers) > 1)} {shown} above the header not read"


def _count_body(
    header: list[str], body: list[list[str]], place: str, catalogue: Catalogue, *, details: bool
) -> pd.DataFrame:
    names = [
        f"{name or 'column'}_{number}" if not name or name in header[:number] else name
        for number, name in enumerate(header)
    ]
    cells = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in body if any(row)]
    table = pd.DataFrame(cells, columns=names, dtype="str")
    return count_table(table, place, catalogue.profiles, details=details)


def read_list(path: Path, catalogue: Catalogue) -> pd.DataFrame:
    """Read a list of names, one per line, with or without bullets; ``#`` starts a comment.

    A line may name several services, separated by commas or semicolons.
    """
    lines = [_strip(line) for line in read_text(path, LARGEST_LIST).split("\n")]
    split = [split_names(line, catalogue) for line in lines]
    numbers = [number for number, names in enumerate(split, start=1) for _ in names]
    return count_names(list(itertools.chain(*split)), str(path), catalogue, numbers=numbers)


def find_names_above(lines: list[str], catalogue: Catalogue) -> list[str]:
    """Find the names of services in lines above a table: those of a list, and no title.

    A single name without a bullet is the title of the table.
    """
    has_bullet = any(re.match(r"\s*(?:[-*•–]|\d+[.)])\s", line) for line in lines)
    split = [name for line in map(_strip, lines) for name in split_names(line, catalogue)]
    names = [name for name in split if any(map(str.isalnum, name)) and catalogue.is_name(name)]
    return names if has_bullet or len(names) > 1 else []


def _strip(line: str) -> str:
    name = line.partition("#")[0].strip(" \t\r,;\"'")
    return re.sub(r"^(?:[-*•–]|\d+[.)])\s*(?:\[.?\]\s*)?", "", name).strip()


def count_names(
    names: list[str], place: str, catalogue: Catalogue, *, numbers: list[int] | None = None
) -> pd.DataFrame:
    """Count the non-empty names of services.

    A few lines that cannot be names are left out of a list of known names, and named in
    ``attrs["remarks"]``; ``numbers`` has the numbers of lines, if a line may have several names.
    """
    numbers = numbers or list(range(1, len(names) + 1))
    odd = {
        number: what
        for number, name in zip(numbers, names, strict=True)
        if (what := _describe_non_name(name, catalogue))
    }
    kept = [name for number, name in zip(numbers, names, strict=True) if name and number not in odd]
    statuses = (catalogue.match(name).status for name in kept)
    known = sum(status != UNRECOGNISED for status in statuses)
    if odd and (2 * known < len(kept) or len(odd) * LEAST_NAMES > known):
        number, what = next(iter(odd.items()))
        raise UnknownKindError(f"{place}, line {number}: {what}; {A_NAME}")

    unknown = len(kept) - known
    if len(kept) >= LEAST_TEXT and MOST_UNKNOWN * unknown > len(kept):
        what = f"{unknown:,} of {len(kept):,} lines name no service"
        raise UnknownKindError(f"{place}: {what}; expected a list of their names")

    filled = pd.DataFrame({"service": kept}, dtype="str")
    tally = count_table(filled, place, catalogue.profiles, details=False)
    if odd:
        left_out = [
            f"not read: {place}, line {number}: {what}; {A_NAME}" for number, what in odd.items()
        ]
        tally.attrs["remarks"] = [*tally.attrs.get("remarks", []), *left_out]
    return tally


def _describe_non_name(name: str, catalogue: Catalogue) -> str:
    is_arn = name[:4].lower() == "arn:"
    if len(name) > (LONGEST_ARN if is_arn else LONGEST_NAME):
        return f"{len(name):,} characters"
    if is_arn:
        return ""
    if (found := NUMBERED.fullmatch(name)) and catalogue.is_name(found[1].strip()):
        return "a name with a number, for which a table has the columns Service,Count"
    if SETTING.search(name) or name.replace("::", "").count(":") > 1 or len(name.splitlines()) > 1:
        return "a setting, by a sign such as = or a colon, or by a word such as password"
    return "a token" if is_secret(name) or any(map(is_token, name.split())) else ""
