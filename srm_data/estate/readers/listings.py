"""Read JSON listings: Resource Explorer, tagging, Resource Groups, Security Hub, Prowler.

They name resources by ARN or by type. A resource counts once per finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import shorten_arn, split_arn
from srm_data.estate.resources import (
    Resource,
    describe_provider,
    expect_mapping,
    read_line,
    read_scalar,
)
from srm_data.exceptions import EstateError

LISTS = ("Resources", "ResourceTagMappingList", "ResourceIdentifiers", "Findings")
OTHER_LISTS = ("configurationItems", "baseConfigurationItems", "Results", "resourceIdentifiers")
ARNS = ("Arn", "ResourceARN", "ResourceArn", "arn")
OTHER_CLOUD = "a resource of another cloud: {}"


def is_empty_listing(document: Any) -> bool:
    """Return whether the document is empty or lists no resources."""
    if not document:
        return document in ({}, [])
    lists = (
        [document.get(name) for name in (*LISTS, *OTHER_LISTS)] if isinstance(document, dict) else []
    )
    return [] in lists and not any(lists)


def is_listing(document: Any) -> bool:
    """Return whether the entries have an ARN, or are findings with resources."""
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
            yield _build_resource(resource, entry, cloud, provider, place)


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
    """Return whether the entry is a finding in OCSF or in Security Hub's own format."""
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


def _build_resource(
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
    other = "" if provider == "aws" else describe_provider(provider, OTHER_CLOUD)
    return Resource(
        shorten_arn(arn) or read_line(kind),
        account=account,
        region=region,
        place=place,
        no_service=other,
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
