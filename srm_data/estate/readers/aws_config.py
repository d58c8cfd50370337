"""Read the output of AWS Config: snapshots, history, single items, query results and counts.

Lists of Resource Groups have the same format and are also read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import is_full_arn, split_arn
from srm_data.estate.resources import MOST_RESOURCES, Resource
from srm_data.estate.settings import put_setting
from srm_data.estate.states import describe_document_state
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

LISTS = (
    "configurationitems",
    "baseconfigurationitems",
    "resourceidentifiers",
    "results",
    "resourcecounts",
    "groupedresourcecounts",
    "stackresourcesummaries",
    "stackresources",
)
COUNTS = ("count", "resourcecount")
DELETED = "deleted, by the record of AWS Config"
DELETED_FROM_STACK = "deleted, by the status of its stack"
EARLIER = "an earlier or repeated record of a resource that is counted once"


def is_config(document: Any) -> bool:
    """Return whether the items have a resource type; a single item needs one in AWS's format."""
    item = next(_list_items(document), None)
    if not isinstance(item, dict) or "resourcetype" not in (folded := _fold_keys(item)):
        return False
    if "checkid" in folded:  # a finding of Prowler
        return False
    return item is not document or "::" in read_scalar(folded["resourcetype"])


def read_config(document: Any, file: object) -> Iterator[Resource]:
    """Yield every item. Only the latest of several records of a resource counts as a service.

    Raises
    ------
    EstateError
        If an item has no resource type.
    """
    latest = _find_latest(document)
    for number, item in enumerate(_list_items(document), start=1):
        place = f"item {number}"
        item = _fold_keys(expect_mapping(item, file, place))

        kind = item.get("resourcetype")
        if not isinstance(kind, str) or not read_line(kind):
            raise EstateError(f"{file}, {place}: no resourceType; expected one such as AWS::S3::Bucket")

        arn = _read_arn(item)
        parts = split_arn(arn)
        key = _identify(item)
        settings = _read_settings(item)
        is_earlier = key in latest and latest[key][1] != number
        yield Resource(
            kind,
            settings,
            account=_read_account(item) or parts.account,
            region=read_scalar(item.get("awsregion") or item.get("sourceregion")) or parts.region,
            place=place,
            no_service=EARLIER if is_earlier else _describe_deleted(item, settings),
            times=_read_count(item, file, place),
            key=arn if is_full_arn(arn) else None,
            arn=read_scalar(item.get("physicalresourceid")),  # of a stack
            # A query tells only what it selects; a record tells all settings.
            is_partial=not settings or "configurationitemcapturetime" not in item,
        )


def _find_latest(document: Any) -> dict[tuple[str, ...], tuple[str, int]]:
    """Find the latest record of every resource, or the first listed if there are several."""
    latest: dict[tuple[str, ...], tuple[str, int]] = {}
    for number, item in enumerate(_list_items(document), start=1):
        if isinstance(item, dict) and (key := _identify(item := _fold_keys(item))):
            captured = read_scalar(item.get("configurationitemcapturetime"))
            if key not in latest or captured > latest[key][0]:
                latest[key] = captured, number
    return latest


def _fold_keys(item: dict[str, Any]) -> dict[str, Any]:
    folded = {str(key).lower(): value for key, value in item.items()}
    if "::" in read_scalar(folded.get("groupname")) and "resourcetype" not in folded:
        folded["resourcetype"] = folded["groupname"]
    return folded


def _read_account(item: dict[str, Any]) -> str:
    names = ("accountid", "awsaccountid", "sourceaccountid")
    return next((read_scalar(item[name]) for name in names if item.get(name)), "")


def _read_arn(item: dict[str, Any]) -> str:
    return read_scalar(item.get("arn") or item.get("resourcearn"))


def _identify(item: dict[str, Any]) -> tuple[str, ...]:
    name = read_scalar(item.get("resourceid")) or _read_arn(item)
    where = ("resourcetype", "awsregion", "sourceregion")
    return (name, _read_account(item), *(read_scalar(item.get(part)) for part in where)) if name else ()


def _describe_deleted(item: dict[str, Any], settings: dict[str, Any]) -> str:
    if read_scalar(item.get("configurationitemstatus")).lower().startswith("resourcedeleted"):
        return DELETED
    is_gone = read_scalar(item.get("resourcestatus")) == "DELETE_COMPLETE"
    return DELETED_FROM_STACK if is_gone else describe_document_state(settings)


def _list_items(document: Any) -> Iterator[Any]:
    """Yield the items in a list, an object with lists, a single item, or items stored as JSON text."""
    if isinstance(document, dict):
        lists = [value for key, value in document.items() if str(key).lower() in LISTS]
        if not lists and any(str(key).lower() == "resourcetype" for key in document):
            yield document
        for items in lists:
            yield from _list_items(items)

    elif isinstance(document, list):
        for item in document:
            if isinstance(item, str):  # advanced queries answer with JSON in strings
                try:
                    yield json.loads(item)
                except (ValueError, RecursionError):
                    yield item
            elif isinstance(item, dict) and any(str(key).lower() in LISTS for key in item):
                yield from _list_items(item)
            else:
                yield item


def _read_settings(item: dict[str, Any]) -> dict[str, Any]:
    configuration = item.get("configuration")
    if isinstance(configuration, str):
        try:
            configuration = json.loads(configuration)
        except (ValueError, RecursionError):
            return {}
    settings = dict(configuration) if isinstance(configuration, dict) else {}
    for key, value in item.items():
        first, *path = key.split(".")
        if first == "configuration" and path:
            put_setting(settings, path, value)
    return settings


def _read_count(item: dict[str, Any], file: object, place: str) -> int:
    """Return the number of resources in an item: ``count``, or ``COUNT(*)`` of a query."""
    counts = [value for key, value in item.items() if key in COUNTS or key.startswith("count(")]
    count = counts[0] if counts else 1
    if isinstance(count, int) and 0 <= count <= MOST_RESOURCES:
        return count
    what = "no count that a file can hold" if isinstance(count, int) else type(count).__name__
    raise EstateError(f"{file}, {place}: the count is {what}; expected a whole number")
