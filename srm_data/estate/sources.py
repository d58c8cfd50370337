"""Tell what kind of inventory a file is, by its content, and hand it to the reader of that kind."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate.aws_config import is_config, read_config
from srm_data.estate.cloudformation import is_template, read_template
from srm_data.estate.listings import (
    is_cost_explorer,
    is_listing,
    read_cost_explorer,
    read_listing,
)
from srm_data.estate.opening import (
    LARGEST_DOCUMENT,
    LARGEST_TEMPLATE,
    EstateError,
    is_gzip,
    parse_json,
    parse_yaml,
    read_head,
    read_text,
)
from srm_data.estate.spreadsheet import read_rows
from srm_data.estate.tables import count_table, find_profile, fold_name, say_no_column
from srm_data.estate.tally import Resource, Rules, make_tally, tally_resources
from srm_data.estate.terraform import is_terraform, read_terraform

DOCUMENTS = {
    "terraform": (is_terraform, read_terraform),
    "cloudformation": (is_template, read_template),
    "aws-config": (is_config, read_config),
    "listing": (is_listing, read_listing),
}
KINDS = (*DOCUMENTS, "cost-explorer", "table", "list")
EXPECTED = (
    "expected Terraform state or show -json, a CloudFormation template, AWS Config, a bill, a listing "
    "of resources, or a list of services"
)
LARGE_TABLE = 50 * 1024**2
LONGEST_LINE = 1_000_000
FAULTS = {
    "maximum line size": f"a line of more than {LONGEST_LINE:,} bytes",
    "unicode": "text that is not UTF-8",
    "utf-8": "text that is not UTF-8",
    "quote": "a quoted cell that does not end",
    "memory": "more distinct values than the memory set aside can hold",
}


def is_path(source: Any) -> bool:
    """Tell a path, or text that is meant as one."""
    return isinstance(source, str | os.PathLike)


def join_parquet(paths: list[Path]) -> list[Path | list[Path]]:
    """Put the Parquet files of one folder together: they are one table and counted in one go."""
    parts: dict[Path, list[Path]] = {}
    files: list[Path | list[Path]] = []
    for path in paths:
        if path.suffix.lower() != ".parquet":
            files.append(path)
            continue
        if path.parent not in parts:
            parts[path.parent] = []
            files.append(parts[path.parent])
        parts[path.parent].append(path)
    return files


def read_file(
    path: Path | list[Path], rules: Rules, *, kind: str | None, where: bool | None
) -> pd.DataFrame:
    """Count the resources of one file, or of one table in several Parquet files.

    Raises
    ------
    EstateError
        If it is of no known kind, or not whole.
    ValueError
        If there is no such ``kind``.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind should be one of {list(KINDS)}. Got {kind!r}")
    paths = path if isinstance(path, list) else [path]
    if where is None:
        where = sum(part.stat().st_size for part in paths) <= LARGE_TABLE
    head = read_head(paths[0])
    if head.startswith(b"PAR1") or isinstance(path, list):
        return _count_parquet(paths, where=where)
    if head.startswith(b"PK\x03\x04"):
        return _count_rows(read_rows(path), path, where=where)
    if b"\x00" in head[:1000] and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise EstateError(f"{path}: binary data; {EXPECTED}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if kind in (*DOCUMENTS, "cost-explorer") or (kind is None and start in (b"{", b"[")):
        return _read_document(path, rules, kind=kind, is_json=start in (b"{", b"["))
    if kind is None and _looks_like_yaml(head):
        return _read_document(path, rules, kind=kind, is_json=False)
    return _read_lines(path, head, kind=kind, where=where)


def _looks_like_yaml(head: bytes) -> bool:
    """Tell a template in YAML by a line that begins with one of its sections."""
    sections = (b"Resources:", b"AWSTemplateFormatVersion:", b"Transform:")
    return any(line.startswith(sections) for line in head.splitlines())


def _read_document(path: Path, rules: Rules, *, kind: str | None, is_json: bool) -> pd.DataFrame:
    if is_json:
        document = parse_json(read_text(path, LARGEST_DOCUMENT), path)
    else:
        document = parse_yaml(read_text(path, LARGEST_TEMPLATE), path)
    if kind == "cost-explorer" or (kind is None and is_cost_explorer(document)):
        return read_cost_explorer(document, path)
    for name, (is_kind, read) in DOCUMENTS.items():
        if kind == name or (kind is None and is_kind(document)):
            resources: Iterable[Resource] = read(document, path)
            tally = tally_resources(resources, rules)
            return tally.assign(place=f"{path}, " + tally["place"])
    if document in ([], {}):
        return make_tally([])
    if isinstance(document, list) and all(isinstance(row, dict) for row in document):
        return count_table(pd.DataFrame(document).astype("str"), str(path), where=True)
    if isinstance(document, dict) and isinstance(document.get("rows"), list):
        return count_table(pd.DataFrame(document["rows"]).astype("str"), str(path), where=True)
    raise EstateError(f"{path}: JSON or YAML of no known kind; {EXPECTED}")


def _read_lines(path: Path, head: bytes, *, kind: str | None, where: bool) -> pd.DataFrame:
    """Read text that is no document: a table by its header, else a list of names."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, errors="replace")
    lines = text.splitlines()
    skipped = next((n for n, line in enumerate(lines) if line.strip() and line[0] != "#"), None)
    if skipped is None:
        raise EstateError(f"{path}: the file is empty; {EXPECTED}")
    first = lines[skipped]
    delimiter = max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter))
    if kind != "list" and len(header) > 1 and fold_name(header[0]) == "service" and _is_wide(header):
        return _read_cost_columns(path, delimiter)
    if kind == "table" or (kind != "list" and find_profile(header)):
        return _count_csv(path, delimiter, encoding, skipped, where=where)
    if kind != "list" and len(header) > 1:
        raise EstateError(say_no_column(f"{path}, line {skipped + 1}", header))
    return _read_list(path)


def _count_parquet(paths: list[Path], *, where: bool) -> pd.DataFrame:
    name = str(paths[0]) if len(paths) == 1 else f"{paths[0].parent}/*.parquet"
    quoted = ", ".join(_quote(path) for path in paths)
    return _count_in_duckdb(f"read_parquet([{quoted}], union_by_name = true)", name, where=where)


def _count_csv(path: Path, delimiter: str, encoding: str, skipped: int, *, where: bool) -> pd.DataFrame:
    options = [
        "header = true", "all_varchar = true", f"delim = '{delimiter}'", "quote = '\"'",
        "escape = '\"'", "strict_mode = false", f"max_line_size = {LONGEST_LINE}",
        f"encoding = '{'utf-16' if encoding == 'utf-16' else 'utf-8'}'",
    ]  # fmt: skip
    with path.open("rb") as file:
        packed = is_gzip(file.read(2))
    options.append(f"skip = {skipped}")
    options.append(f"compression = '{'gzip' if packed else 'none'}'")
    return _count_in_duckdb(f"read_csv({_quote(path)}, {', '.join(options)})", str(path), where=where)


def _quote(path: Path) -> str:
    """Quote a path for SQL; it is a file that exists, and its pattern letters mean themselves."""
    text = str(path).replace("'", "''")
    return "'" + "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text) + "'"


def _count_in_duckdb(scan: str, place: str, *, where: bool) -> pd.DataFrame:
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = '1GB'")
            connection.execute(f"SET temp_directory = {_quote(Path(tempfile.gettempdir()))}")
            connection.execute("SET preserve_insertion_order = false")
            table = connection.sql(f"SELECT * FROM {scan}")
            costs = [column for column in table.columns if "cost" in column.lower()]
            if where and costs:
                casts = ", ".join(
                    f"try_cast({_name(column)} AS DOUBLE) AS {_name(column)}" for column in costs
                )
                table = connection.sql(f"SELECT * REPLACE ({casts}) FROM {scan}")
            return count_table(table, place, where=where)
    except duckdb.Error as error:
        # DuckDB quotes the line at fault, which may hold what should not be shown.
        said = str(error).lower()
        line = said.partition("on line: ")[2].split("\n")[0].strip()
        at = f", line {line}" if line.isdigit() else ""
        what = next((words for sign, words in FAULTS.items() if sign in said), "not a whole table")
        raise EstateError(f"{place}{at}: {what}; {EXPECTED}") from None


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _is_wide(header: list[str]) -> bool:
    """Tell the console's export of Cost Explorer: a column a service, costs in a currency."""
    return all(name.endswith(")") and "(" in name for name in header[1:])


def _read_cost_columns(path: Path, delimiter: str) -> pd.DataFrame:
    """Read Cost Explorer's wide export: every column is a service, its total in the first row."""
    lines = list(csv.reader(io.StringIO(read_text(path, LARGEST_TEMPLATE)), delimiter=delimiter))
    totals = next((line for line in lines[1:] if line and line[0].endswith("total")), None)
    rows = []
    for number, name in enumerate(lines[0][1:], start=1):
        cells = [totals] if totals else lines[1:]
        cost = sum(_read_number(line[number]) for line in cells if number < len(line))
        service = name.rpartition("(")[0].strip()
        rows.append((service, "", "", "", "", "", f"{path}, column {number + 1}", 1, cost))
    return make_tally(rows)


def _read_number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _count_rows(rows: list[list[str]], path: Path, *, where: bool) -> pd.DataFrame:
    """Count the rows of a sheet: a table by its header, else names in its first column."""
    if not rows:
        return make_tally([])
    header, *body = rows
    if find_profile(header) is None:
        return _count_names([row[0] for row in rows if row and row[0]], str(path))
    names = [name or f"column {number}" for number, name in enumerate(header, start=1)]
    cells = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in body if any(row)]
    return count_table(pd.DataFrame(cells, columns=names, dtype="str"), str(path), where=where)


def _read_list(path: Path) -> pd.DataFrame:
    """Read a list of names, one a line; ``#`` begins a remark, and so do bullets a name."""
    text = read_text(path, LARGEST_TEMPLATE)
    names = [
        line.partition("#")[0].strip(" \t\r,;\"'").lstrip("-*•").strip() for line in text.splitlines()
    ]
    names = [name for name in names if name]
    longest = max(map(len, names), default=0)
    if longest > 200:
        raise EstateError(f"{path}: a line of {longest:,} characters; {EXPECTED}")
    return _count_names(names, str(path))


def _count_names(names: list[str], place: str) -> pd.DataFrame:
    return count_table(pd.DataFrame({"service": names}, dtype="str"), place, where=False)
