"""Read what Cost Explorer gives out: answers of its API, and the wide CSV file of its console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate.columns import fold_name
from srm_data.estate.files import read_cells
from srm_data.estate.resources import (
    Resource,
    TallyRow,
    build_tally,
    expect_list,
    expect_mapping,
    read_line,
    read_scalar,
)
from srm_data.exceptions import EstateError

GROUPINGS = {"AZ", "INSTANCE_TYPE", "LINKED_ACCOUNT", "OPERATION", "PURCHASE_TYPE", "REGION",
             "SERVICE", "USAGE_TYPE", "RECORD_TYPE", "LEGAL_ENTITY_NAME", "a tag"}  # fmt: skip
"""Groupings that an error may quote; others may be names that an organisation chose."""


def is_cost_explorer(document: Any) -> bool:
    """Return whether the document is an answer of Cost Explorer's API."""
    return isinstance(document, dict) and isinstance(document.get("ResultsByTime"), list)


def read_cost_explorer(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield one row per group and period of an answer of ``GetCostAndUsage``.

    Raises
    ------
    EstateError
        If it is not grouped by service.
    """
    periods = [
        expect_mapping(period, file, f"period {number}")
        for number, period in enumerate(document["ResultsByTime"], start=1)
    ]
    position = _find_service(document, periods, file)

    for number, period in enumerate(periods, start=1):
        place = f"period {number}"
        for group in expect_list(period.get("Groups"), file, place):
            group = expect_mapping(group, file, place)
            keys = expect_list(group.get("Keys"), file, place)
            if len(keys) <= position or not (name := read_line(keys[position])):
                raise EstateError(f"{file}, {place}: a group without the key of its service")
            yield Resource(name, place="groups", cost=_read_cost(group.get("Metrics")), key="")


def _find_service(document: dict[str, Any], periods: list[dict[str, Any]], file: object) -> int:
    """Return the position of the service among the keys of a group."""
    definitions = expect_list(document.get("GroupDefinitions"), file, "GroupDefinitions")
    kinds = [
        read_scalar(group.get("Key")).upper() if group.get("Type") != "TAG" else "a tag"
        for group in definitions
        if isinstance(group, dict)
    ] or ["SERVICE"]

    is_ungrouped = any(period.get("Total") and not period.get("Groups") for period in periods)
    if "SERVICE" not in kinds or is_ungrouped:
        by = ", ".join(kind if kind in GROUPINGS else "another" for kind in kinds)
        by = "nothing" if is_ungrouped else by
        raise EstateError(f"{file}: grouped by {by}; expected a grouping by SERVICE")
    return kinds.index("SERVICE")


def _read_cost(metrics: Any) -> float:
    """Return the amount of the first metric that is a cost."""
    for name, metric in metrics.items() if isinstance(metrics, dict) else ():
        if str(name).endswith("Cost"):
            amount = metric.get("Amount") if isinstance(metric, dict) else None
            return _read_number(read_scalar(amount))
    return 0.0


def is_wide(header: list[str]) -> bool:
    """Return whether this is the header of the console's export: a currency beside every service."""
    return (
        len(header) > 1
        and fold_name(header[0]) == "service"
        and all(name.endswith(")") and "(" in name for name in header[1:])
    )


def read_wide(path: Path, delimiter: str, skipped: int) -> pd.DataFrame:
    """Read the console's export: one column per service, its total in the first row."""
    lines = read_cells(path, delimiter)[skipped:]
    totals = next((line for line in lines[1:] if line and line[0].endswith("total")), None)
    cells = [totals] if totals else lines[1:]

    rows = []
    for number, name in enumerate(lines[0][1:], start=1):
        amounts = [line[number] for line in cells if number < len(line)]
        rows.append(
            TallyRow(
                identifier=name.rpartition("(")[0].strip(),
                place=f"{path}, column {number + 1}",
                cost=sum(_read_number(amount.replace(",", "")) for amount in amounts),
            )
        )
    return build_tally(rows)


def _read_number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
