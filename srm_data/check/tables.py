"""Check a folder of tables against the contract, and report all faults at once.

The contract is ``datapackage.json``: types, constraints, keys and references of every column. In
addition, this module checks the format of the text (encoding, stray spaces, newlines, order), and
``coding_rule`` the contents of rows. The tests compare this check with that of ``frictionless``.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from srm_data.check.coding_rule import find_coding_faults, find_disagreements
from srm_data.exceptions import Fault, TableError, describe_nearest, find_nearest
from srm_data.schema import StrPath, Tables, find_folder, read_schemas, shipped_tables

Schema = dict[str, Any]

UNREAD = ("(file)", "(header)")
"""Places of faults for which none of the rows of a table can be read."""

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What separates the cells of other people's CSV files."""

MOST_CHOICES = 8
"""Maximum number of ids that a message lists; of more, it names the nearest."""


class Row(NamedTuple):
    """A row of a table: the line on which it starts in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


def check_tables(folder: StrPath | Traversable) -> None:
    """Check every table in ``folder``.

    Parameters
    ----------
    folder
        Folder with one CSV file per table, named as in ``datapackage.json``.

    Raises
    ------
    TableError
        If the tables have faults; the message lists all of them: file, line, column, value and
        what was expected.

    Examples
    --------
    >>> from importlib.resources import files
    >>> check_tables(files("srm_data") / "tables")
    """
    schemas = read_schemas()
    tables, faults = read_rows_of(find_folder(folder), schemas)
    faults += find_schema_faults(schemas, tables)
    faults += find_coding_faults(tables)
    if not faults:  # what follows joins the tables
        faults += find_disagreements(_build_frames(tables))
    if faults:
        raise TableError(faults)


def check_own_table(
    path: Traversable,
    schema: Schema,
    find_more: Callable[[str, list[Row]], Iterable[Fault]] | None = None,
) -> None:
    """Check a user's own table, such as decisions, against its schema and the shipped tables.

    ``find_more`` finds further faults from the name of the file and its rows, of which any may be
    faulty and lack columns. Those in places with a fault already are left out.
    """
    name = path.name.removesuffix(".csv")
    rows, faults = _read_rows(path, schema, lines=True, may_be_absent=_list_absent(schema))
    referred = {key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
    shipped = {table: read_shipped_rows(table) for table in referred}
    faults += find_schema_faults({name: schema}, {name: rows}, shipped)
    if find_more is not None:
        places = {(fault.line, fault.column) for fault in faults}
        more = find_more(path.name, rows)
        faults += [fault for fault in more if (fault.line, fault.column) not in places]
    if faults:
        raise TableError(faults, f"the {schema['title'].lower()}")


def read_shipped_rows(name: str) -> list[Row]:
    """Read the rows of a table of the package that other tables may refer to."""
    rows, _ = _read_rows(shipped_tables() / f"{name}.csv", read_schemas()[name])
    return rows


def read_rows_of(
    folder: Traversable,
    schemas: dict[str, Schema],
    *,
    optional: Set[str] = frozenset(),
    is_own: bool = False,
) -> tuple[dict[str, list[Row]], list[Fault]]:
    """Read the rows of the tables in a folder, and find formatting faults.

    Tables that are optional are read as empty ones. In a folder of a user's own, rows may be in any
    order, and some columns may be missing.
    """
    if not folder.is_dir():
        return {}, [Fault(str(folder), 0, "(folder)", "missing", "a folder of tables")]
    faults: list[Fault] = []
    tables: dict[str, list[Row]] = {}
    for name, schema in schemas.items():
        path = folder / f"{name}.csv"
        absent = _list_absent(schema) if is_own else set()
        if path.is_file():
            rows, faults_of_file = _read_rows(path, schema, may_be_absent=absent)
            faults += faults_of_file
            # A table that cannot be read counts as missing: what refers to its rows is no fault.
            if not any(fault.column in UNREAD for fault in faults_of_file):
                tables[name] = rows
                faults += [] if is_own else _check_order(path.name, schema, rows)
        elif name in optional:
            tables[name] = []
        else:
            columns = _list_columns(schema)
            expected = f"a table with the columns {', '.join(c for c in columns if c not in absent)}"
            expected += f" (optional: {', '.join(c for c in columns if c in absent)})" if absent else ""
            faults.append(Fault(path.name, 0, "(file)", "missing", expected))
    return tables, faults


def _list_columns(schema: Schema) -> list[str]:
    return [field["name"] for field in schema["fields"]]


def _list_absent(schema: Schema) -> set[str]:
    return {field["name"] for field in schema["fields"] if field.get("mayBeAbsent")}


def _read_rows(
    path: Traversable,
    schema: Schema,
    *,
    lines: bool = False,
    may_be_absent: Set[str] = frozenset(),
) -> tuple[list[Row], list[Fault]]:
    """Read rows as text; faulty text is reported and corrected, so that it is reported only once.

    With ``lines``, cells may contain line breaks, as in text that people type.
    """
    file, columns = path.name, _list_columns(schema)
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [], [Fault(file, 1, "(file)", "UTF-16", "a text in UTF-8")]

    # Lines that are not UTF-8 are decoded as Windows-1252, and reported where they are read.
    decoded, recoded = [], set()
    for number, raw in enumerate(data.removeprefix(codecs.BOM_UTF8).splitlines(True), start=1):
        try:
            decoded.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            decoded.append(raw.decode("cp1252", errors="replace"))
            recoded.add(number)

    # A row starts on the line after that on which the one before it ended.
    rows: list[Row] = []
    faults: list[Fault] = []
    header: list[str] = []
    start = 1
    reader = csv.reader(decoded, strict=True)
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not header:
                header = cells
                # A header of one cell was separated by something else.
                for sign, separators in SEPARATORS.items():
                    if len(header) == 1 < len(columns) and sign in header[0]:
                        value = f"separated by {separators}"
                        return [], [Fault(file, line, "(header)", value, "cells separated by commas")]
                if not {*header} & {*columns}:  # a file of another kind
                    expected = f"the columns {', '.join(columns)}"
                    return [], [Fault(file, line, "(header)", ", ".join(header)[:60], expected)]
                faults += _check_header(file, header, columns, may_be_absent)
                continue

            if len(cells) != len(header):
                text, expected = ",".join(cells)[:60], f"{len(header)} cells, found {len(cells)}"
                if len(cells) > len(header):
                    expected += " (put a text with a comma in double quotes)"
                faults.append(Fault(file, line, "(row)", text, expected))

            # Columns that are not in the contract have been reported, and are left out.
            by_column = dict(zip(header, cells, strict=False))
            row = {column: by_column.get(column, "") for column in columns if column in header}
            is_recoded = not recoded.isdisjoint(range(line, start))
            for column, value in row.items():
                if expected := _describe_text_fault(value, is_recoded=is_recoded, lines=lines):
                    faults.append(Fault(file, line, column, value, expected))
                    row[column] = " ".join(value.split())
            rows.append(Row(line, row))
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, "(row)", str(error), "well-formed CSV"))

    if not header:
        faults.append(Fault(file, 1, "(header)", "", f"the columns {columns}"))
    return rows, faults


def _check_header(
    file: str, header: list[str], columns: list[str], may_be_absent: Set[str]
) -> Iterator[Fault]:
    for column in columns:
        if column not in header and column not in may_be_absent:
            near = find_nearest(column, set(header) - set(columns), count=1)
            value = f"missing ({near[0]!r} is there)" if near else "missing"
            yield Fault(file, 1, column, value, "this column")
    for position, column in enumerate(header):
        if column not in columns:
            yield Fault(file, 1, column or "(blank)", column, f"only the columns {columns}")
        elif column in header[:position]:
            yield Fault(file, 1, column, column, "this column once")


def _describe_text_fault(value: str, *, is_recoded: bool, lines: bool) -> str:
    """Describe the text that was expected in a cell, or return nothing if it is well formed."""
    if is_recoded and not value.isascii():
        return "text in UTF-8 (this line is in another encoding)"
    if not lines and ("\n" in value or "\r" in value):
        return "one line: no newline in a cell"
    return "no space at the start or the end" if value != value.strip() else ""


def _check_order(file: str, schema: Schema, rows: list[Row]) -> Iterator[Fault]:
    key = schema["primaryKey"]
    for before, row in pairwise(rows):
        previous, current = ([each.cells.get(column, "") for column in key] for each in (before, row))
        # Numbers sort as numbers: 9 before 10.
        if _pad_numbers(current) < _pad_numbers(previous):
            expected = f"rows sorted by key: it sorts before line {before.line} ({', '.join(previous)})"
            yield Fault(file, row.line, ", ".join(key), ", ".join(current), expected)


def _pad_numbers(values: list[str]) -> list[str]:
    return [value.zfill(9) if value.isdigit() else value for value in values]


def find_schema_faults(
    schemas: dict[str, Schema],
    tables: dict[str, list[Row]],
    shipped: dict[str, list[Row]] | None = None,
) -> Iterator[Fault]:
    """Find faults of types, constraints, primary keys and foreign keys.

    ``shipped`` has the rows of further tables that these may refer to. Missing tables and columns are
    skipped here, because they have already been reported.
    """
    referred = tables | {name: [*rows, *tables.get(name, [])] for name, rows in (shipped or {}).items()}
    for name, rows in tables.items():
        schema, file = schemas[name], f"{name}.csv"
        filled = [row for row in rows if any(row.cells.values())]
        for row in rows:
            if not any(row.cells.values()):
                yield Fault(file, row.line, "(row)", "", "no blank line")
        for field in schema["fields"]:
            column = field["name"]
            for row in filled:
                value = row.cells.get(column)
                if value is not None and (expected := _describe_expected(field, value)):
                    yield Fault(file, row.line, column, value, expected)
            if field.get("constraints", {}).get("unique"):
                yield from _check_key(file, [column], filled, kind="value")
        yield from _check_key(file, schema.get("primaryKey", []), filled)
        for key in schema.get("foreignKeys", []):
            yield from _check_reference(name, key, filled, referred)


def _describe_expected(field: dict[str, Any], value: str) -> str:
    """Describe the values that a column accepts, or return nothing if it accepts the value."""
    rules = field.get("constraints", {})
    if not value:
        return f"a value: {field['description']}" if rules.get("required") else ""
    if field["type"] == "integer" and not re.fullmatch(r"[+-]?\d+", value):
        return "a whole number"
    if field["type"] == "date" and not _is_date(value):
        return "a date, YYYY-MM-DD"
    if "enum" in rules and value not in rules["enum"]:
        return "one of: " + " | ".join(rules["enum"])
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        example = repr(field["example"]) if "example" in field else rules["pattern"]
        return f"text like {example}"
    if "minimum" in rules and int(value) < int(rules["minimum"]):
        return f"at least {rules['minimum']}"
    if "maxLength" in rules and len(value) > int(rules["maxLength"]):
        return f"at most {rules['maxLength']} characters"
    return ""


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value  # not 20261202
    except ValueError:
        return False


def _check_key(file: str, key: list[str], rows: list[Row], kind: str = "key") -> Iterator[Fault]:
    first_lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not key or any(column not in row.cells for column in key):
            continue
        values = tuple(row.cells[column] for column in key)
        # Blank parts of a key have already been reported, once for each row.
        if values in first_lines and any(values):
            expected = f"a {kind} that occurs once (it is also in line {first_lines[values]})"
            yield Fault(file, row.line, ", ".join(key), ", ".join(values), expected)
        first_lines.setdefault(values, row.line)


def _check_reference(
    name: str, key: dict[str, Any], rows: list[Row], tables: dict[str, list[Row]]
) -> Iterator[Fault]:
    """Check that each value exists in the column it refers to; blank values are not references."""
    columns, targets = key["fields"], key["reference"]["fields"]
    table = key["reference"]["resource"] or name
    others = [row.cells for row in tables.get(table, [])]
    if table not in tables or any(set(targets) - set(cells) for cells in others):
        return
    choices = dict.fromkeys(tuple(cells[target] for target in targets) for cells in others)
    for row in rows:
        values = tuple(row.cells.get(column, "") for column in columns)
        value = values[-1]
        if not value or values in choices:
            continue
        # Of a reference by several columns, only the last is wrong: the others have their own check.
        alike = sorted({choice[-1] for choice in choices if choice[:-1] == values[:-1]})
        near = (
            f"one of: {' | '.join(alike)}"
            if 0 < len(alike) <= MOST_CHOICES
            else f"a value{describe_nearest(value, alike)}"
        )
        expected = f"{near} in {table}.csv, column {targets[-1]}"
        yield Fault(f"{name}.csv", row.line, columns[-1], value, expected)


def _build_frames(tables: dict[str, list[Row]]) -> Tables:
    frames = {}
    for name, schema in read_schemas().items():
        cells = [row.cells for row in tables[name]]
        frame = pd.DataFrame(cells, columns=_list_columns(schema), dtype="str")
        if "position" in frame:
            frame = frame.astype({"position": int}).sort_values("position", ignore_index=True)
        frames[name] = frame
    return frames
