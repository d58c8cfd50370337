"""Read short texts and Excel sheets: lists of names, and tables by their header."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pandas as pd

from srm_data.estate.columns import describe_no_column, find_profile
from srm_data.estate.counting import count_table
from srm_data.estate.files import LARGEST_LIST, read_text
from srm_data.exceptions import EstateError, SpreadsheetError, UnknownKindError
from srm_data.xlsx.reader import read_sheets
from srm_data.xlsx.safety import open_package

LONGEST_ARN = 2_048
LONGEST_NAME = 200
TOKENS = ((20, 0.35), (30, 0.28))
"""Least number of letters of a token, and the share of them at which the kind of letter changes."""

SETTING = re.compile(
    r"[={}$]|: |:$|://|-BEGIN [A-Z]|\b(password|passwd|passphrase|pwd)\b", re.IGNORECASE
)
CLASSES = (str.islower, str.isupper, str.isdigit)
MOST_ROWS = 100_000  # of a sheet
HEADER_WITHIN = 10  # rows from the top of a sheet, which may begin with a title


def read_workbook_rows(path: Path) -> dict[str, list[list[str]]]:
    """Read the sheets that have rows, keyed by title; cells are stripped text.

    Raises
    ------
    EstateError
        If it is no workbook, is damaged, or has more rows than a list of services can need.
    """
    try:
        sheets = read_sheets(open_package(path))
    except SpreadsheetError as error:
        raise EstateError(str(error)) from error

    read = {}
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise EstateError(f"{path}: more than {MOST_ROWS:,} rows; expected a list, or a CSV file")
        rows = [["" if cell is None else str(cell).strip() for cell in row] for row in sheet.rows]
        if rows := [row for row in rows if any(row)]:
            read[sheet.title] = rows
    return read


def count_rows(rows: list[list[str]], place: str, *, details: bool) -> pd.DataFrame:
    """Count the rows of a sheet: as a table if it has a header, else as names in its only column.

    Raises
    ------
    EstateError
        If it has several columns, none of them known.
    """
    for number, header in enumerate(rows[:HEADER_WITHIN]):
        if find_profile(header):
            return _count_body(header, rows[number + 1 :], place, details=details)
    if max((sum(map(bool, row)) for row in rows), default=0) > 1:
        raise EstateError(describe_no_column(place, rows[0]))
    return count_names([next(filter(None, row), "") for row in rows], place)


def _count_body(header: list[str], body: list[list[str]], place: str, *, details: bool) -> pd.DataFrame:
    names = [
        f"column {number}" if not name or name in header[:number] else name
        for number, name in enumerate(header)
    ]
    cells = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in body if any(row)]
    return count_table(pd.DataFrame(cells, columns=names, dtype="str"), place, details=details)


def read_list(path: Path) -> pd.DataFrame:
    """Read a list of names, one per line, with or without a bullet; ``#`` begins a remark.

    Raises
    ------
    EstateError
        If it is other text: settings, or lines longer than any name. No text is quoted.
    """
    names = [_strip(line) for line in read_text(path, LARGEST_LIST).split("\n")]
    return count_names(names, str(path))


def _strip(line: str) -> str:
    name = line.partition("#")[0].strip(" \t\r,;\"'")
    return re.sub(r"^(?:[-*•–]|\d+[.)])\s*(?:\[.?\]\s*)?", "", name).strip()


def count_names(names: list[str], place: str) -> pd.DataFrame:
    """Count names of services, without empty ones.

    Raises
    ------
    UnknownKindError
        If a line is too long for a name, or is a setting, a key or a token: then this is no list of
        services. The line is not quoted.
    """
    for number, name in enumerate(names, start=1):
        if what := _describe_non_name(name):
            raise UnknownKindError(f"{place}, line {number}: {what}; expected the name of a service")
    filled = [name for name in names if name]
    return count_table(pd.DataFrame({"service": filled}, dtype="str"), place, details=False)


def _describe_non_name(name: str) -> str:
    """Describe a line that cannot be the name of a service; return empty text for one that can."""
    is_arn = name.startswith("arn:")
    if len(name) > (LONGEST_ARN if is_arn else LONGEST_NAME):
        return f"{len(name):,} characters"
    if is_arn:
        return ""
    if SETTING.search(name) or name.replace("::", "").count(":") > 1 or len(name.splitlines()) > 1:
        return "a setting"
    return "a token" if any(map(_is_token, name.split())) else ""


def _is_token(word: str) -> bool:
    """Return whether a word looks random: its kind of letter (lower, upper, digit) changes often.

    Examples
    --------
    >>> _is_token("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    True
    >>> _is_token("AmazonS3GlacierDeepArchive")
    False
    """
    letters = [letter for letter in word if letter.isalnum()]
    kinds = [
        next((n for n, is_kind in enumerate(CLASSES) if is_kind(x)), len(CLASSES)) for x in letters
    ]
    changes = sum(one != other for one, other in itertools.pairwise(kinds))
    is_mixed = any(map(str.isdigit, letters)) and "::" not in word
    size = len(letters)
    return is_mixed and any(size >= least and changes > share * size for least, share in TOKENS)
