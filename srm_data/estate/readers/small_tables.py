"""Read short texts and sheets: lists of names, tables in Excel, Cost Explorer's wide export."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path

import pandas as pd

from srm_data.estate.counting import count_table, describe_no_column, find_profile, fold_name
from srm_data.estate.files import LARGEST_LIST, read_text
from srm_data.estate.resources import make_tally
from srm_data.exceptions import EstateError, UnknownKindError

LONGEST_ARN = 2_048
LONGEST_NAME = 200
TOKENS = ((20, 0.35), (30, 0.28))
"""Letters of a word from which on it is a token, if so large a part of them begins another kind."""

SETTING = re.compile(
    r"[={}$]|: |:$|://|-BEGIN [A-Z]|\b(password|passwd|passphrase|pwd)\b", re.IGNORECASE
)
CLASSES = (str.islower, str.isupper, str.isdigit)
HEADER_WITHIN = 10  # rows from the top of a sheet, which may begin with a title


def is_wide(header: list[str]) -> bool:
    """Tell the console's export of Cost Explorer: a column a service, costs in a currency."""
    return (
        len(header) > 1
        and fold_name(header[0]) == "service"
        and all(name.endswith(")") and "(" in name for name in header[1:])
    )


def read_wide(path: Path, delimiter: str, skipped: int) -> pd.DataFrame:
    """Read Cost Explorer's wide export: every column is a service, its total in the first row."""
    lines = read_cells(path, delimiter)[skipped:]
    totals = next((line for line in lines[1:] if line and line[0].endswith("total")), None)
    rows = []
    for number, name in enumerate(lines[0][1:], start=1):
        cells = [totals] if totals else lines[1:]
        cost = sum(_read_number(line[number]) for line in cells if number < len(line))
        service = name.rpartition("(")[0].strip()
        rows.append((service, "", "", "", "", "", "", f"{path}, column {number + 1}", 1, cost))
    return make_tally(rows)


def read_cells(path: Path, delimiter: str) -> list[list[str]]:
    """Read a short delimited text as rows of cells; blank lines are empty rows."""
    text = io.StringIO(read_text(path, LARGEST_LIST), newline="")
    reader = csv.reader(text, delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        raise EstateError(f"{path}, line {reader.line_num}: {error}; expected cells of text") from error


def _read_number(text: str) -> float:
    try:
        return float(text.replace(",", "") or 0)
    except ValueError:
        return 0.0


def count_rows(rows: list[list[str]], place: str, *, details: bool) -> pd.DataFrame:
    """Count the rows of a sheet: a table by its header, else names in its only column.

    Raises
    ------
    EstateError
        If it has several columns and none is known.
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
    """Read a list of names, one a line; ``#`` begins a remark, and a bullet or a dash a name.

    Raises
    ------
    EstateError
        If it is some other text: settings, or lines longer than any name. Nothing of it is quoted.
    """
    names = [_strip(line) for line in read_text(path, LARGEST_LIST).split("\n")]
    return count_names(names, str(path))


def _strip(line: str) -> str:
    name = line.partition("#")[0].strip(" \t\r,;\"'")
    return re.sub(r"^(?:[-*•–]|\d+[.)])\s*(?:\[.?\]\s*)?", "", name).strip()


def count_names(names: list[str], place: str) -> pd.DataFrame:
    """Count names of services; empty ones are none.

    Raises
    ------
    UnknownKindError
        If a line cannot be a name, as it is too long, a setting, a key or a token: then this is no
        list of services. The line is not quoted.
    """
    for number, name in enumerate(names, start=1):
        if what := _describe_stranger(name):
            raise UnknownKindError(f"{place}, line {number}: {what}; expected the name of a service")
    filled = [name for name in names if name]
    return count_table(pd.DataFrame({"service": filled}, dtype="str"), place, details=False)


def _describe_stranger(name: str) -> str:
    """Describe a line that is no name of a service, or return nothing."""
    is_arn = name.startswith("arn:")
    if len(name) > (LONGEST_ARN if is_arn else LONGEST_NAME):
        return f"{len(name):,} characters"
    if is_arn:
        return ""
    if SETTING.search(name) or name.replace("::", "").count(":") > 1 or len(name.splitlines()) > 1:
        return "a setting"
    return "a token" if any(map(_is_token, name.split())) else ""


def _is_token(word: str) -> bool:
    """Return whether a word is random letters and digits: their kind changes all the time.

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
