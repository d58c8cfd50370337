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
from typing import TYPE_CHECKING, Any

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


def _read_schema(name: str) -> dict[str, Any]:
    path = shipped_tables() / f"{name}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
