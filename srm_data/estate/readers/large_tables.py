"""Count CSV and Parquet files of any size where they lie, by DuckDB."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pandas as pd

from srm_data.estate.counting import count_table, pick_columns
from srm_data.estate.files import is_gzip
from srm_data.exceptions import EstateError

LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "preserve_insertion_order": "false",
}
LONGEST_LINE = 1_000_000
FAULTS = {
    "maximum line size": f"a line of more than {LONGEST_LINE:,} bytes",
    "unicode": "text that is not UTF-8",
    "not utf-8": "text that is not UTF-8",
    "unterminated quote": "a quoted cell that does not end",
    "expected number of columns": "a row with more or fewer cells than the header",
    "out of memory": "more distinct values than the memory set aside can hold",
}


def count_csv(path: Path, delimiter: str, skipped: int, *, details: bool) -> pd.DataFrame:
    """Count the rows of a CSV file, gzip or not, whose header stands behind so many lines.

    Raises
    ------
    EstateError
        With the line at fault, which is not quoted: it may hold what should not be shown.
    """
    with path.open("rb") as file:
        packed = is_gzip(file.read(2))
    options = {
        "header": "true",
        "all_varchar": "true",
        "delim": f"'{delimiter}'",
        "quote": "'\"'",
        "escape": "'\"'",
        "strict_mode": "true",  # else a quote that does not end would swallow the rows after it
        "max_line_size": str(LONGEST_LINE),
        "skip": str(skipped),
        "compression": "'gzip'" if packed else "'none'",
    }
    told = ", ".join(f"{name} = {value}" for name, value in options.items())
    return _count_scan(f"read_csv({_quote(path)}, {told})", str(path), details=details)


def count_parquet(paths: list[Path], *, details: bool) -> pd.DataFrame:
    """Count the rows of one table in one Parquet file or several."""
    name = str(paths[0]) if len(paths) == 1 else f"{paths[0].parent}/*.parquet"
    return _count_scan(f"read_parquet([{', '.join(map(_quote, paths))}])", name, details=details)


def join_parquet(paths: list[Path]) -> list[Path | list[Path]]:
    """Put the Parquet files of one folder with the same columns together: they are one table."""
    in_folder = Counter(path.parent for path in paths if path.suffix.lower() == ".parquet")
    tables: dict[tuple[Path, str], list[Path]] = {}
    files: list[Path | list[Path]] = []
    for path in paths:
        if path.suffix.lower() != ".parquet":
            files.append(path)
            continue
        key = path.parent, _describe(path) if in_folder[path.parent] > 1 else ""
        if key not in tables:
            tables[key] = []
            files.append(tables[key])
        tables[key].append(path)
    return files


def _describe(path: Path) -> str:
    """Return the columns of a Parquet file as one text; its name, if it is no whole file."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            columns = connection.sql(f"SELECT * FROM read_parquet({_quote(path)})")
            return str(list(zip(columns.columns, map(str, columns.types), strict=True)))
    except (duckdb.Error, RuntimeError):  # the latter for names that are not UTF-8
        return path.name


def _quote(path: Path) -> str:
    """Quote a path for SQL; it is a file that exists, and its pattern letters mean themselves."""
    text = str(path).replace("'", "''")
    return "'" + "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text) + "'"


def _count_scan(scan: str, place: str, *, details: bool) -> pd.DataFrame:
    import duckdb

    try:
        with duckdb.connect(config=LIMITS | {"temp_directory": tempfile.gettempdir()}) as connection:
            try:
                table = connection.sql(f"SELECT * FROM {scan}")
            except (RuntimeError, UnicodeError) as error:
                raise EstateError(f"{place}: names of columns that are not UTF-8") from error
            if len(table.columns) == 1 and scan.startswith("read_csv"):  # a blank line is no row
                name = '"' + table.columns[0].replace('"', '""') + '"'
                table = connection.sql(f"SELECT * FROM {scan} WHERE trim({name}) != ''")
            cost = pick_columns(table.columns, place).cost
            if details and cost:
                name = '"' + cost.replace('"', '""') + '"'
                # Without nullif DuckDB would move the cast into the scan, where it is not forgiving.
                cast = f"try_cast(nullif({name}::VARCHAR, '') AS DOUBLE) AS {name}"
                table = connection.sql(f"SELECT * REPLACE ({cast}) FROM {scan}")
            return count_table(table, place, details=details)
    except duckdb.Error as error:
        raise EstateError(f"{place}{_say_fault(str(error))}") from None


def _say_fault(message: str) -> str:
    """Say what DuckDB found, without the line that it quotes and the hints that it adds."""
    lines = message.lower().partition("possible")[0].split("\n")
    said = "\n".join(line for line in lines if not line.startswith("original line"))
    number = said.partition("on line: ")[2].split("\n")[0].strip()
    what = next((words for sign, words in FAULTS.items() if sign in said), "not a whole table")
    return (f", line {number}: " if number.isdigit() else ": ") + what
