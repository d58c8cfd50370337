"""Read the output of ``aws <service> describe-*`` and ``list-*``, recognised by its top-level keys.

The table ``cli_answers`` has the keys that list resources, and what their entries are. A resource is
identified by its ARN if it has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from srm_data.estate.arns import is_full_arn, shorten_arn, split_arn
from srm_data.estate.resources import Resource
from srm_data.estate.states import DELETED, describe_document_state, list_states
from srm_data.estate.values import expect_mapping, read_scalar
from srm_data.exceptions import EstateError
from srm_data.load import read_table

SHORT = {
    "CertificateManager": "ACM", "ElasticLoadBalancing": "ELB", "ElasticLoadBalancingV2": "ELB",
    "ApiGatewayV2": "ApiGateway", "OpenSearchService": "OpenSearch", "WAFv2": "WAF",
}  # fmt: skip
"""Names of services in errors, where they differ from those of CloudFormation."""

NAMING = {"service", "servicename", "resourcetype"}
"""Keys, folded, of the entries of a table of other people's."""

ARNS = ("Arn", "ARN", "arn", "DBInstanceArn", "DBClusterArn", "FunctionArn", "LoadBalancerArn",
        "TopicArn", "serviceArn", "taskArn", "ProtectionArn", "ReplicationInstanceArn",
        "ReplicationConfigArn", "DBSnapshotArn", "DBClusterSnapshotArn", "fargateProfileArn",
        "nodegroupArn", "clusterArn", "repositoryArn", "stateMachineArn", "TargetGroupArn",
        "TableArn", "CertificateArn", "ClusterArn", "TrailARN", "KeyArn", "FileSystemArn")  # fmt: skip
WHOLE = {"FileSystems"}
"""Keys of answers that tell all settings of a resource, so that a missing one is not set."""

PAGING = {"NextToken", "nextToken", "Marker", "IsTruncated", "Owner", "ResponseMetadata"}
GONE_FROM_ECS = {"inactive", "stopped", "deprovisioning"}
"""States of ECS in which nothing is left, beside those of all services."""

NOT_READ = "a list of the AWS CLI that is not read"
QUOTABLE = re.compile(r"[A-Za-z]{1,40}")


class Answer(NamedTuple):
    """What the entries of a key are: objects with the keys of a shape, or names."""

    resource: str
    shape: frozenset[str]
    service: str
    form: str


@lru_cache
def _load_answers() -> dict[str, list[Answer]]:
    answers: dict[str, list[Answer]] = {}
    for row in read_table("cli_answers").to_dict("records"):
        answer = Answer(row["resource"], frozenset(row["shape"].split()), row["service"], row["form"])
        answers.setdefault(row["key"], []).append(answer)
    return answers


def is_answer(document: Any) -> bool:
    """Return whether the document, or each of the first in a list, lists resources, or none."""
    if isinstance(document, list):
        first = document[:10]
        return bool(first) and (all(map(is_answer, first)) or _is_query(document))
    return bool(_list_keys(document))


def describe_answers(document: Any) -> str:
    """Describe which answers are read if a document looks like another one; else return empty text.

    Examples
    --------
    >>> describe_answers({"Fleets": [{"FleetId": "f"}]})[:43]
    '; of the AWS CLI, the usual answers about A'
    """
    keys = set(document) - PAGING if isinstance(document, dict) else set()
    if len(keys) != 1 or not isinstance(document[next(iter(keys))], list | dict):
        return ""
    types = [answer.resource for answers in _load_answers().values() for answer in answers]
    kinds = {kind.split("::")[1] for kind in types if "::" in kind}
    services = {SHORT.get(kind, kind) for kind in kinds} | {"DirectoryService"}
    return (
        f"; of the AWS CLI, the usual answers about {', '.join(sorted(services))} are read, while "
        "AWS Config, Resource Explorer and the tagging API list the resources of all services"
    )


def _is_query(document: list[Any]) -> bool:
    """Return whether all entries of a list, or list of lists, are of one kind of answer."""
    entries = _flatten(document)
    is_table = any(
        str(name).replace("_", "").lower() in NAMING
        for entry in entries
        for name in (entry if isinstance(entry, dict) else ())
    )
    kinds = {_find_answer("", entry) for entry in entries}
    return not is_table and len(kinds) == 1 and None not in kinds


def _flatten(document: list[Any]) -> list[Any]:
    is_nested = bool(document) and all(isinstance(entry, list) for entry in document)
    return [one for entries in document for one in entries] if is_nested else document


def _find_answer(key: str, entry: Any) -> Answer | None:
    """Return the first kind of answer that an entry fits."""
    if not isinstance(entry, str | dict):
        return None
    has = set(entry) if isinstance(entry, dict) else set()
    service = split_arn(_read_arn(entry)).service if isinstance(entry, dict) else ""
    fitting = (
        answer
        for answer in _load_answers().get(key, ())
        if isinstance(entry, str) == (answer.form == "names")
        and answer.shape <= has
        and answer.service in ("", service)
    )
    return next(fitting, None)


def _list_keys(document: Any) -> list[str]:
    """List the keys of a document that list resources; a single one may list none."""
    if not isinstance(document, dict):
        return []
    lists = {key: entries for key in document if (entries := _list_entries(document, key)) is not None}
    keys = [key for key, entries in lists.items() if entries and _find_answer(key, entries[0])]
    is_empty = set(document) - PAGING == {*lists} and len(lists) == 1 and not any(lists.values())
    return keys or [key for key in lists if is_empty and key.lower() != "items"]


def _list_entries(document: dict[str, Any], key: str) -> list[Any] | None:
    """Return the entries of a known key, or its only one; CloudFront's are one level deeper."""
    answers, entries = _load_answers().get(key, []), document[key]
    if key == "DistributionList" and isinstance(entries, dict):
        entries = entries.get("Items")
    if answers and answers[0].form == "one":
        entries = [entries]
    return entries if answers and isinstance(entries, list) else None


def read_answer(document: Any, file: object) -> Iterator[Resource]:
    """Yield every entry of every list of a document, and every instance of a reservation.

    A list of other objects becomes rows that are not read.

    Raises
    ------
    EstateError
        If one of several answers is of no known kind.
    """
    if isinstance(document, list) and _is_query(document):
        for number, entry in enumerate(_flatten(document), start=1):
            yield _build_resource("", entry, f"entry {number}")
        return
    for number, answer in enumerate(document if isinstance(document, list) else [document], start=1):
        keys = _list_keys(answer)
        if not keys:
            raise EstateError(f"{file}, answer {number}: expected a list of resources")
        for key in keys:
            for position, entry in enumerate(_list_entries(answer, key) or [], start=1):
                yield from _read_entry(key, entry, file, f"{key} {position}")
        for key, entries in answer.items():
            if key not in keys and isinstance(entries, list) and isinstance((*entries, 0)[0], dict):
                named = key if QUOTABLE.fullmatch(key) else "(another list)"
                yield Resource(named, place=named, no_service=NOT_READ, times=len(entries))


def _read_entry(key: str, entry: Any, file: object, place: str) -> Iterator[Resource]:
    if isinstance(entry, str) and _find_answer(key, entry):
        yield _build_resource(key, {"arn": entry}, place, name=entry)
        return
    entry = expect_mapping(entry, file, place)
    instances = entry.get("Instances") if key == "Reservations" else None
    for one in instances if isinstance(instances, list) else [entry]:
        yield _build_resource(key, expect_mapping(one, file, place), place)


def _build_resource(key: str, entry: dict[str, Any], place: str, name: str = "") -> Resource:
    arn = _read_arn(entry)
    parts = split_arn(arn)
    answer = _find_answer(key, name or entry) or _load_answers()[key][-1]
    kind = _find_type(answer.resource, entry, shorten_arn(arn))
    is_gone = kind.startswith("AWS::ECS") and not GONE_FROM_ECS.isdisjoint(list_states(entry))
    settings = {"loadbalancertype": entry.get("Type")} if "LoadBalancer" in kind else entry
    if key == "ClusterInfoList" and isinstance(entry.get("Provisioned"), dict):
        settings = entry["Provisioned"]  # of the second version of the API
    return Resource(
        kind,
        settings,
        account=parts.account or read_scalar(entry.get("OwnerId")),
        region=parts.region,
        place=place,
        no_service=DELETED if is_gone else describe_document_state(entry),
        key=arn if is_full_arn(arn) else None,
        is_partial=key not in WHOLE,
    )


def _read_arn(entry: dict[str, Any]) -> str:
    return next((text for name in ARNS if "arn:" in (text := read_scalar(entry.get(name)))), "")


def _find_type(kind: str, entry: dict[str, Any], shortened: str) -> str:
    """Return the type of an entry whose ARN or settings name it better than its key."""
    if kind == "AWS::RDS::DBInstance" and shortened.startswith(("docdb", "neptune")):
        return shortened
    if kind == "AWS::ElasticLoadBalancingV2::LoadBalancer" and "Type" not in entry:
        return shortened or kind
    is_serverless = kind == "AWS::MSK::Cluster" and entry.get("ClusterType") == "SERVERLESS"
    return "AWS::MSK::ServerlessCluster" if is_serverless else kind
