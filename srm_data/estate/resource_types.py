"""What resource types are made of: the spelling of findings, and the family that a type belongs to."""

from __future__ import annotations

import re

FINDING_SCHEMES = ("cloudformation-type", "config-type")
FINDING_SERVICES = {
    "elb": "elasticloadbalancing", "elbv2": "elasticloadbalancingv2", "stepfunction": "stepfunctions",
}  # fmt: skip
"""Services whose name in findings differs from CloudFormation's."""


def widen_finding(kind: str) -> list[tuple[str, str]]:
    """Return what ``AwsEc2SecurityGroup`` of Security Hub is in CloudFormation, in an ARN, as a prefix.

    Where the name of the service ends is not written: the longest that is known is right.
    """
    words = re.findall(r"[A-Z]+(?![a-z0-9])|[A-Z][a-z0-9]*", kind)
    splits = [
        ("".join(words[:n]).lower(), [word.lower() for word in words[n:]])
        for n in range(len(words), 0, -1)
    ]
    splits = [(FINDING_SERVICES.get(service, service), rest) for service, rest in splits]
    of_type, of_arn, of_service = [], [], []
    for service, rest in splits:
        if rest:
            of_type += [(f"aws::{service}::{''.join(rest)}", scheme) for scheme in FINDING_SCHEMES]
            of_arn += [(f"{service}:{join.join(rest)}", "arn-resource") for join in ("-", "")]
        of_service.append((f"aws::{service}", "cloudformation-namespace"))
        of_service += [(service, "iam-prefix"), (service, "botocore-client")]
    return [*of_type, *of_arn, *of_service]


def find_family(identifier: str) -> str:
    """Return what the types of one kind of thing begin with: a namespace, or a prefix of Terraform."""
    folded = identifier.lower()
    if "::" in folded:
        return folded.rpartition("::")[0]
    return "_".join(folded.split("_")[:2]) if folded.startswith("aws_") else folded.partition(":")[0]
