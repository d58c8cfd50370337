"""Read the output of Cost Explorer: API responses, and the wide CSV file from its console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate.columns import LINE, PART_OF_LINE
from srm_data.estate.files import read_cells
from srm_data.estate.money import find_decimal, read_amount, strip_units
from srm_data.estate.profiles import fold_name
from srm_data.estate.resources import BY_NAME, Resource, TallyRow, build_tally
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

AMOUNTS = {"cost", "costs", "amount", "spend", "charge", "charges", "kosten", "total"}
"""Columns, folded and without period and currency, of a table that is no export of the console."""

GROUPINGS = {"AZ", "INSTANCE_TYPE", "LINKED_ACCOUNT", "OPERATION", "PURCHASE_TYPE", "REGION",
             "SERVICE", "USAGE_TYPE", "RECORD_TYPE", "LEGAL_ENTITY_NAME", "a tag"}  # fmt: skip
"""Groupings that an error may quote; others may be names chosen by an organisation."""


LINE_GROUPINGS = ("USAGE_TYPE", "OPERATION")
"""Groupings that identify the offering, in the order of the parts of a line."""


def is_cost_explorer(document: Any) -> bool:
    """Return whether the document is a response of the Cost Explorer API."""
    return isinstance(document, dict) and isinstance(document.get("ResultsByTime"), list)


def read_cost_explorer(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield one row per group and period of a ``GetCostAndUsage`` response."""
    periods = [
        expect_mapping(period, file, f"period {number}")
        for number, period in enumerate(document["ResultsByTime"], start=1)
    ]
    kinds = _list_groupings(document, periods, file)
    position = kinds.index("SERVICE")

    for number, period in enumerate(periods, start=1):
        place = f"period {number}"
        for group in expect_list(period.get("Groups"), file, place):
            group = expect_mapping(group, file, place)
            keys = expect_list(group.get("Keys"), file, place)
            if len(keys) <= position or not (name := read_line(keys[position])):
                raise EstateError(f"{file}, {place}: a group without a service key")
            said = {kind: read_line(key) for kind, key in zip(kinds, keys, strict=False)}
            line = [said.get(kind, "") for kind in LINE_GROUPINGS] + [""] * (
                len(LINE) - len(LINE_GROUPINGS)
            )
            costs = _read_costs(group.get("Metrics"))
            yield Resource(
                name,
                place="groups",
                cost=costs[0] if costs else 0.0,
                is_paid=any(costs),
                key="",
                line=PART_OF_LINE.join(line),
            )


def _list_groupings(document: dict[str, Any], periods: list[dict[str, Any]], file: object) -> list[str]:
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
    return kinds


def _read_costs(metrics: Any) -> list[float]:
    if not isinstance(metrics, dict):
        return []
    costs = [metrics[name] for name in metrics if "cost" in name.lower()]
    amounts = [read_scalar(cost.get("Amount")) for cost in costs if isinstance(cost, dict)]
    return [read_amount(amount) or 0.0 for amount in amounts]


def is_wide(header: list[str]) -> bool:
    """Return whether a header belongs to the console's export, with a currency after every service."""
    return (
        len(header) > 1
        and fold_name(header[0]) == "service"
        and all(name.endswith(")") and "(" in name for name in header[1:])
        and AMOUNTS.isdisjoint(strip_units(fold_name(name.partition("(")[0])) for name in header[1:])
    )


def read_wide(path: Path, delimiter: str, skipped: int) -> pd.DataFrame:
    """Read the console's export, with one column per service and its total in the first row."""
    lines = read_cells(path, delimiter)[skipped:]
    totals = next((line for line in lines[1:] if line and line[0].endswith("total")), None)
    cells = [totals] if totals else lines[1:]

    decimal = find_decimal(amount for line in cells for amount in line[1:])
    rows = []
    for number, name in enumerate(lines[0][1:], start=1):
        amounts = [line[number] for line in cells if number < len(line)]
        costs = [read_amount(amount, decimal) or 0.0 for amount in amounts]
        rows.append(
            TallyRow(
                identifier=name.rpartition("(")[0].strip(),
                place=f"{path}, column {number + 1}",
                cost=sum(costs),
                paid=sum(map(bool, costs)),
                counted_by=BY_NAME,
                line=PART_OF_LINE * (len(LINE) - 1),
            )
        )
    return build_tally(rows)
