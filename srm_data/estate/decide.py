"""Decide which offering each row of an inventory is: rank the candidates, and take the best one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from srm_data.estate.catalogue import RECOGNISED, Catalogue
from srm_data.estate.resource_types import (
    find_family,
    fold_kind,
    is_belonging,
    list_family_offerings,
    list_kinds,
)
from srm_data.estate.resources import AS_PARTS, BY_ID, OF_MEMBER, OF_PART, SEPARATOR, join_ids
from srm_data.names.index import EVERYDAY, PART

DECIDED, OWNER, SERVICE = "decided", "owner", "of the service"
MEANT_ELSEWHERE, MEANT_ALONE, ELSEWHERE, MEANT = (
    "meant and elsewhere", "meant alone", "elsewhere", "meant",
)  # fmt: skip
RANKS = (DECIDED, OWNER, MEANT_ELSEWHERE, MEANT_ALONE, ELSEWHERE, MEANT, SERVICE)
"""Sources of candidates, best first.

Decided is what settings, a line of a bill, or a name of one offering say. The owner is that of a part
which several services share, such as a subnet group, if the estate has only one. Meant is what the
words of a name speak of, or else what the plain name of the service may mean, and elsewhere what other
rows of the estate name.
"""

TYPE_SCHEMES = ("cloudformation-type", "cloudformation-namespace", "config-type", "terraform-prefix",
         "arn-resource")  # fmt: skip
"""Vocabularies that name resources; all others name services."""

OPEN_SCHEMES = ("terraform-prefix", "cloudformation-namespace", "iam-prefix")
PARTS_BY_PREFIX = ("ec2",)
"""Services of which a type that is not listed is a part: an image is no instance."""

COUNTED_ELSEWHERE = "counted in other rows of the same ARN, which tell more"


class Candidate(NamedTuple):
    """Offering that a row may be, the rank of its source, and whether that proves it.

    Of equal rank, the ordinary offering of the service comes first.
    """

    offering_id: str
    rank: int
    is_unusual: bool
    proves: bool


class Row(NamedTuple):
    """What the sources of candidates need to know of a row of an estate.

    ``by_settings`` are other offerings that settings may make of it: those that the file leaves open,
    or does not have.
    """

    identifier: str
    service_id: str
    offering_id: str
    matched_by: str
    variant_certain: str
    may_be: str
    by_words: str
    names_offering: bool
    family: str
    is_type: bool
    is_whole: bool
    is_part: bool
    by_settings: list[str]


class Beside(NamedTuple):
    """Offerings that other rows name: of a service, and of a family, for certain or likely."""

    elsewhere: dict[str, set[str]]
    owners: dict[str, set[str]]
    likely_owners: dict[str, set[str]]


UNKNOWN = Candidate("", len(RANKS), is_unusual=True, proves=True)
"""In place of the best candidate of a row that has none."""


def decide_offerings(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Give every recognised row the best of its candidates, and mark what the file leaves open."""
    rows = _describe_rows(estate, catalogue)
    beside = _list_beside(rows)
    decided = []
    for row in rows:
        candidates = list(_list_candidates(row, beside, catalogue))
        best = min(candidates, key=lambda one: (one.rank, one.is_unusual), default=UNKNOWN)
        others = [one.offering_id for one in candidates if one != best and not best.proves]
        service = catalogue.service_of.get(best.offering_id, row.service_id)
        is_itself = row.names_offering or (row.is_whole and best != UNKNOWN)
        decided.append((service, best.offering_id, not best.proves, is_itself, SEPARATOR.join(others)))
    kinds = {
        "service_id": "str", "offering_id": "str", "assumed": "bool", "names_offering": "bool",
        "alternatives": "str",
    }  # fmt: skip
    frame = pd.DataFrame(decided, columns=list(kinds), index=estate.index).astype(kinds)
    return estate.assign(**{name: frame[name] for name in kinds})


def _describe_rows(estate: pd.DataFrame, catalogue: Catalogue) -> list[Row]:
    shared, rows = tuple(list_kinds("shared")), []
    given = [*Row._fields[: Row._fields.index("family")], "others"]
    for *values, others in estate[given].itertuples(index=False):
        name, _, own, matched_by, certain = values[:5]
        kind, is_type = fold_kind(name), matched_by in TYPE_SCHEMES
        is_whole = kind in catalogue.whole_kinds and " " not in name
        is_part = is_type and not is_whole and not kind.endswith(shared)
        is_open = is_type and certain == ""
        listed = catalogue.list_by_settings(name) if is_open else others.split(SEPARATOR)
        by_settings = [other for other in listed if other not in ("", own)]
        rows.append(Row._make([*values, find_family(name), is_type, is_whole, is_part, by_settings]))
    return rows


def _list_beside(rows: list[Row]) -> Beside:
    beside = Beside({}, {}, {})
    for row in rows:
        if row.offering_id:
            beside.elsewhere.setdefault(row.service_id, set()).add(row.offering_id)
        if row.offering_id and row.names_offering:
            is_likely = bool(row.by_settings) or (row.variant_certain == "no" and not row.is_type)
            owners = beside.likely_owners if is_likely else beside.owners
            owners.setdefault(row.family, set()).add(row.offering_id)
    return beside


def _list_candidates(row: Row, beside: Beside, catalogue: Catalogue) -> Iterator[Candidate]:
    """Yield the offerings that a row may be, in the order of the catalogue, with their best source."""
    if not row.service_id:
        return
    of_service = catalogue.of_service.get(row.service_id, [])
    may_be = [one for one in row.may_be.split(SEPARATOR) if one]
    sources: dict[str, list[str]] = {}
    certain: set[str] = set()

    if row.offering_id:
        # Certain unless settings, or a name that people use for more, only make it likely.
        is_likely = row.variant_certain == "no" and not row.is_type
        is_likely |= row.matched_by in (EVERYDAY, PART) or bool(row.by_settings)
        others = row.by_settings or [*may_be, *of_service]
        sources = {DECIDED: [row.offering_id], SERVICE: others if is_likely else []}
        certain = set() if is_likely else {row.offering_id}
    else:
        # The kind narrows the offerings of the service; the words, or the plain name, tell which.
        narrowed = [one for one in list_family_offerings(row.identifier) if one in of_service]
        possible = narrowed or of_service
        spoken_of = [one for one in row.by_words.split(SEPARATOR) if one]
        meant = spoken_of or narrowed or catalogue.meant_by_name.get(row.service_id, possible)
        elsewhere = [one for one in possible if one in beside.elsewhere.get(row.service_id, ())]
        sure = beside.owners.get(row.family, set())
        owners = sure or beside.likely_owners.get(row.family, set())
        has_owner = (
            row.is_part
            and row.family in list_kinds("shared-family")
            and len(owners) == 1
            and not elsewhere
        )
        is_sole = row.is_type and len(meant) == 1 and not has_owner
        sources = {
            OWNER: list(owners) if has_owner else [],
            MEANT_ELSEWHERE: [one for one in meant if one in elsewhere],
            MEANT_ALONE: meant if spoken_of or len(meant) == 1 else [],
            ELSEWHERE: elsewhere,
            MEANT: meant,
            SERVICE: [*may_be, *possible],
        }

        # Certain if nothing else is possible, or a part of the only owner that the estate has.
        certain = set(possible if len(possible) == 1 else meant if is_sole else ())
        if row.is_part and set(elsewhere) <= sure:
            certain |= sure if len(sure) == 1 else set()
        if row.by_settings:
            certain &= set(row.by_settings) if len(row.by_settings) == 1 else set()
            more = [one for one in row.by_settings if one not in meant]
            sources[SERVICE] = more if is_sole and more else sources[SERVICE]

    ordinary = catalogue.ordinary.get(row.service_id, "")
    listed = [*sources[SERVICE], *(one for named in sources.values() for one in named)]
    for offering in dict.fromkeys(listed):
        source = next(source for source in sources if offering in sources[source])
        unusual, proves = offering != ordinary, offering in certain
        yield Candidate(offering, RANKS.index(source), unusual, proves)


def mark_parts(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Mark the types that are parts of an offering, even if they determine which one it is.

    A row whose ARNs are counted elsewhere stays as it is.
    """
    endings = catalogue.part_endings
    is_part = estate["identifier"].map(lambda name: is_belonging(name, endings)).astype("bool")
    is_part |= estate["line"] == OF_PART
    is_of_prefix = estate["matched_by"].isin(OPEN_SCHEMES) & ~estate["names_offering"]
    is_part |= is_of_prefix & estate["service_id"].isin(PARTS_BY_PREFIX)
    is_part &= (estate["status"] == RECOGNISED) & (estate["resources"] > 0)
    return estate.assign(
        names_offering=estate["names_offering"] & ~is_part & (estate["line"] != OF_MEMBER),
        counted_by=estate["counted_by"].mask(is_part, AS_PARTS),
    )


def count_once(estate: pd.DataFrame) -> pd.DataFrame:
    """Count an ARN that stands in several rows of an estate only in the one that says most of it.

    A row that determines the offering comes before one that leaves it open, and one with a deciding
    setting before one without. A row whose ARNs are all counted elsewhere keeps its number of rows.
    Usage on a bill is apart: one ARN may use several offerings.
    """
    is_apart = (estate["status"] != RECOGNISED) | (estate["line"] != "")
    ids = estate["ids"].mask(is_apart, frozenset())
    if len(join_ids(ids)) == ids.map(len).sum():
        return estate

    # Each ARN stays in the first row that has it, in this order.
    order = estate.assign(is_part=~estate["names_offering"], is_plain=estate["variant"] == "")
    order = order.sort_values(["assumed", "is_part", "is_plain"], kind="stable")
    seen: dict[int, int] = {}
    repeated, counted_in = pd.Series(0, index=estate.index), {}
    for row, own in zip(order.index.tolist(), ids[order.index].tolist(), strict=True):
        before = [seen[arn] for arn in own if arn in seen]
        repeated[row] = len(before)
        if before and len(before) == estate.loc[row, "resources"]:
            counted_in[row] = min(before)
        seen |= dict.fromkeys(own - seen.keys(), row)

    # A row whose ARNs are all counted elsewhere leaves nothing open.
    estate = estate.assign(resources=estate["resources"] - repeated)
    rows, others = list(counted_in), list(counted_in.values())
    for name in ("service_id", "offering_id"):
        estate.loc[rows, name] = estate.loc[others, name].to_list()
    estate.loc[rows, "assumed"] = False
    estate.loc[rows, ["alternatives", "note", "counted_by"]] = "", COUNTED_ELSEWHERE, BY_ID
    return estate
