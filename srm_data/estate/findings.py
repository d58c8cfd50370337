"""Separate findings about a resource from findings about what an account does not have.

Scanners report "Macie is not enabled" with an ARN or type of Macie, although Macie is not in use.
"""

from __future__ import annotations

import re
from typing import Any

MISSING = "a finding that something is not in use, not a resource"
ACCOUNT = "a finding about the account as a whole, not a resource"

ABSENT = (
    r"\b(?:is|are|was|were) not (?:enabled|activated|configured|set up|in[ -]use|running|found)\b"
    r"|\bnot (?:been )?enabled\b|^no [a-z0-9 /_-]{1,60}"
    r"|\bno [a-z0-9 /_-]{1,60}\b(?:exists?|found|enabled|configured|in (?:the )?region)\b"
    r"|\b(?:does|do) not exist\b|\b(?:is|are) (?:disabled|missing)\b|\bshould (?:be enabled|exist)\b"
)
"""Pattern of failed checks about something that does not exist, in lower case."""

CHECKS = r"(?:enabled|exists?|enabled_all_regions|all_regions_enabled|in_all_regions|is_enabled)$"
"""Endings of Prowler checks for whether a service is used."""

NO_RESOURCE = (
    r"^$|^\d{12}$|^aws::::account:|^<.*>$|[:/]unknown$"
    r"|^arn:[^:]*:[^:]*:[^:]*:[^:]*(?::/?[a-z][a-z0-9-]*/?)?$"
)
"""Ids without a resource name: an account, only a kind, or *unknown*."""

NAMED_ALONE = r"^arn:[^:]*:(?:s3|sqs|sns|events):"
"""Services whose ARNs have a name but no kind."""

FAILED = ("fail", "failed", "warning", "manual", "info", "active", "new", "open")


def build_missing(result: Any, message: Any, thing: Any = None, check: Any = None) -> Any:
    """Build the expression that is true for findings that something is not in use."""
    import narwhals as nw

    lowered = {
        name: text.fill_null("").str.to_lowercase().str.strip_chars()
        for name, text in (("result", result), ("message", message), ("thing", thing), ("check", check))
        if text is not None
    }
    is_missing = lowered["result"].is_in(list(FAILED))
    if "thing" in lowered:
        has_no_name = lowered["thing"].str.contains(NO_RESOURCE)
        is_missing &= has_no_name & ~lowered["thing"].str.contains(NAMED_ALONE)
    absent = lowered["message"].str.contains(ABSENT)
    if "check" in lowered:
        absent |= lowered["check"].str.contains(CHECKS)
    return (is_missing & absent).cast(nw.Boolean)


def is_missing(result: str, message: str, thing: str, check: str) -> bool:
    """Return whether a finding in a document is about something that is not in use.

    Examples
    --------
    >>> is_missing("FAIL", "Macie is not enabled.", "arn:aws:macie2:eu-west-1:1:session", "")
    True
    >>> is_missing("FAIL", "Organizations is not in-use.", "arn:aws:organizations::1:unknown", "")
    True
    >>> is_missing("FAIL", "Logging is not enabled.", "arn:aws:s3:::papers", "")
    False
    """
    thing = thing.strip().lower()
    if result.strip().lower() not in FAILED or re.search(NAMED_ALONE, thing):
        return False
    if not re.search(NO_RESOURCE, thing):
        return False
    return bool(re.search(ABSENT, message.strip().lower()) or re.search(CHECKS, check.lower()))


def is_own_word(identifier: str) -> bool:
    """Return whether an identifier belongs to a resource, such as a type, and is not a service name.

    Examples
    --------
    >>> [is_own_word(name) for name in ("AWS::SQS::Queue", "aws_sqs_queue", "Amazon SQS")]
    [True, True, False]
    """
    return ":" in identifier or "#" in identifier or identifier.startswith(("aws_", "awscc_"))
