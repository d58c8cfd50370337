"""Read JSON exports of the AWS Pricing Calculator, which list planned services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.columns import LINE, PART_OF_LINE
from srm_data.estate.money import read_amount
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar

DEEPEST = 20


def is_estimate(document: Any) -> bool:
    """Return whether the document is an estimate of the Pricing Calculator."""
    return isinstance(document, dict) and isinstance(document.get("Groups"), dict)


def read_estimate(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield one row per service of an estimate, including nested groups.

    Raises
    ------
    EstateError
        If a group or a service is not an object.
    """
    yield from _read_group(document["Groups"], file, "Groups", 0)


def _read_group(group: dict[str, Any], file: object, place: str, depth: int) -> Iterator[Resource]:
    for number, entry in enumerate(expect_list(group.get("Services"), file, place), start=1):
        service = expect_mapping(entry, file, f"{place}, service {number}")
        cost = service.get("Service Cost")
        monthly = cost.get("monthly") if isinstance(cost, dict) else None
        yield Resource(
            read_line(service.get("Service Name")).strip(),
            place=f"service {number}",
            cost=read_amount(read_scalar(monthly)),
            key="",
            line=PART_OF_LINE * (len(LINE) - 1),
        )
    for name, inner in group.items():
        if name != "Services" and isinstance(inner, dict) and depth < DEEPEST:
            yield from _read_group(inner, file, "a group", depth + 1)
