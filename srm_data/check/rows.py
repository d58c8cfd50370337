"""Read the rows of a CSV file as text, and find formatting faults."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Set
from importlib.resources.abc import Traversable
from typing import NamedTuple

from srm_data.exceptions import Fault
from srm_data.search import find_nearest


class Row(NamedTuple):
    """A row of a table: the line on which it starts in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


def read_rows(
    path: Traversable,
    columns: list[str],
    *,
    lines: bool = False,
    may_be_absent: Set[str] = frozenset(),
) -> tuple[list[Row], list[Fault]]:
    """Read rows as text; faulty text is reported and corrected, so that it is reported only once.

    With ``lines``, cells may contain line breaks, as in text that people type.
    """
    file = path.name
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [], [Fault(file, 1, "(file)", "UTF-16", "a text in UTF-8")]
    decoded, recoded = _decode(data)
    reader = csv.reader(decoded, strict=True)

    rows: list[Row] = []
    faults: list[Fault] = []
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not header:
                header = cells
                if len(header) == 1 < len(columns) and (found := _find_separator(header[0])):
                    return [], [Fault(file, line, "(header)", found, "cells separated by commas")]
                needed = [c for c in columns if c in header or c not in may_be_absent]
                faults += _check_header(file, header, needed, columns)
                continue

            if len(cells) != len(header):
                text, expected = ",".join(cells)[:60], f"{len(header)} cells, found {len(cells)}"
                if len(cells) > len(header):
                    expected += " (put a text with a comma in double quotes)"
                faults.append(Fault(file, line, "(row)", text, expected))

            by_column = dict(zip(header, cells, strict=False))
            row = {column: by_column.get(column, "") for column in columns if column in header}
            wrong_lines = recoded & set(range(line, start))
            for column, value in row.items():
                expected = _check_text(value, recoded=bool(wrong_lines), lines=lines)
                if expected:
                    faults.append(Fault(file, line, column, value, expected))
                    row[column] = " ".join(value.split())
            rows.append(Row(line, row))
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, "(row)", str(error), "well-formed CSV"))

    if not header:
        faults.append(Fault(file, 1, "(header)", "", f"the columns {columns}"))
    return rows, faults


def _decode(content: bytes) -> tuple[list[str], set[int]]:
    """Decode line by line; lines that are not UTF-8 are decoded as Windows-1252 and reported."""
    lines, recoded = [], set()
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(True), start=1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(raw.decode("cp1252", errors="replace"))
            recoded.add(number)
    return lines, recoded


def _check_header(
    file: str, header: list[str], needed: list[str], columns: list[str]
) -> Iterator[Fault]:
    for column in needed:
        if column not in header:
            near = find_nearest(column, set(header) - set(columns), count=1)
            value = f"missing ({near[0]!r} is there)" if near else "missing"
            yield Fault(file, 1, column, value, "this column")
    for position, column in enumerate(header):
        if column not in columns:
            yield Fault(file, 1, column or "(blank)", column, f"only the columns {columns}")
        elif column in header[:position]:
            yield Fault(file, 1, column, column, "this column once")


def _check_text(value: str, *, recoded: bool, lines: bool) -> str:
    """Return what was expected of the text of a cell, or nothing if it is well formed."""
    if recoded and not value.isascii():
        return "text in UTF-8 (this line is in another encoding)"
    if not lines and ("\n" in value or "\r" in value):
        return "one line: no newline in a cell"
    if value != value.strip():
        return "no space at the start or the end"
    return ""


def _find_separator(header: str) -> str:
    """Return which other separator a header of one cell has, or an empty string.

    Examples
    --------
    >>> _find_separator("identifier;offering_id")
    'separated by semicolons'
    """
    names = {";": "semicolons", "\t": "tabs", "|": "bars"}
    return next((f"separated by {name}" for sign, name in names.items() if sign in header), "")
