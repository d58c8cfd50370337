"""Remark on ARNs in a partition that is not known, or in which a service is not listed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from srm_data.estate.catalogue import RECOGNISED
from srm_data.estate.resources import SEPARATOR

LISTED = {
    "aws": "commercial",
    "aws-us-gov": "GovCloud",
    "aws-cn": "China",
    "aws-eusc": "European Sovereign Cloud",
}
"""Partitions in ARNs, by their names in the column ``partitions`` of the services."""

OTHERS = ("aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")
"""Partitions of which the column says nothing."""

BEGINNING = "an ARN in "
ABSENT = BEGINNING + "{}, where AWS's list of endpoints does not have the service"
UNKNOWN = BEGINNING + "{}, a partition that is not known (misspelled?)"
QUOTABLE = re.compile(r"aws[a-z-]{0,16}")
NOT_QUOTED = "another place"


def add_remarks(estate: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Add what there is to say of the partitions in ARNs to the notes of an estate."""
    services = tables.get("services", pd.DataFrame())
    is_listed = {"service_id", "partitions"} <= set(services)
    listed = dict(zip(services["service_id"], services["partitions"], strict=True)) if is_listed else {}

    notes = []
    columns = (estate[name].tolist() for name in ("note", "status", "service_id", "partitions"))
    for note, status, service, found in zip(*columns, strict=True):
        remark = describe_partitions(found, listed.get(service, "")) if status == RECOGNISED else ""
        notes.append(SEPARATOR.join(filter(None, [note, remark])))
    return pd.Series(notes, index=estate.index, dtype="str")


def describe_partitions(found: str, listed: str) -> str:
    """Describe partitions that are not known or not listed; return empty text if there are none.

    Examples
    --------
    >>> describe_partitions("aws-us-gov", "commercial; GovCloud")
    ''
    >>> describe_partitions("aws; aws-us-gov", "commercial; China")
    "an ARN in aws-us-gov, where AWS's list of endpoints does not have the service"
    >>> describe_partitions("aws-usgov", "")
    'an ARN in aws-usgov, a partition that is not known (misspelled?)'
    """
    names = found.split(SEPARATOR) if found else []
    unknown = [name for name in names if name not in LISTED and name not in OTHERS]
    absent = [
        name
        for name in names
        if listed and name in LISTED and LISTED[name] not in listed.split(SEPARATOR)
    ]
    quoted = [name if QUOTABLE.fullmatch(name) else NOT_QUOTED for name in unknown]
    said = [ABSENT.format(" and ".join(absent))] if absent else []
    said += [UNKNOWN.format(" and ".join(dict.fromkeys(quoted)))] if quoted else []
    return SEPARATOR.join(said)
