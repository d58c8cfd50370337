"""Describe well-known files that are no inventory of AWS, and what to give instead of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from srm_data.estate.values import read_scalar

DOCUMENTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("apiVersion", "kind"), "a manifest of Kubernetes; name what it runs on, such as Amazon EKS"),
    (("schemaVersion", "layers"), "a container image (OCI); name its registry, such as Amazon ECR"),
    (("schemaVersion", "manifests"), "a container image (OCI); name its registry, such as Amazon ECR"),
    (("imageLayoutVersion",), "a container image (OCI); name its registry, such as Amazon ECR"),
    (("version", "runs"), "findings in SARIF, which name files and lines; give the scanner's own JSON"),
    (("bomFormat",), "a bill of materials, which lists software; give what runs in the account"),
    (("spdxVersion",), "a bill of materials, which lists software; give what runs in the account"),
    (("Version", "Statement"), "an IAM policy, which says what is allowed; give what runs"),
    (
        ("checks",),
        "a list of checks; give their results, such as describe-trusted-advisor-check-result",
    ),
    (("summaries",), "a summary without resources; give the result of each check"),
    (("recommendationSummaries",), "a summary without resources; give list-recommendation-resources"),
    (("Records",), "a log of events; give what runs in the account"),
    (("openapi",), "a description of an API; give the template that deploys it"),
    (("swagger",), "a description of an API; give the template that deploys it"),
    (("lockfileVersion",), "a list of packages; give what runs in the account"),
    (("dependencies", "name"), "a list of packages; give what runs in the account"),
)
"""Keys by which a document is known, and what it is."""

OTHER_CLOUDS = (
    ("ocid1.", "resources of Oracle Cloud (OCI); give those of AWS"),
    ("/subscriptions/", "resources of Azure; give those of AWS"),
    ("//", "assets of Google Cloud; give those of AWS"),
    ("https://www.googleapis.com/", "resources of Google Cloud; give those of AWS"),
)
"""How ids of other clouds begin."""

IDS = ("id", "identifier", "name", "selfLink")

COST_GROUPINGS = (
    "usagetype", "usagetypegroup", "linkedaccount", "region", "instancetype", "apioperation",
    "availabilityzone", "chargetype", "purchaseoption", "platform", "tenancy", "resource",
)  # fmt: skip
"""First headers, folded, of the console's export that is grouped by something else than service."""

HEADERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("checkname", "checkid"), "a report of Trusted Advisor, which names no kinds of resources; "
     "give the answers of aws support describe-trusted-advisor-check-result"),
    (("checkname", "status"), "a report of Trusted Advisor, which names no kinds of resources; "
     "give the answers of aws support describe-trusted-advisor-check-result"),
    (("findingarn", "resourceid"), "a report of Inspector in CSV, which names no kinds of resources; "
     "give its findings in JSON, from aws inspector2 list-findings"),
    *(
        ((grouping, "totalcosts"), "a report of Cost Explorer without services; group it by Service")
        for grouping in COST_GROUPINGS
    ),
    (("lineitemtenantid",), "a usage report of Oracle Cloud (OCI); give the bill of AWS"),
    (("metercategory",), "a bill of Azure; give that of AWS"),
    (("serviceid", "skuid"), "a bill of Google Cloud; give that of AWS"),
)  # fmt: skip
"""Headers, folded, by which a table is known, and what it is."""


def describe_document(document: Any) -> str:
    """Describe a document that is no inventory, in brackets; return empty text if it is not known.

    Examples
    --------
    >>> describe_document({"apiVersion": "v1", "kind": "Secret"})
    ' (a manifest of Kubernetes; name what it runs on, such as Amazon EKS)'
    """
    what = ""
    if isinstance(document, dict):
        what = next((what for keys, what in DOCUMENTS if set(keys) <= set(document)), "")
        services = document.get("services")
        one = next(iter(services.values()), None) if isinstance(services, dict) and services else None
        if isinstance(one, dict) and {"image", "build"} & set(one):
            what = "a file of Docker Compose; name what it runs on, such as Amazon ECS"
    entries = document if isinstance(document, list) else _list_data(document)
    first = entries[0] if entries else None
    if isinstance(document, list) and isinstance(first, list):
        what = "values without names, as --query makes; give the whole answer of the AWS CLI"
    if isinstance(first, dict):
        ids = tuple(read_scalar(first.get(name)) for name in IDS)
        begins = (what for start, what in OTHER_CLOUDS if any(one.startswith(start) for one in ids))
        what = next(begins, what)
    return f" ({what})" if what else ""


def _list_data(document: Any) -> list[Any]:
    """Return the entries of an answer of another cloud, under ``data``, ``items`` or ``value``."""
    if not isinstance(document, dict):
        return []
    data = document.get("data", document.get("items", document.get("value")))
    data = data.get("items", data) if isinstance(data, dict) else data
    return data if isinstance(data, list) else []


def describe_header(folded: Iterable[str]) -> str:
    """Describe a table that is no inventory by its folded headers, or return empty text.

    Examples
    --------
    >>> describe_header(["lineitemtenantid", "productservice"])
    '; it is a usage report of Oracle Cloud (OCI); give the bill of AWS'
    """
    names = set(folded)
    what = next((what for keys, what in HEADERS if set(keys) <= names), "")
    return f"; it is {what}" if what else ""
