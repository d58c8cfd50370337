"""Check a folder of tables against the contract, and report all faults at once.

The contract is ``datapackage.json``: types, constraints, keys and references of every column. Added is
what Table Schema has no words for: how the text is written (encoding, stray blanks, newlines, order)
and, in ``coding_rule``, what a row may say (halves, customer action, values of traits, cells judged
alike). The tests compare this check with the one of the ``frictionless`` library.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Set
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from srm_data.arguments import StrPath, describe_nearest, find_folder, find_nearest
from srm_data.check.coding_rule import build_frames, find_coding_faults, find_disagreements
from srm_data.check.editions import find_edition_faults
from srm_data.exceptions import Fault, TableError
from srm_data.schema import read_schemas, shipped_tables


class Row(NamedTuple):
    """A line of a table: where it starts in the file, and its cells by column."""

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
        With all faults: file, line, column, value and what was expected.

    Examples
    --------
    >>> from srm_data.schema import shipped_tables
    >>> check_tables(shipped_tables())
    """
    folder = find_folder(folder)
    schemas = read_schemas()
    faults: list[Fault] = []
    tables: dict[str, list[Row]] = {}
    for name, schema in schemas.items():
        path, columns = folder / f"{name}.csv", [field["name"] for field in schema["fields"]]
        if not path.is_file():
            expected = f"a table with the columns {columns}"
            faults.append(Fault(path.name, 0, "(file)", "missing", expected))
            continue
        tables[name], found = _read_rows(path, columns)
        faults += found
        faults += _check_order(name, schema, tables[name])
    faults += _check_schemas(schemas, tables)
    faults += find_coding_faults(tables)
    faults += find_edition_faults(tables.get("sources", []))
    faults += _check_ordinary(tables.get("offerings", []))
    if not faults:  # what follows joins the tables
        faults += find_disagreements(build_frames(tables, schemas))
    if faults:
        raise TableError(faults)


def check_own_table(path: Traversable, schema: dict[str, Any]) -> None:
    """Check a table that a user owns, such as decisions, against its schema and the shipped tables.

    Parameters
    ----------
    path
        The CSV file. Its rows may stand in any order.
    schema
        Its Table Schema; what it refers to is looked up in the tables of the package.

    Raises
    ------
    TableError
        With all faults: file, line, column, value and what was expected.
    """
    name, columns = path.name.removesuffix(".csv"), [field["name"] for field in schema["fields"]]
    may_be_absent = {field["name"] for field in schema["fields"] if field.get("mayBeAbsent")}
    rows, faults = _read_rows(path, columns, lines=True, may_be_absent=may_be_absent)
    tables = {name: rows}
    for table in {key["reference"]["resource"] for key in schema.get("foreignKeys", [])}:
        known = read_schemas()[table]
        named = [field["name"] for field in known["fields"]]
        tables[table], _ = _read_rows(shipped_tables() / f"{table}.csv", named)
    schemas = {table: read_schemas().get(table, schema) for table in tables} | {name: schema}
    faults += _check_schemas(schemas, tables)
    if faults:
        raise TableError(faults)


def _read_rows(
    path: Traversable,
    columns: list[str],
    *,
    lines: bool = False,
    may_be_absent: Set[str] = frozenset(),
) -> tuple[list[Row], list[Fault]]:
    """Read rows as text; faulty text is reported and mended, so that it is reported once.

    ``lines`` allows several lines in a cell, as people type them.
    """
    file = path.name
    decoded, recoded = _decode(path.read_bytes())
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
                needed = [c for c in columns if c in header or c not in may_be_absent]
                faults += _check_header(file, header, needed, columns)
                continue

            if len(cells) != len(header):
                text, expected = ",".join(cells)[:60], f"{len(header)} cells, found {len(cells)}"
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
    """Decode line by line; lines that are not UTF-8 are read as Windows text and named."""
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
    """Return what was expected of the text of a cell, or nothing if it is well written."""
    if recoded and not value.isascii():
        return "text in UTF-8 (this line is in another encoding)"
    if not lines and ("\n" in value or "\r" in value):
        return "one line: no newline in a cell"
    if value != value.strip():
        return "no blank at the start or the end"
    return ""


def _check_order(name: str, schema: dict[str, Any], rows: list[Row]) -> Iterator[Fault]:
    key = schema["primaryKey"]
    keys = [tuple(row.cells.get(column, "") for column in key) for row in rows]
    for before, row, previous, current in zip(rows, rows[1:], keys, keys[1:], strict=False):
        if current < previous:
            expected = f"rows sorted by key: it sorts before line {before.line} ({', '.join(previous)})"
            yield Fault(f"{name}.csv", row.line, ", ".join(key), ", ".join(current), expected)


def _check_schemas(schemas: dict[str, dict[str, Any]], tables: dict[str, list[Row]]) -> Iterator[Fault]:
    """Check types, constraints, primary keys and foreign keys.

    What concerns a table or column that is missing is left out: that it is missing has been reported.
    """
    for name, rows in tables.items():
        schema, file = schemas[name], f"{name}.csv"
        filled = [row for row in rows if any(row.cells.values())]

        for row in rows:
            if not any(row.cells.values()):
                yield Fault(file, row.line, "(row)", "", "no blank line")
        for field in schema["fields"]:
            yield from _check_field(file, field, filled)
        yield from _check_key(file, schema.get("primaryKey", []), filled)
        for key in schema.get("foreignKeys", []):
            yield from _check_reference(name, key, filled, tables)


def _check_field(file: str, field: dict[str, Any], rows: list[Row]) -> Iterator[Fault]:
    """Check the type and the constraints of one column."""
    name, seen = field["name"], dict[str, int]()
    is_unique = field.get("constraints", {}).get("unique", False)
    for row in rows:
        if name not in row.cells:
            continue
        value = row.cells[name]
        expected = _describe_expected(field, value)
        if not expected and is_unique and value in seen:
            expected = f"a value that occurs once (it stands in line {seen[value]} too)"
        if expected:
            yield Fault(file, row.line, name, value, expected)
        seen.setdefault(value, row.line)


def _describe_expected(field: dict[str, Any], value: str) -> str:
    """Return in plain words what a column takes, or nothing if it takes the value."""
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
    """Return whether a text is a day of the calendar, as YYYY-MM-DD."""
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def _check_key(file: str, key: list[str], rows: list[Row]) -> Iterator[Fault]:
    """Check that each key occurs once; a blank part of a required column has been reported."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not key or any(column not in row.cells for column in key):
            continue
        values = tuple(row.cells[column] for column in key)
        if values in seen and any(values):
            expected = f"a key that occurs once (it stands in line {seen[values]} too)"
            yield Fault(file, row.line, ", ".join(key), ", ".join(values), expected)
        seen.setdefault(values, row.line)


def _check_reference(
    name: str, key: dict[str, Any], rows: list[Row], tables: dict[str, list[Row]]
) -> Iterator[Fault]:
    """Check that each value stands in the column that it refers to; a blank refers to none."""
    [column], [target] = key["fields"], key["reference"]["fields"]
    table = key["reference"]["resource"] or name
    if table not in tables or any(target not in other.cells for other in tables[table][:1]):
        return
    choices = [other.cells[target] for other in tables[table]]
    known = set(choices)
    for row in rows:
        value = row.cells.get(column, "")
        if value and value not in known:
            expected = f"{_name_choices(value, choices)} in {table}.csv, column {target}"
            yield Fault(f"{name}.csv", row.line, column, value, expected)


def _name_choices(value: str, choices: list[str]) -> str:
    if len(choices) <= 8:
        return "one of: " + " | ".join(sorted(set(choices)))
    return f"a value{describe_nearest(value, choices)}"


def _check_ordinary(offerings: list[Row]) -> Iterator[Fault]:
    """Check that exactly one offering of each service is the ordinary one."""
    lines: dict[str, list[int]] = {}
    for line, cells in offerings:
        ordinary = lines.setdefault(cells.get("service_id", ""), [])
        if cells.get("ordinary") == "yes":
            ordinary.append(line)
            if len(ordinary) > 1:
                expected = f"one ordinary offering of a service (line {ordinary[0]} has it)"
                yield Fault("offerings.csv", line, "ordinary", "yes", expected)
    for line, cells in offerings:
        service_id = cells.get("service_id", "")
        if "ordinary" in cells and not lines[service_id]:
            lines[service_id].append(line)  # once per service
            expected = f"yes for one offering of {service_id!r}"
            yield Fault("offerings.csv", line, "ordinary", cells["ordinary"], expected)
