"""Find resources that are gone, or not in use, by their own state, such as "terminated"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from srm_data.estate.values import read_scalar
from srm_data.estate.wording import list_words

DELETED = "deleted, by its own state"
NOT_USED = "not in use, by its own state"
ARCHIVED = "an archived finding, whose resource may be gone"
RECORD_STATE = "recordstate"
"""Folded name of the state of a finding of Security Hub, which archives those of resources that are
gone."""

LIKE_STATE = re.compile(
    r".*(state|status|lifecycle|zustand|estado|statut|stato|toestand|situacao|stan)"
    r"|(state|estatus|status|zustand|estado|statut|stato)(of|des|der|del|de|du|di|do|da|operativo|actual).*"
    r"|(is)?(enabled|live|deleted|terminated|retired|decommissioned|removed|disused|unused)"
)
"""Names of columns that may say that a row is not in use."""

DASH = "[_-]"
SINCE = r"(?: +(?:since|as of|on|seit|am|ab|depuis|desde|dal|od|per))?(?: +\(?[0-9][0-9./]*\)?)+$"
"""Pattern of what may follow a state anywhere, as in "retired since 06/2026"."""

AFTER_STATE, AFTER_REMARK = rf" *[(,;:].*$|{SINCE}", rf" *[(,;].*$|{SINCE}"
"""Patterns of what may follow one in a column of states, and one of what is gone in a remark.

"Planned: resize" is a remark on something else than the row.
"""

IDLE = {"inactive"}
"""States in documents of what AWS has put to sleep, such as a function of Lambda."""

KEYS = (
    "state", "status", "stackstatus", "instancestate", "instancestatus", "dbinstancestatus",
    "clusterstatus", "cacheclusterstatus", "tablestatus", "lifecyclestate", "lifecycle", "brokerstate",
    "laststatus", "stage",
)  # fmt: skip
"""Keys of documents that have the state of a resource."""


def describe_state(state: str) -> str:
    """Describe a state in which a resource is not in use; return an empty string for any other."""
    folded = re.sub(AFTER_STATE, "", re.sub(DASH, " ", state.strip().lower()))
    if folded in list_words("deleted"):
        return DELETED
    return NOT_USED if folded in (list_words("not used") | list_words("planned")) - IDLE else ""


def describe_document_state(settings: Mapping[str, Any]) -> str:
    """Describe the state of a resource in a document if it is not in use, as EC2 writes it."""
    return next(filter(None, map(describe_state, list_states(settings))), "")


def list_states(settings: Mapping[str, Any]) -> list[str]:
    """List the states of a resource in lower case, which may be objects with a name or a state."""
    states = []
    for key, value in settings.items():
        if str(key).lower().replace("_", "") in KEYS:
            parts = value.items() if isinstance(value, Mapping) else [("name", value)]
            named = [text for name, text in parts if str(name).lower() in ("name", "state")]
            states += [read_scalar(text).lower() for text in named]
    return states


def select_state(
    states: Iterable[Any],
    remarks: Iterable[Any] = (),
    uses: Iterable[Any] = (),
    records: Iterable[Any] = (),
) -> Any:
    """Return the expression for why a row of a table is not in use, or for empty text if it is."""
    import narwhals as nw

    chosen = nw.lit("")
    gone, planned, deleted = map(list_words, ("not used", "planned", "deleted"))
    for texts, after, words, reason in (
        (records, AFTER_STATE, ("archived",), ARCHIVED),
        (uses, AFTER_STATE, list_words("no") | gone | planned, NOT_USED),
        (remarks, SINCE, planned, NOT_USED),
        (remarks, AFTER_REMARK, gone, NOT_USED),
        (remarks, AFTER_REMARK, deleted, DELETED),
        (states, AFTER_STATE, gone | planned, NOT_USED),
        (states, AFTER_STATE, deleted, DELETED),
    ):
        for text in texts:
            chosen = nw.when(says(text, words, after)).then(nw.lit(reason)).otherwise(chosen)
    return chosen


def says(text: Any, words: Iterable[str], after: str) -> Any:
    """Return the expression for whether the text of a column is one of the words, and what may follow.

    "Retired (2025)" says "retired", and "retired next year" does not.
    """
    folded = text.fill_null("").str.strip_chars().str.to_lowercase()
    return folded.str.replace_all(DASH, " ").str.replace_all(after, "").is_in(list(words))


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
    """Return whether a finding in a document is about something that is not in use."""
    thing = thing.strip().lower()
    if result.strip().lower() not in FAILED or re.search(NAMED_ALONE, thing):
        return False
    if not re.search(NO_RESOURCE, thing):
        return False
    return bool(re.search(ABSENT, message.strip().lower()) or re.search(CHECKS, check.lower()))
