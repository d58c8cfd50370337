"""Read ``infracost breakdown --format json``: what Terraform declares, and what it would cost.

Resources without a price, such as roles, are only counted by type there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.addresses import ADDRESS, describe_other_provider
from srm_data.estate.money import read_amount
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

DECLARED = " (declared)"
UNPRICED = "noPriceResourceCounts", "unsupportedResourceCounts"
NO_TYPE = "an entry that names no type of a resource"


def is_infracost(document: Any) -> bool:
    """Return whether the document lists projects with a breakdown of their cost."""
    projects = document.get("projects") if isinstance(document, dict) else None
    if not isinstance(projects, list) or "currency" not in document:
        return False
    return all(isinstance(one, dict) and "breakdown" in one for one in projects)


def read_infracost(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of every project, and those without a price as often as they are counted.

    Raises
    ------
    EstateError
        If a project, a resource or a count is of another form.
    """
    for number, project in enumerate(document["projects"], start=1):
        place = f"project {number}"
        breakdown = expect_mapping(project["breakdown"] or {}, file, place)
        free = expect_list(breakdown.get("freeResources"), file, place)

        for entry in [*expect_list(breakdown.get("resources"), file, place), *free]:
            yield _build_resource(expect_mapping(entry, file, place))

        # Free resources are listed, or only counted by type.
        summary = expect_mapping(project.get("summary") or {}, file, place)
        for name in UNPRICED[1:] if free else UNPRICED:
            counts = expect_mapping(summary.get(name) or {}, file, f"{place}, {name}")
            for kind, count in counts.items():
                if not isinstance(count, int) or count < 0:
                    raise EstateError(f"{file}, {place}, {name}: no whole number")
                if count:
                    yield _build_kind(read_line(kind), f"{place}, {name}", count)


def _build_resource(entry: dict[str, Any]) -> Resource:
    address = ADDRESS.fullmatch(read_line(entry.get("name")))
    kind = read_line(entry.get("resourceType")) or (address["type"] if address else "")
    monthly = read_amount(read_scalar(entry.get("monthlyCost")))
    named = f"{address[0]}{DECLARED}" if address else f"{kind or 'a resource'}{DECLARED}"
    return _build_kind(kind, named, 1)._replace(cost=monthly or None)  # 0 without an estimate of usage


def _build_kind(kind: str, place: str, times: int) -> Resource:
    if "_" not in kind:
        return Resource("(no type)", place=place, times=times, no_service=NO_TYPE)
    other = describe_other_provider(kind)
    return Resource(kind, place=place, times=times, no_service=other, is_partial=True)
