"""Interpret resource types: spellings in findings, families of types, types of other providers."""

from __future__ import annotations

import re
from functools import lru_cache

from srm_data.estate.arns import is_own_word
from srm_data.estate.resources import OTHER_PROVIDER, SEPARATOR
from srm_data.estate.states import ACCOUNT
from srm_data.estate.values import read_line
from srm_data.load import read_table

CUSTOM = "a custom resource: what it makes is known to its provider only"
MODULE = "a module of a private registry, whose resources stand elsewhere"
THIRD_PARTY = "a resource type of a third party, not of AWS"
NO_WORD = "a line without a word, such as the frame of a table"
CUSTOM_RESOURCE = "aws::cloudformation::customresource"
OWN_NAMESPACES = ("aws::", "alexa::", "amzn::")
FINDING = r"Aws([A-Z][A-Za-z0-9]*)"
"""Pattern of a resource type of Security Hub."""

FINDING_SCHEMES = ("cloudformation-type", "config-type")


@lru_cache
def list_kinds(role: str) -> dict[str, str]:
    """List the kinds of a role in the table ``resource_kinds`` of the package, with their meaning."""
    table = read_table("resource_kinds")
    rows = table[table["role"] == role]
    return dict(zip(rows["kind"], rows["meaning"], strict=True))


def widen_finding(kind: str) -> list[tuple[str, str]]:
    """Return ``AwsEc2SecurityGroup`` of Security Hub as CloudFormation, ARN and prefix spellings.

    The end of the service name is not marked, so the longest known name is used.
    """
    words = re.findall(r"[A-Z]+(?![a-z0-9])|[A-Z][a-z0-9]*", kind)
    splits = [
        ("".join(words[:n]).lower(), [word.lower() for word in words[n:]])
        for n in range(len(words), 0, -1)
    ]
    known = list_kinds("finding-service")  # whose name differs from that of CloudFormation
    splits = [(known.get(service, service), rest) for service, rest in splits]
    of_type, of_arn, of_service = [], [], []
    for service, rest in splits:
        if rest:
            of_type += [(f"aws::{service}::{''.join(rest)}", scheme) for scheme in FINDING_SCHEMES]
            of_arn += [(f"{service}:{join.join(rest)}", "arn-resource") for join in ("-", "")]
        of_service.append((f"aws::{service}", "cloudformation-namespace"))
        of_service += [(service, "iam-prefix"), (service, "botocore-client")]
    return [*of_type, *of_arn, *of_service]


def list_family_offerings(identifier: str) -> tuple[str, ...]:
    """List the offerings that a type may belong to if its family narrows them, in any spelling."""
    kind = fold_kind(identifier)
    families = list_kinds("family").items()
    offerings = next((named for family, named in families if kind.startswith(family)), "")
    return tuple(offerings.split(SEPARATOR)) if offerings else ()


def fold_kind(identifier: str) -> str:
    """Return the letters that all spellings of a type have in common."""
    letters = re.sub(r"[^a-z0-9]", "", identifier.lower())
    return letters.removeprefix("awscc" if letters.startswith("awscc") else "aws")


def is_belonging(identifier: str, endings: tuple[str, ...]) -> bool:
    """Return whether a type belongs to an offering and is none itself, in any spelling."""
    is_kind = is_own_word(identifier) or re.fullmatch(FINDING, identifier) is not None
    return is_kind and fold_kind(identifier).endswith(endings)


def is_member(identifier: str, service_id: str, offering_id: str = "") -> bool:
    """Return whether a type is an instance of a database cluster, in any spelling."""
    is_instance = is_own_word(identifier) and fold_kind(identifier).endswith(
        tuple(list_kinds("member"))
    )
    return is_instance and not {service_id, offering_id}.isdisjoint(list_kinds("clustered"))


def find_family(identifier: str) -> str:
    """Return the common prefix of a family of types: a namespace, or a Terraform prefix."""
    folded = identifier.lower()
    if "::" in folded:
        return folded.rpartition("::")[0]
    if not folded.startswith("aws_"):
        return folded.partition(":")[0]
    family = "_".join(folded.split("_")[:2])
    return "aws_db" if family == "aws_rds" else family


def exclude_type(folded: str) -> str:
    """Return why a text is not a resource type of AWS, or not a word at all."""
    if not any(map(str.isalnum, folded)):
        return NO_WORD
    if folded.startswith(tuple(list_kinds("provider"))):
        return OTHER_PROVIDER.format(folded.split("_")[0])
    if folded.startswith(("data.aws_", "data.awscc_")):
        return DATA_SOURCE
    if folded.startswith("aws::::account"):
        return ACCOUNT
    if folded.startswith("custom::"):
        return CUSTOM
    if folded.endswith("::module"):
        return MODULE
    return THIRD_PARTY if folded.count("::") == 2 and not folded.startswith(OWN_NAMESPACES) else ""


ADDRESS = re.compile(
    r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?P<data>data\.)?(?P<type>[a-z][a-z0-9]*_[a-z0-9_]+)"
    r"\.[\w-]+(?:\[.*\])?(?: \(deposed.*\))?"
)
DATA_SOURCE = "a data source, which Terraform only looks up"


def describe_other_provider(kind: str) -> str:
    """Describe whose resource type this is, if it is not one of AWS; return empty text if it is."""
    provider = kind.split("_")[0]
    return "" if provider in ("aws", "awscc") else OTHER_PROVIDER.format(read_line(provider))
