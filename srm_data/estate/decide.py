"""Decide which offering each row of an inventory is: rank the candidates, and take the best one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

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


def decide_offerings(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Give every recognised row the best of its candidates, and mark what the file leaves open."""
    decided = []
    for row in _describe_rows(estate, catalogue).itertuples():
        candidates = list(_list_candidates(row, catalogue))
        if not candidates:
            decided.append((row.service_id, "", False, row.names_offering, ""))
            continue
        best = min(candidates, key=lambda one: (one.rank, one.is_unusual))
        others = [one.offering_id for one in candidates if one != best and not best.proves]
        service = catalogue.service_of.get(best.offering_id, row.service_id)
        is_itself = row.names_offering or row.is_whole
        decided.append((service, best.offering_id, not best.proves, is_itself, SEPARATOR.join(others)))
    kinds = {
        "service_id": "str", "offering_id": "str", "assumed": "bool", "names_offering": "bool",
        "alternatives": "str",
    }  # fmt: skip
    frame = pd.DataFrame(decided, columns=list(kinds), index=estate.index).astype(kinds)
    return estate.assign(**{name: frame[name] for name in kinds})


def _describe_rows(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add what the sources of candidates need to know of each row, and of the estate beside it."""
    names, kinds = estate["identifier"], estate["identifier"].map(fold_kind)
    is_type, certain = estate["matched_by"].isin(TYPE_SCHEMES), estate["variant_certain"]
    is_whole = kinds.isin(catalogue.whole_kinds) & ~names.str.contains(" ", regex=False)
    is_shared = kinds.map(lambda kind: kind.endswith(tuple(list_kinds("shared")))).astype("bool")

    # Other offerings that settings may make of it: those that the file leaves open, or does not have.
    by_rule = estate["others"].map(lambda text: text.split(SEPARATOR))
    of_type = names.map(catalogue.list_by_settings).where(is_type & (certain == ""), by_rule)
    others = [
        [other for other in offerings if other not in ("", own)]
        for own, offerings in zip(estate["offering_id"], of_type, strict=True)
    ]
    rows = estate.assign(
        family=names.map(find_family),
        is_type=is_type,
        is_whole=is_whole,
        is_part=is_type & ~is_whole & ~is_shared,
        by_settings=pd.Series(others, index=estate.index, dtype=object),
    )

    # Beside each row: offerings that rows of its service name, and those that have its family.
    is_named = rows["offering_id"] != ""
    is_likely = (rows["by_settings"].map(len) > 0) | ((certain == "no") & ~is_type)
    itself, named = rows[is_named & rows["names_offering"]], rows[is_named]
    for name, by, those in (
        ("elsewhere", "service_id", named),
        ("owners", "family", itself[~is_likely[itself.index]]),
        ("likely_owners", "family", itself[is_likely[itself.index]]),
    ):
        sets: dict[str, frozenset[str]] = {}
        for key, offering in zip(those[by], those["offering_id"], strict=True):
            sets[key] = sets.get(key, frozenset()) | {offering}
        rows[name] = [sets.get(key, frozenset()) for key in rows[by]]
    return rows


def _list_candidates(row: Any, catalogue: Catalogue) -> Iterator[Candidate]:
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
        elsewhere = [one for one in possible if one in row.elsewhere]
        owners = row.owners or row.likely_owners
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
        if row.is_part and set(elsewhere) <= row.owners:
            certain |= row.owners if len(row.owners) == 1 else set()
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
