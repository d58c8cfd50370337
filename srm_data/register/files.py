"""Read and write an organisation's own CSV files, such as decisions, without overwriting any.

Text that begins like a formula is prefixed with an apostrophe, so that a spreadsheet does not run it.
The apostrophe is removed when the file is read.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from srm_data.atomic import open_whole
from srm_data.check.tables import Row, check_own_table
from srm_data.exceptions import Fault, TableError
from srm_data.schema import StrPath

# Excel in an East Asian language runs full-width signs too.
RUNS = re.compile(r"(?='*(?:[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]))")
GUARDED = re.compile(rf"\A'{RUNS.pattern}")  # at the beginning of a text alone
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no workbook can hold them


FindFaults = Callable[[str, list[Row]], Iterable[Fault]]
"""Finds the faults of a kind of file that its schema does not describe, from its name and its rows."""


def read_own_file(
    path: StrPath, schema: dict[str, Any], find_more: FindFaults | None = None
) -> pd.DataFrame:
    """Read an organisation's own CSV file as text; a TableError lists all its faults."""
    path = Path(path)
    if not path.is_file():
        expected = f"expected a CSV file of {schema['title'].lower()}"
        if path.exists():
            raise OSError(f"{path}: not a regular file; {expected}")
        raise FileNotFoundError(f"{path}: no such file; {expected}")

    def find_unguarded(file: str, rows: list[Row]) -> Iterable[Fault]:
        for row in rows:
            for column, text in row.cells.items():
                if CONTROL.search(text):
                    yield Fault(file, row.line, column, text, "text without control characters")
        if find_more is not None:
            plain = [
                Row(row.line, {name: unguard(text) for name, text in row.cells.items()}) for row in rows
            ]
            yield from find_more(file, plain)

    check_own_table(path, schema, find_unguarded)
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    columns = [field["name"] for field in schema["fields"]]  # of which some may be absent
    return rows.reindex(columns=columns, fill_value="").map(unguard).astype("str")


def read_own_files(
    paths: StrPath | Iterable[StrPath],
    schema: dict[str, Any],
    find_more: FindFaults | None = None,
) -> tuple[list[tuple[str, pd.DataFrame]], list[Fault]]:
    """Read one file of a kind or several: the name and the rows of each that is whole, and all faults.

    Files of the same name are named with their folders.
    """
    read: list[tuple[str, pd.DataFrame]] = []
    faults: list[Fault] = []
    files = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    for path, name in zip(files, name_apart(files), strict=True):
        try:
            read.append((name, read_own_file(path, schema, find_more)))
        except TableError as error:
            faults += [fault._replace(file=name) for fault in error.faults]
    return read, faults


def write_own_file(path: StrPath, rows: pd.DataFrame) -> Path:
    """Write a new CSV file, without replacing an existing one."""
    path = Path(path)
    if os.path.lexists(path):  # a link that leads nowhere is a name that is taken, too
        raise FileExistsError(f"{path} already exists and was not changed; give another name")
    with open_whole(path, is_new=True) as stream:
        stream.write(encode_rows(rows))
    return path


def encode_rows(rows: pd.DataFrame) -> bytes:
    """Return the bytes of a CSV file of texts, which runs nothing in a spreadsheet."""
    # Readers take a bare carriage return as the end of a line; older Pythons do not quote it.
    has_returns = rows.astype("str").map(lambda text: "\r" in text).to_numpy().any()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if has_returns else csv.QUOTE_MINIMAL
    text = rows.astype("str").map(guard).to_csv(index=False, lineterminator="\n", quoting=quoting)
    return text.encode()


def guard(text: str) -> str:
    """Prefix text that a spreadsheet would run as a formula with an apostrophe."""
    return f"'{text}" if RUNS.match(text) else text


def unguard(text: str) -> str:
    """Return text without the apostrophe that :func:`guard` put before it."""
    return GUARDED.sub("", text, count=1)


def name_apart(paths: Iterable[StrPath]) -> list[str]:
    """Return the names of files, with as many of their folders as it takes to tell them apart."""
    parts = [Path(path).absolute().parts for path in paths]
    return [_name_one(own, {other for other in parts if other != own}) for own in parts]


def _name_one(own: tuple[str, ...], others: set[tuple[str, ...]]) -> str:
    """Return the last parts of a path that no other path ends with."""
    for count in range(1, len(own)):
        if all(other[-count:] != own[-count:] for other in others):
            return "/".join(own[-count:])
    return str(Path(*own))
