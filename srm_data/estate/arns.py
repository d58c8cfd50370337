"""Split ARNs into their parts: arn:partition:service:region:account:resource."""

from __future__ import annotations

import re
from typing import NamedTuple

FULL = r"^arn:[^:]*:[^:]+:[^:]*:[^:]*:(?:.*[^:/*\s]|log-group:[^:*]+:\*)$"
"""Pattern of an ARN that names one thing: complete, and no pattern for several. That of a log group may
end in ``:*``."""


PARTS = (
    (
        r"^arn:[^:]*:(?:lambda:[^:]*:[^:]*:function:[^:]+:|logs:[^:]*:[^:]*:log-group:[^:*]+:\*$)",
        ((":[^:]*$", ""),),
    ),
    (
        r"^arn:[^:]*:apigateway:[^:]*:[^:]*:/(?:restapis|apis)/[^/]+/",
        (
            (
                "/(?:authorizers|deployments|documentation|gatewayresponses|integrations|models"
                "|requestvalidators|resources|routes|stages)(?:/.*)?$",
                "",
            ),
        ),
    ),
    (
        r"^arn:[^:]*:elasticache:[^:]*:[^:]*:cluster:.*[^-]-(?:[0-9]{4}-)?[0-9]{3}$",
        (("-(?:[0-9]{4}-)?[0-9]{3}$", ""), (":cluster:", ":replicationgroup:")),
    ),
)
"""Patterns of ARNs of parts, and what to replace in them for the ARN of the whole: versions and aliases
of a Lambda function, ``:*`` after a log group, stages and other parts of an API, and the nodes of an
ElastiCache replication group, which AWS names after it (``web-001``, ``web-0001-002``)."""


class ArnParts(NamedTuple):
    """Service, place and name of a resource; empty if the text is not an ARN."""

    service: str = ""
    region: str = ""
    account: str = ""
    resource: str = ""


def split_arn(text: str) -> ArnParts:
    """Split an ARN."""
    parts = text.strip().split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return ArnParts()
    service, region, account, resource = parts[2:]
    return ArnParts(service, region, "" if account == "aws" else account, resource)


def is_full_arn(text: str) -> bool:
    """Return whether the text is an ARN that names one thing."""
    return re.search(FULL, text) is not None


def drop_part(text: str) -> str:
    """Return the ARN of the whole for that of a part, as in ``PARTS``, and any other text as it is."""
    for pattern, steps in PARTS:
        if re.search(pattern, text):
            for old, new in steps:
                text = re.sub(old, new, text)
            return text
    return text


def shorten_arn(text: str) -> str:
    """Shorten an ARN to service and resource type.

    ARNs of buckets, queues and topics have no resource type; that of a load balancer has two levels.
    """
    parts = split_arn(text)
    if not parts.service:
        return ""
    if parts.service == "s3" and not parts.account:
        return "s3:bucket"
    steps = parts.resource.removeprefix("/").replace(":", "/").split("/")
    if steps[0] == "loadbalancer" and len(steps) > 1 and steps[1] in ("app", "net", "gwy"):
        return f"{parts.service}:loadbalancer/{steps[1]}"
    return f"{parts.service}:{steps[0]}" if len(steps) > 1 else parts.service


def is_own_word(identifier: str) -> bool:
    """Return whether an identifier belongs to a resource, such as a type, and is not a service name."""
    return ":" in identifier or "#" in identifier or identifier.startswith(("aws_", "awscc_"))
