"""Check a folder of tables against the contract, and report all faults at once.

The contract is ``datapackage.json``: types, constraints, keys and references of every column. In
addition, this module checks what Table Schema cannot express: the format of the text (encoding, stray
spaces, newlines, order) and, in ``coding_rule``, the contents of rows (halves, customer action, values
of traits, cells judged alike). The tests compare this check with that of the ``frictionless`` library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from srm_data.check.coding_rule import build_frames, find_coding_faults, find_disagreements
from srm_data.check.editions import find_edition_faults
from srm_data.check.rows import Row, read_rows
from srm_data.exceptions import Fault, TableError
from srm_data.schema import StrPath, find_folder, read_schemas, shipped_tables
from srm_data.search import describe_nearest

UNREAD = ("(file)", "(header)")
"""Places of faults for which none of the rows of a table can be read."""


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
    >>> from srm_data.schema import shipped_tables
    >>> check_tables(shipped_tables())
    """
    schemas = read_schemas()
    tables, faults = read_rows_of(find_folder(folder), schemas)
    faults += find_schema_faults(schemas, tables)
    faults += find_coding_faults(tables)
    faults += find_edition_faults(tables.get("sources", []))
    faults += _check_ordinary(tables.get("offerings", []))
    if not faults:  # what follows joins the tables
        faults += find_disagreements(build_frames(tables, schemas))
    if faults:
        raise TableError(faults)


def read_rows_of(
    folder: Traversable,
    schemas: dict[str, dict[str, Any]],
    *,
    optional: Set[str] = frozenset(),
    is_own: bool = False,
) -> tuple[dict[str, list[Row]], list[Fault]]:
    """Read the tables in a folder, and find formatting faults.

    Parameters
    ----------
    folder
        Folder with one CSV file per schema.
    schemas
        Table Schemas by table name.
    optional
        Tables that may be missing; they are read as empty tables.
    is_own
        Whether the folder belongs to a user: rows may be in any order, and some columns may be missing.

    Returns
    -------
    tuple
        Rows by table name, and the faults.
    """
    faults: list[Fault] = []
    tables: dict[str, list[Row]] = {}
    if not folder.is_dir():
        return tables, [Fault(str(folder), 0, "(folder)", "missing", "a folder of tables")]
    for name, schema in schemas.items():
        path, columns = folder / f"{name}.csv", [field["name"] for field in schema["fields"]]
        absent = _list_absent(schema) if is_own else set()
        if not path.is_file():
            if name in optional:
                tables[name] = []
                continue
            expected = f"a table with the columns {_describe_columns(columns, absent)}"
            faults.append(Fault(path.name, 0, "(file)", "missing", expected))
            continue
        rows, found = read_rows(path, columns, may_be_absent=absent)
        faults += found
        if any(fault.column in UNREAD for fault in found):
            continue  # as if it were missing: what refers to its rows is no fault
        tables[name] = rows
        if not is_own:
            faults += _check_order(name, schema, tables[name])
    return tables, faults


def read_shipped_rows(name: str) -> list[Row]:
    """Read the rows of a table of the package that other tables may refer to."""
    columns = [field["name"] for field in read_schemas()[name]["fields"]]
    rows, _ = read_rows(shipped_tables() / f"{name}.csv", columns)
    return rows


def _list_absent(schema: dict[str, Any]) -> set[str]:
    """List the columns that a user's table may leave out."""
    return {field["name"] for field in schema["fields"] if field.get("mayBeAbsent")}


def _describe_columns(columns: list[str], absent: set[str]) -> str:
    """Name the columns of a table, and which of them may be missing."""
    needed = ", ".join(name for name in columns if name not in absent)
    optional = ", ".join(name for name in columns if name in absent)
    return f"{needed} (optional: {optional})" if optional else needed


def check_own_table(
    path: Traversable,
    schema: dict[str, Any],
    find_more: Callable[[str, list[Row]], Iterable[Fault]] | None = None,
) -> None:
    """Check a user's own table, such as decisions, against its schema and the shipped tables.

    Parameters
    ----------
    path
        CSV file. Its rows may be in any order.
    schema
        Table Schema of the file. References are looked up in the tables of the package.
    find_more
        Function that finds further faults, given the name of the file and its rows, of which any may be
        faulty and lack columns. Those in places with a fault already are left out.

    Raises
    ------
    TableError
        If the file has faults; the message lists all of them: file, line, column, value and what was
        expected.
    """
    name, columns = path.name.removesuffix(".csv"), [field["name"] for field in schema["fields"]]
    rows, faults = read_rows(path, columns, lines=True, may_be_absent=_list_absent(schema))
    referred = {key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
    known = {table: read_shipped_rows(table) for table in referred}
    faults += find_schema_faults({name: schema}, {name: rows}, known)
    if find_more is not None:
        places = {(fault.line, fault.column) for fault in faults}
        more = find_more(path.name, rows)
        faults += [fault for fault in more if (fault.line, fault.column) not in places]
    if faults:
        raise TableError(faults, f"the {schema['title'].lower()}")


def _check_order(name: str, schema: dict[str, Any], rows: list[Row]) -> Iterator[Fault]:
    key = schema["primaryKey"]
    keys = [tuple(row.cells.get(column, "") for column in key) for row in rows]
    for before, row, previous, current in zip(rows, rows[1:], keys, keys[1:], strict=False):
        if current < previous:
            expected = f"rows sorted by key: it sorts before line {before.line} ({', '.join(previous)})"
            yield Fault(f"{name}.csv", row.line, ", ".join(key), ", ".join(current), expected)


def find_schema_faults(
    schemas: dict[str, dict[str, Any]],
    tables: dict[str, list[Row]],
    known: dict[str, list[Row]] | None = None,
) -> Iterator[Fault]:
    """Find faults of types, constraints, primary keys and foreign keys.

    ``known`` has the rows of further tables that these may refer to. Missing tables and columns are
    skipped here, because they have already been reported.
    """
    referred = {name: [*rows, *tables.get(name, [])] for name, rows in (known or {}).items()}
    referred = tables | referred
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
            yield from _check_reference(name, key, filled, referred)


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
            expected = f"a value that occurs once (it is also in line {seen[value]})"
        if expected:
            yield Fault(file, row.line, name, value, expected)
        seen.setdefault(value, row.line)


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
    """Return whether a text is a valid date in the format YYYY-MM-DD."""
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def _check_key(file: str, key: list[str], rows: list[Row]) -> Iterator[Fault]:
    """Check that each key is unique; blank required parts have already been reported."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not key or any(column not in row.cells for column in key):
            continue
        values = tuple(row.cells[column] for column in key)
        if values in seen and any(values):
            expected = f"a key that occurs once (it is also in line {seen[values]})"
            yield Fault(file, row.line, ", ".join(key), ", ".join(values), expected)
        seen.setdefault(values, row.line)


def _check_reference(
    name: str, key: dict[str, Any], rows: list[Row], tables: dict[str, list[Row]]
) -> Iterator[Fault]:
    """Check that each value exists in the column it refers to; blank values are not references."""
    columns, targets = key["fields"], key["reference"]["fields"]
    table = key["reference"]["resource"] or name
    others = [row.cells for row in tables.get(table, [])]
    if table not in tables or any(set(targets) - set(cells) for cells in others):
        return
    choices = [tuple(cells[target] for target in targets) for cells in others]
    known = set(choices)
    column, target = columns[-1], targets[-1]
    for row in rows:
        values = tuple(row.cells.get(name, "") for name in columns)
        if values[-1] and values not in known:
            alike = [choice[-1] for choice in choices if choice[:-1] == values[:-1]]
            expected = f"{_name_choices(values[-1], alike)} in {table}.csv, column {target}"
            yield Fault(f"{name}.csv", row.line, column, values[-1], expected)


def _name_choices(value: str, choices: list[str]) -> str:
    if 0 < len(set(choices)) <= 8:
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
