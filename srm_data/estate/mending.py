"""Repair a CSV file whose rows differ in length from its header, and report those lines."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from srm_data.estate.files import NOT_UTF_8, UTF_16, is_gzip
from srm_data.exceptions import EstateError

LONGEST_CELL = 1_000_000
MOST_SHOWN = 10  # line numbers
NAMING = ("arn:", "AWS::")  # beginnings of a cell that names a resource, and is no note


def mend_csv(path: Path, mended: Path, delimiter: str, skipped: int) -> str:
    """Write a copy in UTF-8, separated by commas, in which every row is as long as the header.

    Short rows are padded with empty cells, and cells beyond the header are dropped. Blank lines are
    skipped, and so are lines with a single cell in a wider table, which are notes unless they name a
    resource.

    Raises
    ------
    EstateError
        If a line is not text or has unbalanced quotes. The message gives its number and does not quote
        it.
    """
    irregular: dict[str, list[int]] = {"short": [], "long": [], "notes": []}
    with _open_text(path) as text, mended.open("w", encoding="utf-8", newline="") as file:
        rows = _read_rows(path, _join_ends(text), delimiter, skipped)
        writer = csv.writer(file, lineterminator="\n")
        _, header = next(rows)
        writer.writerow(header)
        wide = len(header)

        for number, row in rows:
            if not any(cell.strip() for cell in row):
                continue
            filled = sum(bool(cell.strip()) for cell in row)
            if wide > 2 and filled == 1 and len(row) != wide and not row[0].startswith(NAMING):
                irregular["notes"].append(number)
                continue
            if len(row) < wide:
                irregular["short"].append(number)
            elif any(cell.strip() for cell in row[wide:]):
                irregular["long"].append(number)
            writer.writerow([*row[:wide], *[""] * (wide - len(row))])
    return _describe(irregular)


def _describe(irregular: dict[str, list[int]]) -> str:
    words = {
        "short": "with fewer cells than the header, read as far as they go",
        "long": "with more cells than the header, read without the last ones",
        "notes": "with a single cell, not read as rows",
    }
    parts = []
    for kind, numbers in irregular.items():
        shown = ", ".join(map(str, numbers[:MOST_SHOWN]))
        more = f" and {len(numbers) - MOST_SHOWN:,} more" if len(numbers) > MOST_SHOWN else ""
        if numbers:
            parts.append(f"line{'s' * (len(numbers) > 1)} {shown}{more} {words[kind]}")
    return "; ".join(parts)


def _open_text(path: Path) -> TextIO:
    with path.open("rb") as file:
        packed = is_gzip(file.read(2))
    opened = gzip.open if packed else open
    with opened(path, "rb") as binary:
        encoding = "utf-16" if binary.read(2) in UTF_16 else "utf-8-sig"
    return opened(path, "rt", encoding=encoding, newline="")


def _join_ends(text: TextIO) -> Iterator[str]:
    """Yield the lines with uniform line endings, because scripts on Windows may write CR CR LF."""
    before = ""
    for line in text:
        is_second_half = line == "\r\n" and before.endswith("\r")
        before = line
        if not is_second_half:
            yield line.rstrip("\r\n") + "\n"


def _read_rows(
    path: Path, lines: Iterable[str], delimiter: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    lines = iter(lines)
    number = 0
    for _ in range(skipped):
        next(lines, "")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            number = skipped + reader.line_num
            if sum(map(len, row)) > LONGEST_CELL:
                raise EstateError(f"{path}, line {number}: more than {LONGEST_CELL:,} characters")
            yield number, row
    except csv.Error as error:
        raise EstateError(
            f"{path}, line {skipped + reader.line_num}: {error}; expected text cells"
        ) from None
    except UnicodeDecodeError:
        raise EstateError(f"{path}, after line {number}: {NOT_UTF_8}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise EstateError(f"{path}: not a complete gzip file; expected one that unpacks") from None
