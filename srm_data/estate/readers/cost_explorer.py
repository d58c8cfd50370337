"""Read Cost Explorer as tables: API responses, and the wide CSV file from its console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate.catalogue import Reading
from srm_data.estate.counting import count_table
from srm_data.estate.files import read_cells
from srm_data.estate.money import find_decimal, read_amount, strip_units
from srm_data.estate.profiles import fold_name
from srm_data.estate.values import expect_list, expect_mapping, read_scalar
from srm_data.exceptions import EstateError

AMOUNTS = {"cost", "costs", "amount", "spend", "charge", "charges", "kosten", "total"}
"""Columns, folded and without period and currency, of a table that is no export of the console."""

RESULTS = "ResultsByTime"
SERVICE = "SERVICE"
GROUPINGS = {"service", "usagetype"}
"""Groupings, folded, that name what is in use."""


def list_groups(document: dict[str, Any], file: object) -> list[dict[str, Any]]:
    """List the groups of a ``GetCostAndUsage`` response as rows, one per group and period."""
    definitions = expect_list(document.get("GroupDefinitions"), file, "GroupDefinitions")
    kinds = [
        read_scalar(group.get("Key")).upper() if group.get("Type") != "TAG" else "a tag"
        for group in definitions
        if isinstance(group, dict)
    ] or [SERVICE]
    rows, is_ungrouped = [], False
    for number, period in enumerate(expect_list(document[RESULTS], file, RESULTS), start=1):
        place = f"period {number}"
        period = expect_mapping(period, file, place)
        groups = expect_list(period.get("Groups"), file, place)
        is_ungrouped |= bool(period.get("Total")) and not groups
        for group in groups:
            keys = expect_list(expect_mapping(group, file, place).get("Keys"), file, place)
            named = dict(zip(kinds, map(read_scalar, keys), strict=False))
            if SERVICE in kinds and not named.get(SERVICE):
                raise EstateError(f"{file}, {place}: a group without a service key")
            metrics = expect_mapping(group.get("Metrics") or {}, file, place).items()
            costs = {name: metric for name, metric in metrics if "cost" in name.lower()}
            amounts = {
                name: read_amount(metric.get("Amount")) if isinstance(metric, dict) else None
                for name, metric in costs.items()
            }
            rows.append(named | amounts)
    if GROUPINGS.isdisjoint(map(fold_name, kinds)) or is_ungrouped:
        raise EstateError(f"{file}: not grouped by service; expected a grouping by SERVICE")
    return rows


def is_wide(header: list[str]) -> bool:
    """Return whether a header is that of the console's export, with a currency after every group."""
    return (
        len(header) > 1
        and fold_name(header[0]) in GROUPINGS
        and all(name.endswith(")") and "(" in name for name in header[1:])
        and AMOUNTS.isdisjoint(strip_units(fold_name(name.partition("(")[0])) for name in header[1:])
    )


def read_wide(path: Path, delimiter: str, skipped: int, reading: Reading) -> pd.DataFrame:
    """Read the console's export, with one column per service and its total in the first row."""
    lines = read_cells(path, delimiter)[skipped:]
    grouping = lines[0][0].strip()
    totals = next((line for line in lines[1:] if line and line[0].endswith("total")), None)
    cells = [totals] if totals else lines[1:]
    services = {
        name.rpartition("(")[0].strip(): [line[number] for line in cells if number < len(line)]
        for number, name in enumerate(lines[0][1:], start=1)
    }
    decimal = find_decimal(amount for amounts in services.values() for amount in amounts)
    costs = [
        sum(read_amount(amount, decimal) or 0.0 for amount in amounts) for amounts in services.values()
    ]
    return count_table(pd.DataFrame({grouping: list(services), "Cost": costs}), str(path), reading)
