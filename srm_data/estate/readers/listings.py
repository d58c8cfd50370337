"""Read JSON listings: Resource Explorer, tagging, groups, findings, Cost Explorer.

All but the last name resources by ARN or by type; findings name a resource once a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from srm_data.estate.arns import shorten_arn, split_arn
from srm_data.estate.resources import (
    Resource,
    expect_list,
    expect_mapping,
    make_tally,
    name_provider,
    read_line,
    read_scalar,
)
from srm_data.exceptions import EstateError

LISTS = ("Resources", "ResourceTagMappingList", "ResourceIdentifiers", "Findings")
OTHER_LISTS = ("configurationItems", "baseConfigurationItems", "Results", "resourceIdentifiers")
ARNS = ("Arn", "ResourceARN", "ResourceArn", "arn")
GROUPINGS = {"AZ", "INSTANCE_TYPE", "LINKED_ACCOUNT", "OPERATION", "PURCHASE_TYPE", "REGION",
             "SERVICE", "USAGE_TYPE", "RECORD_TYPE", "LEGAL_ENTITY_NAME", "a tag"}  # fmt: skip
OTHER_CLOUD = "a resource of another cloud: {}"


def lists_nothing(document: Any) -> bool:
    """Tell an answer without entries, or an empty document."""
    if not document:
        return document in ({}, [])
    lists = (
        [document.get(name) for name in (*LISTS, *OTHER_LISTS)] if isinstance(document, dict) else []
    )
    return [] in lists and not any(lists)


def is_listing(document: Any) -> bool:
    """Tell a listing: its entries have an ARN, or are findings with resources."""
    entry = next(_list_entries(document), None)
    return isinstance(entry, dict) and bool(_find_resources(entry) or _is_finding(entry))


def read_listing(document: Any, file: object) -> Iterator[Resource]:
    """Yield every resource of every entry.

    Raises
    ------
    EstateError
        If an entry names no resource.
    """
    for number, entry in enumerate(_list_entries(document), start=1):
        place = f"entry {number}"
        entry = expect_mapping(entry, file, place)
        resources = _find_resources(entry)
        if _is_finding(entry) and not resources:
            yield Resource("(no resource)", place=place, no_service="a finding that names no resource")
            continue
        if not resources:
            raise EstateError(f"{file}, {place}: names no resource; expected an ARN or a resource type")
        cloud: dict[str, Any] = _get(entry, "cloud") or {}
        cloud = cloud if isinstance(cloud, dict) else {}
        provider = read_scalar(cloud.get("provider")).lower() or "aws"
        for resource in resources:
            yield _make_resource(resource, entry, cloud, provider, place)


def _list_entries(document: Any) -> Iterator[Any]:
    if isinstance(document, list):
        for entry in document:
            yield from _list_entries(entry) if _holds_list(entry) else [entry]
    elif _holds_list(document):
        for name in LISTS:
            entries = document.get(name)
            yield from entries if isinstance(entries, list) else []
    elif isinstance(document, dict):
        yield document


def _holds_list(document: Any) -> bool:
    return isinstance(document, dict) and any(
        isinstance(document.get(name), list) and not _get(document, "Id", "finding_info")
        for name in LISTS
    )


def _is_finding(entry: dict[str, Any]) -> bool:
    """Tell a finding of OCSF or of Security Hub's own format."""
    return bool(_get(entry, "finding_info", "GeneratorId"))


def _find_resources(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the resources of a finding, or the entry itself if it names one."""
    resources = _get(entry, "resources", "Resources")
    if isinstance(resources, list):
        return [resource for resource in resources if isinstance(resource, dict)]
    named = _get(entry, "Identifier")
    if isinstance(named, dict) and _get(named, "ResourceArn"):
        return [named]
    return [entry] if split_arn(_read_text(entry, *ARNS)).service else []


def _make_resource(
    resource: dict[str, Any], entry: dict[str, Any], cloud: dict[str, Any], provider: str, place: str
) -> Resource:
    arn = _read_text(resource, *ARNS, "uid", "Id")
    kind = _read_text(resource, "ResourceType", "Type", "type")
    if not kind or kind == "Other":
        kind = _read_text(resource.get("group"), "name") or kind or arn
    parts = split_arn(arn)
    account = (
        parts.account or _read_text(resource, "OwningAccountId")
        or _read_text(cloud.get("account"), "uid") or _read_text(entry, "AwsAccountId")
    )  # fmt: skip
    region = parts.region or _read_text(resource, "Region", "region") or _read_text(cloud, "region")
    other = "" if provider == "aws" else name_provider(provider, OTHER_CLOUD)
    return Resource(
        shorten_arn(arn) or read_line(kind), {}, {}, account, region, place=place, no_service=other
    )


def _read_text(node: Any, *names: str) -> str:
    """Return the first of these keys that holds text or a number."""
    return next((text for name in names if (text := read_scalar(_get(node, name)))), "")


def _get(node: Any, *names: str) -> Any:
    if isinstance(node, dict):
        for name in names:
            if node.get(name):
                return node[name]
    return None


def is_cost_explorer(document: Any) -> bool:
    """Tell an answer of Cost Explorer's API."""
    return isinstance(document, dict) and isinstance(document.get("ResultsByTime"), list)


def read_cost_explorer(document: dict[str, Any], file: object) -> pd.DataFrame:
    """Read an answer of ``GetCostAndUsage`` grouped by service: a row a group and period.

    Raises
    ------
    EstateError
        If it is not grouped by service.
    """
    definitions = expect_list(document.get("GroupDefinitions"), file, "GroupDefinitions")
    groupings = [group for group in definitions if isinstance(group, dict)]
    kinds = [
        read_scalar(group.get("Key")).upper() if group.get("Type") != "TAG" else "a tag"
        for group in groupings
    ] or ["SERVICE"]
    periods = [
        expect_mapping(period, file, f"period {number}")
        for number, period in enumerate(document["ResultsByTime"], start=1)
    ]
    ungrouped = any(period.get("Total") and not period.get("Groups") for period in periods)
    if "SERVICE" not in kinds or ungrouped:
        by = "nothing" if ungrouped else ", ".join(k if k in GROUPINGS else "another" for k in kinds)
        raise EstateError(f"{file}: grouped by {by}; expected a grouping by SERVICE")
    at = kinds.index("SERVICE")
    counts: dict[str, int] = {}
    costs: dict[str, float] = {}
    for number, period in enumerate(periods, start=1):
        place = f"period {number}"
        for group in expect_list(period.get("Groups"), file, place):
            keys = expect_list(expect_mapping(group, file, place).get("Keys"), file, place)
            if len(keys) <= at or not (name := read_line(keys[at])):
                raise EstateError(f"{file}, {place}: a group without the key of its service")
            counts[name] = counts.get(name, 0) + 1
            costs[name] = costs.get(name, 0.0) + _read_cost(group.get("Metrics"))
    return make_tally(
        [
            (name, "", "", "", "", "", "", f"{file}, groups", count, costs[name])
            for name, count in counts.items()
        ]
    )


def _read_cost(metrics: Any) -> float:
    """Return the amount of the first metric that is a cost."""
    for name, metric in metrics.items() if isinstance(metrics, dict) else ():
        if str(name).endswith("Cost"):
            try:
                return float(read_scalar(_get(metric, "Amount")) or 0)
            except ValueError:
                return 0.0
    return 0.0
