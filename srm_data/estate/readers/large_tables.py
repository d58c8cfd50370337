"""Count the rows of CSV and Parquet files of any size, in DuckDB."""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from srm_data.estate.catalogue import Reading
from srm_data.estate.counting import count_table
from srm_data.estate.files import NOT_UTF_8, UTF_16, WINDOWS, is_gzip
from srm_data.estate.values import join_some
from srm_data.exceptions import EstateError

LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "preserve_insertion_order": "false",
    "enable_external_file_cache": "false",
}
LONGEST_LINE = 1_000_000
MENDABLE = ("a row with more or fewer cells than the header", "not a complete table", NOT_UTF_8)
"""Faults that a repaired copy may not have."""

FAULTS = {
    "maximum line size": f"a line of more than {LONGEST_LINE:,} bytes",
    "unicode": NOT_UTF_8,
    "not utf-8": NOT_UTF_8,
    "unterminated quote": "a quoted cell that does not end",
    "expected number of columns": MENDABLE[0],
    "out of memory": "more distinct values than the memory set aside can hold",
}


class MendableTableError(EstateError):
    """CSV file whose rows differ in length from its header, or that is not in UTF-8."""


def count_csv(path: Path, delimiter: str, skipped: int, reading: Reading) -> pd.DataFrame:
    """Count the rows of a CSV file, optionally gzipped, whose header follows ``skipped`` lines.

    Files with short rows, notes, blank lines or mixed line endings, or in UTF-16, are first repaired in
    a copy.
    """
    with path.open("rb") as file:
        start = file.read(2)
    # In strict mode, for a quote that does not end would swallow the rows after it.
    scan = (
        "read_csv({}, delim = '{}', skip = {}, compression = '{}', header = true, all_varchar = true, "
        "quote = '\"', escape = '\"', comment = '', strict_mode = true, "
        f"max_line_size = {LONGEST_LINE})"
    )
    if start not in UTF_16:
        packed = "gzip" if is_gzip(start) else "none"
        try:
            plain = scan.format(_quote(path), delimiter, skipped, packed)
            return _count_scan(plain, str(path), reading)
        except MendableTableError:
            pass  # is mended below

    with tempfile.TemporaryDirectory() as folder:
        mended = Path(folder, "table.csv")
        if irregular := mend_csv(path, mended, delimiter, skipped):
            reading.remarks.append(f"{path}: {irregular}")
        return _count_scan(scan.format(_quote(mended), ",", 0, "none"), str(path), reading)


def count_parquet(paths: list[Path], reading: Reading) -> pd.DataFrame:
    """Count the rows of one table in one or more Parquet files."""
    name = str(paths[0]) if len(paths) == 1 else f"{paths[0].parent}/*.parquet"
    scan = f"read_parquet([{', '.join(map(_quote, paths))}])"
    return _count_scan(scan, name, reading)


def join_parquet(paths: list[Path]) -> list[list[Path]]:
    """Group Parquet files that are in the same folder and have the same columns, as one table."""
    in_folder = Counter(path.parent for path in paths if path.suffix.lower() == ".parquet")
    files: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        is_part = path.suffix.lower() == ".parquet" and in_folder[path.parent] > 1
        key = (path.parent, _describe_columns(path)) if is_part else (path, "")
        files.setdefault(key, []).append(path)
    return list(files.values())


def _describe_columns(path: Path) -> str:
    import duckdb

    try:
        with duckdb.connect() as connection:
            columns = connection.sql(f"SELECT * FROM read_parquet({_quote(path)})")
            return str(list(zip(columns.columns, map(str, columns.types), strict=True)))
    except (duckdb.Error, RuntimeError, UnicodeError):  # the latter two for names that are not UTF-8
        return path.name


def _quote(path: Path) -> str:
    """Quote the path of an existing file for SQL, escaping ``*``, ``?`` and ``[``."""
    text = str(path).replace("'", "''")
    return "'" + "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text) + "'"


@lru_cache(maxsize=1)
def _keep_engine(folder: str) -> Any:
    """Start DuckDB, and keep it for the next file: starting takes half as long as a count.

    It holds no rows between two files. Before a fork it is closed, as a child would lack its threads.
    """
    import duckdb

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_keep_engine.cache_clear)
    return duckdb.connect(config=LIMITS | {"temp_directory": folder})


def _count_scan(scan: str, place: str, reading: Reading) -> pd.DataFrame:
    import duckdb

    try:
        with _keep_engine(tempfile.gettempdir()).cursor() as connection:
            try:
                table = connection.sql(f"SELECT * FROM {scan}")
                columns = table.columns
            except (RuntimeError, UnicodeError) as error:
                raise EstateError(f"{place}: column names that are not UTF-8") from error
            if len(columns) == 1 and scan.startswith("read_csv"):  # a blank line is no row
                name = '"' + columns[0].replace('"', '""') + '"'
                table = connection.sql(f"SELECT * FROM {scan} WHERE trim({name}) != ''")
            return count_table(table, place, reading)
    except duckdb.Error as error:
        # Describe it without the line that it quotes and the hints that it adds.
        lines = str(error).lower().partition("possible")[0].split("\n")
        message = "\n".join(line for line in lines if not line.startswith("original line"))
        number = message.partition("on line: ")[2].split("\n")[0].strip()
        fault = next((words for sign, words in FAULTS.items() if sign in message), MENDABLE[1])
        where = f"{place}, line {number}" if number.isdigit() else place
        kind = MendableTableError if fault in MENDABLE else EstateError
        raise kind(f"{where}: {fault}") from None


LONGEST_CELL = 1_000_000
SHORT = "with fewer cells than the header, read as far as they go"
LONG = "with more cells than the header, read without the last ones"
NOTES = "with a single cell, not read as rows"
UNEVEN_LINES = "with more or fewer cells than the header; expected rows of equal length"
MOST_UNEVEN = 100_000  # lines of a file that is repaired
LARGEST_UNPACKED, MOST_TIMES = 20 * 1024**2, 50  # as large as its file, which no packed table is
PIECE = 1024**2
NAMING = ("arn:", "AWS::")  # beginnings of a cell that names a resource, and is no note


def mend_csv(path: Path, mended: Path, delimiter: str, skipped: int) -> str:
    """Write a copy in UTF-8, separated by commas, in which every row is as long as the header.

    Short rows are padded with empty cells, and cells beyond the header are dropped. Blank lines are
    skipped, and so are lines with a single cell in a wider table, which are notes unless they name a
    resource. Return a description of these lines.
    """
    irregular: dict[str, list[int]] = {words: [] for words in (SHORT, LONG, NOTES)}
    number, largest = 0, max(LARGEST_UNPACKED, MOST_TIMES * path.stat().st_size)
    with _open_text(path) as text, mended.open("w", encoding="utf-8", newline="") as file:
        lines, writer = _join_ends(text), csv.writer(file, lineterminator="\n")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for _ in range(skipped):
                next(lines, "")
            header = next(reader)
            writer.writerow(header)
            wide = len(header)

            for row in reader:
                number = skipped + reader.line_num
                if sum(map(len, row)) > LONGEST_CELL:
                    raise EstateError(f"{path}, line {number}: more than {LONGEST_CELL:,} characters")
                if number % MOST_UNEVEN == 0 and file.tell() > largest:
                    raise EstateError(f"{path}: unpacks to far more than a table; expected less")
                if not (filled := sum(bool(cell.strip()) for cell in row)):
                    continue
                is_note = wide > 2 and filled == 1 and len(row) != wide
                is_note = is_note and not row[0].startswith(NAMING)
                is_long = any(cell.strip() for cell in row[wide:])
                if is_note or is_long or len(row) < wide:
                    irregular[NOTES if is_note else LONG if is_long else SHORT].append(number)
                if sum(map(len, irregular.values())) > MOST_UNEVEN:
                    raise EstateError(f"{path}: more than {MOST_UNEVEN:,} lines {UNEVEN_LINES}")
                if not is_note:
                    writer.writerow([*row[:wide], *[""] * (wide - len(row))])
        except csv.Error as error:
            where = f"{path}, line {skipped + reader.line_num}"
            raise EstateError(f"{where}: {error}; expected text cells") from None
        except UnicodeDecodeError:
            raise EstateError(f"{path}, after line {number}: {NOT_UTF_8}") from None
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise EstateError(f"{path}: not a complete gzip file; expected one that unpacks") from None

    # Name the lines that were repaired, and the number of further ones.
    return "; ".join(
        f"line{'s' * (len(numbers) > 1)} {join_some(numbers)} {words}"
        for words, numbers in irregular.items()
        if numbers
    )


def _open_text(path: Path) -> TextIO:
    """Open UTF-16 by its mark, UTF-8, or the encoding of Windows that Excel still writes."""
    with path.open("rb") as file:
        opened = gzip.open if is_gzip(file.read(2)) else open
    with opened(path, "rb") as binary:
        encoding = "utf-16" if binary.read(2) in UTF_16 else "utf-8-sig"
    with opened(path, "rt", encoding=encoding, newline="") as text:
        try:
            for _ in range(LARGEST_UNPACKED // PIECE):
                text.read(PIECE)
        except UnicodeDecodeError:
            encoding = WINDOWS
        except (EOFError, zlib.error, gzip.BadGzipFile):
            pass  # is reported with its rows
    return opened(path, "rt", encoding=encoding, newline="")


def _join_ends(text: TextIO) -> Iterator[str]:
    """Yield the lines with uniform line endings, because scripts on Windows may write CR CR LF."""
    before = ""
    for line in text:
        is_second_half = line == "\r\n" and before.endswith("\r")
        before = line
        if not is_second_half:
            yield line.rstrip("\r\n") + "\n"
