"""The tables of controls: those of the package, and a user's own framework in the same format."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.check.tables import Row, find_schema_faults, read_rows_of, read_shipped_rows
from srm_data.controls.ids import fold_control_id
from srm_data.exceptions import Fault, TableError
from srm_data.load import list_states, read_table
from srm_data.schema import StrPath, Tables

OWN = ["frameworks", "controls", "control_duties", "organisation_controls", "control_links"]
"""Tables that a user's folder may have."""

ANSWERS = ["control_duties", "organisation_controls", "control_links"]
"""Tables that say who addresses a control, of which a user's folder need not have any one."""

CONTROL = ["framework_id", "control_id"]
REFERENCES = {
    "ai_references": {"duty_id": "duties"},
    "control_duties": {"duty_id": "duties", "source_id": "sources"},
    "duty_originations": {"duty_id": "duties"},
    "aws_components": {"service_id": "services"},
}
"""Columns that refer to tables outside this data package, which its schema cannot express."""

MOST_ALIKE = 10  # controls that one reason may serve


def shipped_controls() -> Traversable:
    """Return the folder of the control tables that come with the package."""
    return files("srm_data") / "controls" / "tables"


def read_control_package() -> dict[str, Any]:
    """Read ``datapackage.json`` of the control tables, which has one resource per table."""
    text = (shipped_controls() / "datapackage.json").read_text(encoding="utf-8")
    package: dict[str, Any] = json.loads(text)
    return package


def read_control_schemas() -> dict[str, dict[str, Any]]:
    """Return the Table Schema of every control table, by table name."""
    schemas = {r["name"]: r["schema"] for r in read_control_package()["resources"]}
    for name, columns in REFERENCES.items():
        schemas[name]["foreignKeys"] = [
            *schemas[name].get("foreignKeys", []),
            *(_refer([column], table, [column]) for column, table in columns.items()),
        ]
    parents = _refer(["framework_id", "parent_id"], "controls", CONTROL)  # a blank refers to none
    schemas["controls"]["foreignKeys"].append(parents)
    return schemas


def _refer(fields: list[str], table: str, targets: list[str]) -> dict[str, Any]:
    return {"fields": fields, "reference": {"resource": table, "fields": targets}}


def load_controls(folder: StrPath | None = None) -> Tables:
    """Load the control tables and, optionally, your own framework.

    Parameters
    ----------
    folder
        Folder of your own framework: ``frameworks.csv`` and ``controls.csv``, and at least one of
        ``control_duties.csv`` (which duties carry a control), ``organisation_controls.csv`` (controls
        of your organisation itself) and ``control_links.csv`` (links to controls of another framework).
        ``controls/tables/datapackage.json`` describes the columns and marks those that may be missing.
        Control ids may have any usual spelling.

    Returns
    -------
    dict of str to DataFrame
        One frame per table. All columns are ``str`` except ``position`` (``int``), by which a table
        that has one is sorted.

    Raises
    ------
    srm_data.exceptions.TableError
        If the folder has faults; the message lists all of them: file, line, column, value and
        what was expected.

    Examples
    --------
    >>> controls = load_controls()["controls"]
    >>> active = controls.query("framework_id == 'nist-800-53' and status == 'active'")
    >>> len(active), active["control_id"].tolist()[:3]
    (1014, ['AC-1', 'AC-2', 'AC-2(1)'])
    """
    schemas = read_control_schemas()
    states = list_states(shipped_controls())
    tables = {name: _read_shipped(name, states).copy() for name in schemas}
    if folder is not None:
        own = read_own_framework(folder)
        for name in OWN:
            # a user's rows come after those of the package, in the columns of its table
            if own[name]:
                added = pd.DataFrame([row.cells for row in own[name]], dtype="str")
                columns = tables[name].columns
                if "position" in columns:
                    first = int(tables[name]["position"].max()) + 1
                    added["position"] = range(first, first + len(added))
                added = added.reindex(columns=columns, fill_value="")
                tables[name] = pd.concat([tables[name], added], ignore_index=True)
    return tables


def check_controls(folder: StrPath | Traversable | None = None) -> None:
    """Check the control tables of the package, or a folder with the same tables.

    Raises
    ------
    srm_data.exceptions.TableError
        If the tables have faults; the message lists all of them.

    Examples
    --------
    >>> check_controls()
    """
    place = shipped_controls() if folder is None else folder
    place = Path(place) if not isinstance(place, Traversable) else place
    schemas = read_control_schemas()
    tables, faults = read_rows_of(place, schemas)
    others = {name: read_shipped_rows(name) for name in ("duties", "services", "sources")}
    faults += find_schema_faults(schemas, tables, others)
    faults += _find_mapping_faults(tables)
    faults += _find_unknown_successors(tables.get("controls", []))
    if faults:
        raise TableError(faults)


def read_own_framework(folder: StrPath) -> dict[str, list[Row]]:
    """Read and check the folder of a user's framework, as :func:`load_controls` does."""
    place = Path(folder)
    if not place.is_dir():
        raise NotADirectoryError(f"{place}: no such folder; expected one with frameworks.csv")
    package = read_control_schemas()
    schemas = {name: _mend_schema(name, package[name]) for name in OWN}
    tables, faults = read_rows_of(place, schemas, optional=set(ANSWERS), is_own=True)

    # ids are spelled as in the table of controls, so that they can be compared
    names = ("frameworks", "controls", "organisation_kinds")
    shipped, _ = read_rows_of(shipped_controls(), {name: package[name] for name in names})
    spelled = {
        (framework, fold_control_id(control)): control
        for framework, control in map(_key_of, [*shipped["controls"], *tables.get("controls", [])])
    }
    for row in (row for rows in tables.values() for row in rows):
        for prefix in ("", "to_"):
            framework, control = _key_of(row, f"{prefix}framework_id", f"{prefix}control_id")
            if control:
                spelling = spelled.get((framework, fold_control_id(control)), control)
                row.cells[f"{prefix}control_id"] = spelling

    others = {name: read_shipped_rows(name) for name in ("duties", "sources")}
    faults += find_schema_faults(schemas, tables, others | shipped)
    taken = {row.cells["framework_id"] for row in shipped["frameworks"]}
    for row in tables.get("frameworks", []):
        if (value := row.cells.get("framework_id", "")) in taken:
            expected = "an id that no framework of the package has"
            faults.append(Fault("frameworks.csv", row.line, "framework_id", value, expected))
    faults += _find_mapping_faults(tables)
    faults += _find_withdrawn_targets(tables["control_links"], shipped["controls"])
    if faults:
        raise TableError(faults, f"the framework in {place}")
    return tables


def _mend_schema(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a user's table, in which columns implied by the file may be missing."""
    absent = {
        "frameworks": {"edition", "publisher", "titles", "licence"},
        "controls": {"position", "family", "status"},
    }.get(name, set())
    fields = [
        field | ({"mayBeAbsent": True, "constraints": {}} if field["name"] in absent else {})
        for field in schema["fields"]
    ]
    return schema | {"fields": fields}


def _find_mapping_faults(tables: dict[str, list[Row]]) -> Iterator[Fault]:
    """Find active controls that are mapped nowhere, an organisation's own twice, or with one reason."""
    lines: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    served: dict[str, dict[tuple[str, str], tuple[str, int]]] = defaultdict(dict)
    for name in ANSWERS:
        for row in tables.get(name, []):
            lines[_key_of(row)].setdefault(name, row.line)
            served[row.cells.get("reason", "")].setdefault(_key_of(row), (f"{name}.csv", row.line))

    for row in tables.get("controls", []):
        if row.cells.get("status", "active") == "active" and _key_of(row) not in lines:
            expected = f"a row of it in {', '.join(f'{name}.csv' for name in ANSWERS)}"
            yield Fault("controls.csv", row.line, "control_id", _key_of(row)[1], expected)
    for (_, control_id), places in lines.items():
        if "organisation_controls" in places and len(places) > 1:
            other = next(name for name in places if name != "organisation_controls")
            also = f"(line {places[other]} of {other}.csv has it)"
            line = places["organisation_controls"]
            expected = f"a control that is in one table only {also}"
            yield Fault("organisation_controls.csv", line, "control_id", control_id, expected)

    # a reason that serves many controls is specific to none
    for reason, controls in served.items():
        if reason and len(controls) > MOST_ALIKE:
            expected = f"a reason about this control: the same one stands at {len(controls)}"
            yield Fault(*next(iter(controls.values())), "reason", reason, expected)


def _key_of(row: Row, framework: str = "framework_id", control: str = "control_id") -> tuple[str, str]:
    return row.cells.get(framework, ""), row.cells.get(control, "")


def _find_unknown_successors(rows: list[Row]) -> Iterator[Fault]:
    keys = {_key_of(row) for row in rows}
    keys |= {(framework, control.partition("-")[0]) for framework, control in keys}  # families
    for row in rows:
        for value in filter(None, row.cells.get("successors", "").split("; ")):
            if (row.cells.get("framework_id", ""), value) not in keys:
                yield Fault("controls.csv", row.line, "successors", value, "controls, or a family")


def _find_withdrawn_targets(links: list[Row], controls: list[Row]) -> Iterator[Fault]:
    """Find links to withdrawn controls, which no duty carries any more."""
    withdrawn = [row for row in controls if row.cells.get("status") == "withdrawn"]
    successors = {_key_of(row): row.cells.get("successors", "") for row in withdrawn}
    for row in links:
        key = _key_of(row, "to_framework_id", "to_control_id")
        if key in successors:
            see = f"; see {successors[key]}" if successors[key] else ""
            expected = f"an active control ({key[1]} is withdrawn{see})"
            yield Fault("control_links.csv", row.line, "to_control_id", key[1], expected)


@lru_cache(maxsize=32)
def _read_shipped(name: str, _: Hashable) -> pd.DataFrame:
    """Read a table of the package, again only when a file has changed. Nobody may change this frame."""
    return read_table(name, shipped_controls())
