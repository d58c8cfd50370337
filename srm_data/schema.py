"""What the package states of itself: the schema of its tables, its version, its seat and licence.

``tables/datapackage.json`` describes every column. It is a Frictionless Data Package (version 2), and
is used by the check, the loader and the data dictionary.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from srm_data.exceptions import Fault, TableError

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]
"""Frames by table name."""

StrPath = str | os.PathLike[str]
"""The name of a file or folder."""

CELL = ["offering_id", "duty_id"]
"""Key of a cell: one offering and one duty."""

CHANGED = [*CELL, "offering", "duty", "from", "to", "why"]
"""Columns of a list of changes."""

Audience = Literal["internal", "publishable"]
WHOLE_CATALOGUE, CHOSEN = "All offerings of the catalogue", "Chosen offerings"
LICENCE = "Data: CC BY 4.0, to be credited to srm_data contributors. Software: Apache License 2.0."
SEAT = (
    "Written from the point of view of the AWS customer. What is AWS's here is what the customer "
    "inherits from AWS."
)
INDEPENDENT = (
    "Made by the srm_data project from AWS's public documents. It is not made, reviewed or endorsed "
    "by AWS."
)

REPORT_ADDRESS = ""
"""Address of the form "This cell is wrong", such as ``https://github.com/OWNER/REPO/issues/new``.

Without one, there are no links to it. The form is ``.github/ISSUE_TEMPLATE/wrong-cell.yml``.
"""
REPORT_FORM = "wrong-cell.yml"
REPORT_FIELDS = ("offering", "duty", "says", "version")
"""Ids of the form fields that a link fills in: the cell, its answer, the data version."""


def shipped_tables() -> Traversable:
    """Return the folder of the tables that come with the package."""
    return files("srm_data") / "tables"


def find_folder(folder: StrPath | Traversable | None) -> Traversable:
    """Return the folder of tables as a path; by default the folder of the package."""
    if folder is None:
        return shipped_tables()
    return Path(folder) if isinstance(folder, str | os.PathLike) else folder


def _read_json(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((shipped_tables() / name).read_text(encoding="utf-8"))
    return content


def read_package() -> dict[str, Any]:
    """Read ``datapackage.json``, with name, version, licence and one resource per table."""
    return _read_json("datapackage.json")


def read_schemas() -> dict[str, dict[str, Any]]:
    """Return the Table Schema of every table, keyed by table name in alphabetical order."""
    return {resource["name"]: resource["schema"] for resource in read_package()["resources"]}


def read_own_schema(name: str) -> dict[str, Any]:
    """Return the Table Schema of a kind of file of an organisation, such as ``"decisions"``."""
    return _read_json(f"{name}.schema.json")


def require_tables(tables: object, needed: Mapping[str, Iterable[str]]) -> None:
    """Raise a TableError that lists every table and column that is needed and missing."""
    import pandas as pd

    if not isinstance(tables, dict):
        kind = type(tables).__name__
        raise TableError([Fault("(tables)", 0, "(all)", kind, "frames by name, from load_tables")])
    faults = []
    for name, columns in needed.items():
        table = tables.get(name)
        if not isinstance(table, pd.DataFrame):
            expected = "a frame of this name, as from load_tables"
            faults.append(Fault(name, 0, "(table)", "missing", expected))
            continue
        missing = [column for column in columns if column not in table]
        faults += [Fault(name, 0, column, "missing", "this column") for column in missing]
    if faults:
        raise TableError(faults)


def workbook_name() -> str:
    """Return the file name of the catalogue workbook of this data version."""
    return f"srm-matrix-{read_package()['version']}.xlsx"


def page_name() -> str:
    """Return the file name of the page of the whole catalogue of this data version."""
    return f"srm-page-{read_package()['version']}.html"


def name_scope(model: pd.DataFrame, tables: Tables) -> str:
    """Describe in words whether a model covers the whole catalogue or only chosen offerings."""
    is_whole = set(tables["offerings"]["offering_id"]) <= set(model["offering_id"])
    return WHOLE_CATALOGUE if is_whole else CHOSEN


def check_audience(audience: str) -> None:
    """Raise a ValueError unless the audience is one of the two."""
    if audience not in get_args(Audience):
        raise ValueError(f"audience should be one of {[*get_args(Audience)]}. Got {audience!r}")


def report_address() -> str:
    """Return the web address of the form for reporting a wrong cell, or an empty string."""
    if not REPORT_ADDRESS:
        return ""
    parts = urlsplit(REPORT_ADDRESS)
    if parts.scheme != "https" or not parts.hostname:
        expected = "REPORT_ADDRESS should begin with https:// and a host"
        raise ValueError(f"{expected}. Got {REPORT_ADDRESS!r}")
    # A template of one's own stays; a fragment would swallow the fields that a link adds.
    query = urlencode({"template": REPORT_FORM} | dict(parse_qsl(parts.query)))
    return urlunsplit(parts._replace(query=query, fragment=""))


def report_link(cell: Mapping[Any, Any]) -> str:
    """Return the address that fills in the form for a cell, or an empty string without an address."""
    # The answer of the tables: what an organisation decided is nobody else's to report.
    says = [cell["offering_id"], cell["duty_id"], cell["without_decision"], read_package()["version"]]
    fields = urlencode(dict(zip(REPORT_FIELDS, says, strict=True)))
    return f"{address}&{fields}" if (address := report_address()) else ""
