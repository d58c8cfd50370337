"""Read JSON lists and findings: Resource Explorer, tagging, Security Hub, Inspector, Prowler, ...

They identify resources by ARN or by type, spelled as in the API or as in an export.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import is_full_arn, shorten_arn, split_arn
from srm_data.estate.resources import Resource, describe_provider
from srm_data.estate.states import (
    ACCOUNT,
    ARCHIVED,
    MISSING,
    RECORD_STATE,
    describe_document_state,
    is_missing,
)
from srm_data.estate.values import expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

LISTS = (
    "resources", "resourcetagmappinglist", "resourceidentifiers", "findings", "detail",
)  # fmt: skip
OTHER_LISTS = ("configurationitems", "baseconfigurationitems", "results")
ARNS = ("arn", "resourcearn")
FINDING_KEYS = ("finding_info", "generatorid", "findingarn", "assettype", "checkid", "findinguniqueid")
OTHER_CLOUD = "a resource of another cloud: {}"
NO_RESOURCE = "a finding that names no resource"
KINDS = {"ec2-instance": "AWS::EC2::Instance"}
"""Resource types of Inspector Classic."""


def is_empty_listing(document: Any) -> bool:
    """Return whether the document is empty or lists no resources."""
    if not document:
        return document in ({}, [])
    if not isinstance(document, dict):
        return False
    folded = _fold(document)
    lists = [folded.get(name) for name in (*LISTS, *OTHER_LISTS)]
    return [] in lists and not any(lists)


def is_listing(document: Any) -> bool:
    """Return whether the entries have ARNs, or are findings with resources."""
    entry = next(_list_entries(document), None)
    return isinstance(entry, dict) and bool(_find_resources(entry) or _is_finding(entry))


def read_listing(document: Any, file: object) -> Iterator[Resource]:
    """Yield every resource of every entry, identified by its ARN, or in findings by its id.

    Raises
    ------
    EstateError
        If an entry does not name a resource.
    """
    for number, entry in enumerate(_list_entries(document), start=1):
        place = f"entry {number}"
        entry = _fold(expect_mapping(entry, file, place))

        resources, is_finding = _find_resources(entry), _is_finding(entry)
        if is_finding and not resources:
            yield Resource("(no resource)", place=place, no_service=NO_RESOURCE, key="")
            continue
        if not resources:
            raise EstateError(f"{file}, {place}: names no resource; expected an ARN or a resource type")

        for resource in resources:
            built = _build_resource(_fold(resource), entry, place)
            yield built if is_finding or is_full_arn(built.key or "") else built._replace(key=None)


def _list_entries(document: Any) -> Iterator[Any]:
    if isinstance(document, list):
        for entry in document:
            yield from _list_entries(entry) if _holds_list(entry) else [entry]
    elif _holds_list(document):
        folded = _fold(document)
        for name in LISTS:
            entries = document.get("Resources") if name == "resources" else folded.get(name)
            if name == "detail":
                yield from _list_entries(entries) if _holds_list(entries) else ()
            else:
                yield from entries if isinstance(entries, list) else []
    elif isinstance(document, dict):
        yield document


def _holds_list(document: Any) -> bool:
    """Return whether an object is a list of entries rather than an entry; events use ``detail``."""
    if not isinstance(document, dict):
        return False
    folded = _fold(document)
    if _get(folded, "id", "finding_info") and "detail" not in folded:
        return False
    # In lower case, resources are those of one finding.
    named = [document.get("Resources"), *(folded.get(name) for name in LISTS[1:-1])]
    return any(isinstance(entries, list) for entries in named) or _holds_list(folded.get("detail"))


def _is_finding(entry: dict[str, Any]) -> bool:
    folded = _fold(entry)
    return any(folded.get(name) for name in FINDING_KEYS) or _is_cloudsploit(folded)


def _is_cloudsploit(folded: dict[str, Any]) -> bool:
    return {"plugin", "category", "resource", "status"} <= set(folded)


def _find_resources(entry: dict[str, Any]) -> list[dict[str, Any]]:
    folded = _fold(entry)
    resources = folded.get("resources")
    if isinstance(resources, list):
        return [resource for resource in resources if isinstance(resource, dict)]
    named = folded.get("identifier")
    if isinstance(named, dict) and _get(_fold(named), "resourcearn"):
        return [named]
    if "assetattributes" in folded:  # Inspector Classic
        asset = _fold(folded["assetattributes"])
        return [{"id": asset.get("agentid"), "type": KINDS.get(_read_text(folded, "assettype"), "")}]
    if any(name in folded for name in ("checkid", "resourcearn")) and "resourceid" in folded:
        kind = _read_text(folded, "resourcetype") or _read_text(folded, "servicename")
        return [{"arn": folded.get("resourcearn"), "id": folded["resourceid"], "type": kind}]
    if _is_cloudsploit(folded):
        named = _read_text(folded, "resource")
        return [{"id": named, "type": folded["category"]}] if named not in ("", "N/A") else []
    return [entry] if split_arn(_read_text(folded, *ARNS)).service else []


def _build_resource(resource: dict[str, Any], entry: dict[str, Any], place: str) -> Resource:
    arn = _read_text(resource, *ARNS, "uid", "id")
    kind = _read_text(resource, "resourcetype", "type")
    if not kind or kind == "Other":
        # Prowler's checks begin with the service that they are about.
        check = _read_text(entry, "generatorid").removeprefix("prowler-").partition("_")[0]
        named = _read_text(_fold(resource.get("group")), "name") or _read_text(entry, "servicename")
        kind = named or (check if check.isalnum() else "") or kind or arn

    cloud = _fold(entry.get("cloud"))
    parts = split_arn(arn)
    account = (
        parts.account or _read_text(resource, "owningaccountid")
        or _read_text(_fold(cloud.get("account")), "uid")
        or _read_text(entry, "awsaccountid", "accountid")
    )  # fmt: skip
    region = (
        parts.region
        or _read_text(resource, "region")
        or _read_text(cloud, "region")
        or _read_text(entry, "region")
    )
    settings = _find_settings(resource) or (resource if resource == entry else {})
    return Resource(
        shorten_arn(arn) or read_line(_join_words(kind)),
        settings,
        account=account,
        region=region,
        place=place,
        no_service=_describe_no_service(kind, arn, cloud, entry) or describe_document_state(settings),
        key=arn,
        is_excerpt=True,
    )


def _find_settings(resource: dict[str, Any]) -> dict[str, Any]:
    details = _fold(resource.get("details"))  # of Security Hub and Inspector, by type
    metadata = _fold(resource.get("data")).get("metadata")  # of Prowler
    told = next((one for one in (*details.values(), metadata) if isinstance(one, dict)), {})
    settings = _fold(told)
    is_instance = "awsec2instance" in (*details, _read_text(resource, "type").lower())
    if is_instance and "type" in settings:
        settings["instancetype"] = settings["type"]
    return settings


def _describe_no_service(kind: str, arn: str, cloud: dict[str, Any], entry: dict[str, Any]) -> str:
    provider = (_read_text(cloud, "provider") or _read_text(entry, "provider")).lower() or "aws"
    if provider != "aws":
        return describe_provider(provider, OTHER_CLOUD)
    if kind in ("AwsAccount", "account") or arn.startswith("AWS::::Account:"):
        return ACCOUNT
    if _read_text(entry, RECORD_STATE).lower() == "archived":
        return ARCHIVED
    compliance = _fold(entry.get("compliance"))
    result = (
        _read_text(entry, "status_code")
        or _read_text(compliance, "status")
        or _read_text(entry, "status")
    )
    message = (
        _read_text(entry, "status_detail", "statusextended", "message")
        or _read_text(entry, "description")
        or _read_text(entry, "title")
    )
    check = _read_text(_fold(entry.get("metadata")), "event_code") or _read_text(
        entry, "checkid", "generatorid"
    )
    return MISSING if is_missing(result, message, arn, check) else ""


def _join_words(kind: str) -> str:
    is_upper = kind.startswith("AWS_") and kind.isupper()
    return "".join(word.capitalize() for word in kind.split("_")) if is_upper else kind


def _read_text(node: Any, *names: str) -> str:
    return next((text for name in names if (text := read_scalar(_get(node, name)))), "")


def _fold(node: Any) -> dict[str, Any]:
    """Return an object with keys in lower case, because the API and its exports differ in case."""
    return {str(key).lower(): value for key, value in node.items()} if isinstance(node, dict) else {}


def _get(node: Any, *names: str) -> Any:
    if isinstance(node, dict):
        for name in names:
            if node.get(name):
                return node[name]
    return None
