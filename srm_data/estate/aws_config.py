"""Read what AWS Config gives out: snapshots, history, single items, query results, counts.

Lists of Resource Groups are alike and read here too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import split_arn
from srm_data.estate.opening import EstateError
from srm_data.estate.tally import Resource, expect_mapping

LISTS = (
    "configurationitems",
    "baseconfigurationitems",
    "resourceidentifiers",
    "results",
    "resourcecounts",
)
DELETED = "deleted, by the record of AWS Config"
EARLIER = "an earlier or repeated record of a resource that is counted once"


def is_config(document: Any) -> bool:
    """Tell AWS Config's output by its items, which have a resource type."""
    item = next(_list_items(document), None)
    return isinstance(item, dict) and "resourcetype" in {key.lower() for key in item}


def read_config(document: Any, file: object) -> Iterator[Resource]:
    """Yield every item. Of a resource with several records one counts, the others are set apart.

    Raises
    ------
    EstateError
        If an item has no resource type.
    """
    seen: set[int] = set()
    for number, item in enumerate(_list_items(document), start=1):
        place = f"item {number}"
        item = {key.lower(): value for key, value in expect_mapping(item, file, place).items()}
        kind = item.get("resourcetype")
        if not isinstance(kind, str) or not kind:
            raise EstateError(f"{file}, {place}: no resourceType; expected one such as AWS::S3::Bucket")
        arn = str(item.get("arn") or item.get("resourcearn") or "")
        parts = split_arn(arn)
        account = str(item.get("accountid") or item.get("sourceaccountid") or parts.account)
        region = str(item.get("awsregion") or item.get("sourceregion") or parts.region)
        name = str(item.get("resourceid") or arn)
        yield Resource(
            kind,
            _read_settings(item.get("configuration")),
            {},
            account,
            region,
            place=place,
            no_service=_set_apart(item, hash((kind, name, account, region)) if name else None, seen),
            times=_read_count(item, file, place),
        )


def _list_items(document: Any) -> Iterator[Any]:
    """Yield the items of every form: a list, an object that holds one, a single item, lines of text."""
    if isinstance(document, dict):
        lists = [value for key, value in document.items() if key.lower() in LISTS]
        if not lists and any(key.lower() == "resourcetype" for key in document):
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
            elif isinstance(item, dict) and any(key.lower() in LISTS for key in item):
                yield from _list_items(item)
            else:
                yield item


def _read_settings(configuration: Any) -> dict[str, Any]:
    """Return the configuration, which older files hold as JSON in a string."""
    if isinstance(configuration, str):
        try:
            configuration = json.loads(configuration)
        except (ValueError, RecursionError):
            return {}
    return configuration if isinstance(configuration, dict) else {}


def _set_apart(item: dict[str, Any], key: int | None, seen: set[int]) -> str:
    if str(item.get("configurationitemstatus", "")).lower().startswith("resourcedeleted"):
        return DELETED
    if key is None:
        return ""
    if key in seen:
        return EARLIER
    seen.add(key)
    return ""


def _read_count(item: dict[str, Any], file: object, place: str) -> int:
    count = item.get("count", 1)
    if isinstance(count, int) and count >= 0:
        return count
    raise EstateError(f"{file}, {place}: count {str(count)[:20]!r}; expected a whole number")
