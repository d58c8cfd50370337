"""Print cells for programs: CSV, JSON with a schema, and Markdown."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

from srm_data.schema import read_package

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.load import Tables

COLUMNS = [
    "service", "offering", "offering_id", "category", "layer", "duty", "duty_id", "responsibility",
    "customer_action", "customer_part", "aws_part", "note", "basis", "scope", "performed_by",
]  # fmt: skip
IN_MARKDOWN = {
    "offering": "Offering",
    "duty": "Duty",
    "responsibility": "Responsible",
    "customer_action": "Customer action",
    "customer_part": "Customer's part",
    "aws_part": "AWS's part",
    "basis": "Basis",
}
PAGE = ["title", "url", "edition", "accessed"]
SCHEMA = "cells.schema.json"
"""File beside this one with the JSON schema for the output of ``--format json``."""


def print_cells(
    cells: pd.DataFrame, form: str, tables: Tables, *, asked: str, understood: str = ""
) -> None:
    """Print cells as CSV, JSON or Markdown.

    Parameters
    ----------
    cells
        Rows of a model, with or without ``owner``.
    form
        ``"csv"``, ``"json"`` or ``"md"``.
    tables
        Frames from :func:`~srm_data.load_tables`.
    asked, understood
        The question, and how it was understood.
    """
    records = _list_records(cells, tables)
    if form == "json":
        version = read_package()["version"]
        answer = {"version": version, "asked": asked, "understood": understood, "cells": records}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif form == "csv":
        for record in records:
            record["sources"] = " ".join(page["url"] for page in record["sources"] if page["url"])
        names = list(records[0]) if records else [*COLUMNS, "sources"]
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        _print_markdown(records)


def _list_records(cells: pd.DataFrame, tables: Tables) -> list[dict[str, Any]]:
    """Return cells as plain values, each with its sources."""
    pages = tables["sources"].set_index("source_id")[PAGE]
    columns = [*COLUMNS, "owner"] if "owner" in cells else COLUMNS
    records = cells[columns].astype(object).fillna("").astype(str).to_dict("records")
    named = [ids.split("; ") for ids in cells["source_ids"]]
    return [
        {
            **{str(name): value for name, value in record.items()},
            "sources": pages.loc[ids].to_dict("records"),
        }
        for record, ids in zip(records, named, strict=True)
    ]


def _print_markdown(records: list[dict[str, Any]]) -> None:
    headings = {**IN_MARKDOWN, "owner": "Owner"} if records and "owner" in records[0] else IN_MARKDOWN
    print(f"| {' | '.join([*headings.values(), 'Source'])} |")
    print(f"|{'---|' * (len(headings) + 1)}")
    for record in records:
        pages = ", ".join(
            f"[{_escape(page['title'])}]({page['url']})" for page in record["sources"] if page["url"]
        )
        print(f"| {' | '.join([*(_escape(record[name]) for name in headings), pages])} |")


def _escape(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())
