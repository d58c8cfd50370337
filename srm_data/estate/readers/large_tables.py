"""Count the rows of CSV and Parquet files of any size, in DuckDB."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pandas as pd

from srm_data.estate.columns import pick_columns
from srm_data.estate.counting import count_table
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
    """Count the rows of a CSV file, gzip or not, whose header comes after ``skipped`` lines.

    Raises
    ------
    EstateError
        With the number of the line at fault. The line may hold secrets and is not quoted.
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
    settings = ", ".join(f"{name} = {value}" for name, value in options.items())
    return _count_scan(f"read_csv({_quote(path)}, {settings})", str(path), details=details)


def count_parquet(paths: list[Path], *, details: bool) -> pd.DataFrame:
    """Count the rows of one table in one Parquet file or several."""
    name = str(paths[0]) if len(paths) == 1 else f"{paths[0].parent}/*.parquet"
    return _count_scan(f"read_parquet([{', '.join(map(_quote, paths))}])", name, details=details)


def join_parquet(paths: list[Path]) -> list[Path | list[Path]]:
    """Group the Parquet files of one folder that have the same columns: they are one table."""
    in_folder = Counter(path.parent for path in paths if path.suffix.lower() == ".parquet")
    tables: dict[tuple[Path, str], list[Path]] = {}
    files: list[Path | list[Path]] = []
    for path in paths:
        if path.suffix.lower() != ".parquet":
            files.append(path)
            continue
        key = path.parent, _describe_columns(path) if in_folder[path.parent] > 1 else ""
        if key not in tables:
            tables[key] = []
            files.append(tables[key])
        tables[key].append(path)
    return files


def _describe_columns(path: Path) -> str:
    """Describe the columns of a Parquet file; return its name if it cannot be read."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            columns = connection.sql(f"SELECT * FROM read_parquet({_quote(path)})")
            return str(list(zip(columns.columns, map(str, columns.types), strict=True)))
    except (duckdb.Error, RuntimeError, UnicodeError):  # the latter two for names that are not UTF-8
        return path.name


def _quote(path: Path) -> str:
    """Quote the path of an existing file for SQL, with its ``*``, ``?`` and ``[`` escaped."""
    text = str(path).replace("'", "''")
    return "'" + "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text) + "'"


def _count_scan(scan: str, place: str, *, details: bool) -> pd.DataFrame:
    import duckdb

    try:
        with duckdb.connect(config=LIMITS | {"temp_directory": tempfile.gettempdir()}) as connection:
            try:
                table = connection.sql(f"SELECT * FROM {scan}")
                columns = table.columns
            except (RuntimeError, UnicodeError) as error:
                raise EstateError(f"{place}: names of columns that are not UTF-8") from error
            if len(columns) == 1 and scan.startswith("read_csv"):  # a blank line is no row
                name = '"' + columns[0].replace('"', '""') + '"'
                table = connection.sql(f"SELECT * FROM {scan} WHERE trim({name}) != ''")
            cost = pick_columns(columns, place).cost
            if details and cost:
                name = '"' + cost.replace('"', '""') + '"'
                # Without nullif DuckDB would move the cast into the scan, where it is not forgiving.
                cast = f"try_cast(nullif({name}::VARCHAR, '') AS DOUBLE) AS {name}"
                table = connection.sql(f"SELECT * REPLACE ({cast}) FROM {scan}")
            return count_table(table, place, details=details)
    except duckdb.Error as error:
        raise EstateError(f"{place}{_describe_fault(str(error))}") from None


def _describe_fault(message: str) -> str:
    """Describe an error of DuckDB without the line that it quotes and the hints that it adds."""
    lines = message.lower().partition("possible")[0].split("\n")
    kept = "\n".join(line for line in lines if not line.startswith("original line"))
    number = kept.partition("on line: ")[2].split("\n")[0].strip()
    what = next((words for sign, words in FAULTS.items() if sign in kept), "not a whole table")
    return (f", line {number}: " if number.isdigit() else ": ") + what
