"""Split ARNs into their parts: arn:partition:service:region:account:resource."""

from __future__ import annotations

import re
from typing import NamedTuple

FULL = r"^arn:[^:]*:[^:]+:[^:]*:[^:]*:(?:.*[^:/*\s]|log-group:[^:*]+:\*)$"
"""Pattern of an ARN that names one thing: complete, and no pattern for several. That of a log group may
end in ``:*``."""


VERSION = r"^arn:[^:]*:(?:lambda:[^:]*:[^:]*:function:[^:]+:|logs:[^:]*:[^:]*:log-group:[^:*]+:\*$)"
"""Pattern of an ARN that ends in a version or an alias of a Lambda function, or in ``:*`` after a log
group."""


class ArnParts(NamedTuple):
    """Service, place and name of a resource; empty if the text is not an ARN."""

    service: str = ""
    region: str = ""
    account: str = ""
    resource: str = ""
    partition: str = ""


def split_arn(text: str) -> ArnParts:
    """Split an ARN.

    Examples
    --------
    >>> split_arn("arn:aws:ec2:eu-west-1:123456789012:instance/i-1").resource
    'instance/i-1'
    """
    parts = text.strip().split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return ArnParts()
    _, partition, service, region, account, resource = parts
    return ArnParts(service, region, "" if account == "aws" else account, resource, partition)


def is_full_arn(text: str) -> bool:
    """Return whether the text is an ARN that names one thing.

    Examples
    --------
    >>> [is_full_arn(f"arn:aws:sqs:eu-west-1:123456789012:{name}") for name in ("orders", "", "*")]
    [True, False, False]
    """
    return re.search(FULL, text) is not None


def drop_version(text: str) -> str:
    """Remove the version or alias of a Lambda function from an ARN, as it is the same function.

    So is a log group with ``:*``, which stands for its streams.

    Examples
    --------
    >>> drop_version("arn:aws:lambda:eu-west-1:123456789012:function:pay:PROD")
    'arn:aws:lambda:eu-west-1:123456789012:function:pay'
    """
    return text.rpartition(":")[0] if re.search(VERSION, text) else text


def shorten_arn(text: str) -> str:
    """Shorten an ARN to service and resource type.

    ARNs of buckets, queues and topics have no resource type; that of a load balancer has two levels.

    Examples
    --------
    >>> shorten_arn("arn:aws:ec2:eu-west-1:123456789012:instance/i-1")
    'ec2:instance'
    >>> shorten_arn("arn:aws:sqs:eu-west-1:123456789012:orders")
    'sqs'
    >>> shorten_arn("arn:aws:s3:::papers/2026.csv")
    's3:bucket'
    >>> shorten_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc")
    'elasticloadbalancing:loadbalancer/app'
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
