"""Read what ``driftctl scan`` finds in an account: resources that code manages, and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srm_data.estate.addresses import describe_other_provider
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line
from srm_data.exceptions import EstateError

LISTS = ("managed", "unmanaged", "missing")
GONE = "declared, and missing in the account, by driftctl"


def is_driftctl(document: Any) -> bool:
    """Return whether the document is a result of ``driftctl scan`` in JSON."""
    summary = document.get("summary") if isinstance(document, dict) else None
    return isinstance(summary, dict) and "total_managed" in summary and "coverage" in document


def read_driftctl(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of the three lists; one that is missing in the account is no service.

    Raises
    ------
    EstateError
        If an entry has no resource type.
    """
    for name in LISTS:
        for number, entry in enumerate(expect_list(document.get(name), file, name), start=1):
            place = f"{name} {number}"
            kind = read_line(expect_mapping(entry, file, place).get("type"))
            if not kind:
                raise EstateError(f"{file}, {place}: no type; expected one such as aws_s3_bucket")
            why = describe_other_provider(kind) or (GONE if name == "missing" else "")
            yield Resource(kind, place=place, no_service=why, is_partial=True)
