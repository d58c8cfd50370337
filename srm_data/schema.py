"""The schema of the tables: ``tables/datapackage.json`` describes every column.

It is a Frictionless Data Package (version 2), and is used by the check, the loader and the data
dictionary.
"""

from __future__ import annotations

import json
import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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

LONGEST_ADDRESS = 255  # characters of a text in a formula of Excel

LICENCE = "Data: CC BY 4.0, to be credited to srm_data contributors. Software: Apache License 2.0."


def shipped_tables() -> Traversable:
    """Return the folder of the tables that come with the package."""
    return files("srm_data") / "tables"


def find_folder(folder: StrPath | Traversable | None) -> Traversable:
    """Return the folder of tables as a path; by default the folder of the package."""
    if folder is None:
        return shipped_tables()
    return Path(folder) if isinstance(folder, str | os.PathLike) else folder


def read_package() -> dict[str, Any]:
    """Read ``datapackage.json``, with name, version, licence and one resource per table."""
    text = (shipped_tables() / "datapackage.json").read_text(encoding="utf-8")
    package: dict[str, Any] = json.loads(text)
    return package


def workbook_name() -> str:
    """Return the file name of the catalogue workbook of this data version."""
    return f"srm-matrix-{read_package()['version']}.xlsx"


def page_name() -> str:
    """Return the file name of the page of the whole catalogue of this data version."""
    return f"srm-page-{read_package()['version']}.html"


def check_audience(audience: str) -> None:
    """Raise an error unless the audience is one of the two.

    Raises
    ------
    ValueError
        If it is neither of the two; the message names them.
    """
    if audience not in get_args(Audience):
        raise ValueError(f"audience should be one of {[*get_args(Audience)]}. Got {audience!r}")


def name_scope(model: pd.DataFrame, tables: Tables) -> str:
    """Describe in words whether a model covers the whole catalogue or only chosen offerings."""
    is_whole = set(tables["offerings"]["offering_id"]) <= set(model["offering_id"])
    return WHOLE_CATALOGUE if is_whole else CHOSEN


def report_address() -> str:
    """Return the web address of the form for reporting a wrong cell, or an empty string.

    Raises
    ------
    ValueError
        If ``REPORT_ADDRESS`` is not a web address, or is too long for a string in an Excel formula.
    """
    if not REPORT_ADDRESS:
        return ""
    parts = urlsplit(REPORT_ADDRESS)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(
            f"REPORT_ADDRESS should begin with https:// and a host. Got {REPORT_ADDRESS!r}"
        )
    query = urlencode({"template": REPORT_FORM} | dict(parse_qsl(parts.query)))
    address = urlunsplit(parts._replace(query=query, fragment=""))
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"REPORT_ADDRESS should be shorter. Got {REPORT_ADDRESS!r}")
    return address


def list_report_fields(model: pd.DataFrame) -> list[str]:
    """Return the query string that fills in the report form, for each cell.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it. Links give the answer of the tables
        and never an organisation's decision.

    Returns
    -------
    list of str
        One string per row, such as ``"&offering=sqs&duty=backup&says=Customer&version=2026.11.1"``.
    """
    version = read_package()["version"]
    cells = zip(model["offering_id"], model["duty_id"], model["without_decision"], strict=True)
    return [f"&{urlencode(dict(zip(REPORT_FIELDS, (*cell, version), strict=True)))}" for cell in cells]


def read_schemas() -> dict[str, dict[str, Any]]:
    """Return the Table Schema of every table, keyed by table name in alphabetical order.

    Examples
    --------
    >>> schema = read_schemas()["layers"]
    >>> [field["name"] for field in schema["fields"]]
    ['layer_id', 'layer', 'position', 'side', 'description']
    """
    return {resource["name"]: resource["schema"] for resource in read_package()["resources"]}


def read_decision_schema() -> dict[str, Any]:
    """Return the Table Schema of decisions files, which belong to an organisation."""
    return _read_schema("decisions")


def read_remark_schema() -> dict[str, Any]:
    """Return the Table Schema of remarks files, which belong to an organisation."""
    return _read_schema("remarks")


def read_owner_schema() -> dict[str, Any]:
    """Return the Table Schema of owners files, which belong to an organisation."""
    return _read_schema("owners")


def read_correction_schema() -> dict[str, Any]:
    """Return the Table Schema of corrections files, which belong to an organisation."""
    return _read_schema("corrections")


def read_cell_status_schema() -> dict[str, Any]:
    """Return the Table Schema of cell status files, which belong to an organisation."""
    return _read_schema("cell_status")


def read_sign_off_schema() -> dict[str, Any]:
    """Return the Table Schema of sign-off files, which belong to an organisation."""
    return _read_schema("sign_off")


def read_register_schema() -> dict[str, Any]:
    """Return the Table Schema of a register, which belongs to an organisation."""
    return _read_schema("register")


def _read_schema(name: str) -> dict[str, Any]:
    path = shipped_tables() / f"{name}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
