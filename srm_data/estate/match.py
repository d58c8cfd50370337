"""Match the identifiers of an inventory with services and offerings of the catalogue."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from srm_data.estate.arns import is_own_word
from srm_data.estate.bills import decide_lines
from srm_data.estate.catalogue import (
    NO_SERVICE,
    RECOGNISED,
    UNRECOGNISED,
    Catalogue,
    Match,
    list_by_service,
)
from srm_data.estate.columns import PART_OF_SETTINGS
from srm_data.estate.resource_types import (
    SHARED_FAMILIES,
    find_family,
    fold_kind,
    is_belonging,
    list_family_offerings,
    list_kinds,
)
from srm_data.estate.resources import (
    AS_PARTS,
    BY_ID,
    OF_MEMBER,
    OF_PART,
    SEPARATOR,
    describe_rule,
    join_ids,
    merge_tally,
)
from srm_data.estate.settings import Rule, find_rule_of_table, fold_type
from srm_data.names.index import EVERYDAY, PART

MOST_NEAREST = 1_000  # unknown identifiers for which the nearest names are looked up
EMPTY = "(empty)"
SAID_ELSEWHERE = "counted in other rows of the same ARN, which tell more"
PARTS_BY_PREFIX = ("ec2",)
"""Services of which a type that is not listed is a part: an image is no instance."""

OPEN_SCHEMES = ("terraform-prefix", "cloudformation-namespace", "iam-prefix")
TYPE_SCHEMES = ("cloudformation-type", "cloudformation-namespace", "config-type", "terraform-prefix",
         "arn-resource")  # fmt: skip
"""Vocabularies that name resources; all others name services."""


def match_tally(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Match the identifiers of a tally with the catalogue."""
    tally = _decide_settings(_decide_bills(tally, catalogue), catalogue)
    tally, may_be = _add_likeliest(tally, catalogue)

    # Match every row by what was decided already, else by its name.
    columns = "identifier", "variant_offering_id", "no_service", "line"
    rows = zip(*(tally[name].tolist() for name in columns), strict=True)
    matches = [
        _match_row(identifier, offering, reason, line, catalogue)
        for identifier, offering, reason, line in rows
    ]
    _add_nearest(matches, tally, catalogue)
    text = dict.fromkeys(Match._fields, "str") | {"names_offering": bool}
    matched = pd.DataFrame(
        {
            name: pd.Series([match[at] for match in matches], dtype=text[name])
            for at, name in enumerate(Match._fields)
        }
    )
    matched["may_be"] = matched["may_be"].mask(may_be != "", may_be)
    estate = pd.concat([tally.reset_index(drop=True), matched], axis="columns")

    estate["identifier"] = estate["identifier"].replace("", EMPTY)
    return _mark_parts(_count_once(_assume_offerings(estate, catalogue)), catalogue)


def _decide_bills(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    if (tally["line"] == "").all():
        return tally

    def find_service(product: str) -> tuple[str, str, str]:
        match = catalogue.match(product)
        return match.service_id, match.offering_id, match.matched_by

    return decide_lines(
        tally, catalogue.bill_rules, find_service, catalogue.of_service, catalogue.ordinary
    )


def _decide_settings(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    has_settings = tally["settings"] != ""
    if not has_settings.any():
        return tally

    decided = []
    rows = tally[has_settings]
    for identifier, said in zip(rows["identifier"], rows["settings"], strict=True):
        parts = said.split(PART_OF_SETTINGS)
        settings = dict(zip(parts[::2], parts[1::2], strict=False))
        size = settings.get("dbinstanceclass") or settings.get("instanceclass")
        settings |= dict.fromkeys(("dbinstanceclass", "instanceclass"), size) if size else {}
        decided.append(describe_rule(_find_rule(identifier, settings, catalogue)))

    names = ["variant", "variant_offering_id", "variant_certain", "others"]
    found = pd.DataFrame(decided, columns=names, index=rows.index, dtype="str")
    settled = pd.concat([tally[~has_settings], rows.assign(**{name: found[name] for name in names})])
    return merge_tally(settled.assign(settings=""))


def _find_rule(identifier: str, settings: dict[str, str], catalogue: Catalogue) -> Rule | None:
    match = catalogue.match(identifier)
    kinds = list_kinds("service").get(match.service_id, "").split(SEPARATOR)
    if match.offering_id:
        kinds = kinds[:1] if match.offering_id == catalogue.ordinary.get(match.service_id) else [""]
    if is_own_word(identifier) or not kinds[0]:
        return find_rule_of_table(catalogue.rules, catalogue.find_type(identifier), settings)

    found = [find_rule_of_table(catalogue.rules, kind, settings) for kind in kinds]
    rules = [rule for rule in found if rule is not None and rule.offering_id]
    offerings = dict.fromkeys(one for rule in rules for one in (rule.offering_id, *rule.others))
    others = tuple(offerings)[1:]
    return rules[0]._replace(certain="no", others=others) if others else next(iter(rules), None)


def _add_likeliest(tally: pd.DataFrame, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.Series]:
    """Add the likeliest offering to rows without settings whose type has several."""
    tally = tally.reset_index(drop=True)
    may_be = pd.Series("", index=tally.index, dtype="str")
    folded = tally["identifier"].map(fold_type).astype("str")
    is_open = (tally["variant"] == "") & (tally["no_service"] == "")
    is_open &= folded.isin(list(catalogue.likeliest))

    if not is_open.any():
        return tally, may_be

    likeliest = folded[is_open].map(catalogue.likeliest.get)
    first = likeliest.str[0].astype("str").reindex(tally.index)
    tally = tally.assign(
        variant_offering_id=tally["variant_offering_id"].mask(is_open, first),
        variant_certain=tally["variant_certain"].mask(is_open, "no"),
    )
    others = likeliest.map(lambda offerings: SEPARATOR.join(offerings[1:])).astype("str")
    return tally, may_be.mask(is_open, others.reindex(tally.index))


def _match_row(identifier: str, offering: str, reason: str, line: str, catalogue: Catalogue) -> Match:
    if reason:
        return Match(NO_SERVICE, matched_by="reader", note=reason)
    if offering:
        service = catalogue.service_of[offering]
        by = "bill" if line else "variant"
        return Match(RECOGNISED, service, offering, by, names_offering=True)
    return catalogue.match(identifier)


def _add_nearest(matches: list[Match], tally: pd.DataFrame, catalogue: Catalogue) -> None:
    identifiers, rows = tally["identifier"].tolist(), tally["rows"].tolist()
    unknown = [n for n, one in enumerate(matches) if one.status == UNRECOGNISED and not one.note]
    unknown = heapq.nlargest(MOST_NEAREST, unknown, key=rows.__getitem__)
    notes = catalogue.name_nearest([identifiers[n].lower() for n in unknown])
    for n, note in zip(unknown, notes, strict=True):
        note = note or catalogue.name_candidates(identifiers[n].lower())
        matches[n] = matches[n]._replace(note=note)


def _assume_offerings(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Give every recognised row an offering, and mark those that the file left open.

    If the plain name of a service means only one offering, all its resource types belong to that
    offering, as a security group belongs to the VPC. A part such as a target group belongs to the only
    offering of its service that the estate certainly has, such as a load balancer. A kind whose
    settings decide the offering, such as a function of Lambda, is no part, even if the file does not
    have these settings. Parts of databases also follow the only one that is assumed. Otherwise the
    candidates are, in this order: offerings that the words of a name speak of, offerings that other
    rows of the estate name and that the plain name may mean, offerings that other rows name, and
    offerings that the plain name may mean. If there are several, the ordinary one is used.

    A type that stands for one offering, but whose settings may make it another one, is only assumed to
    be that offering if the file does not have these settings.
    """
    of_service, meant_by_name = catalogue.of_service, catalogue.meant_by_name
    ordinary = set(catalogue.ordinary.values())
    columns = (
        "identifier", "service_id", "offering_id", "names_offering", "matched_by", "variant_certain",
        "may_be", "by_words",
    )  # fmt: skip
    rows = [
        (*row, _list_by_settings(row, others, catalogue))
        for *row, others in zip(*(estate[name].tolist() for name in (*columns, "others")), strict=True)
    ]
    named_elsewhere = list_by_service(
        (service, offering) for _, service, offering, *_ in rows if offering
    )
    parents: dict[str, set[str]] = {}
    likely: dict[str, set[str]] = {}
    for identifier, _, offering, is_itself, scheme, certain, *_, by_settings in rows:
        if offering and is_itself:
            is_likely = bool(by_settings) or (certain == "no" and scheme not in TYPE_SCHEMES)
            known = likely if is_likely else parents
            known.setdefault(find_family(identifier), set()).add(offering)

    services, chosen, assumed, alternatives, themselves = [], [], [], [], []
    for identifier, service, offering, is_itself, scheme, certain, may_be, words, by_settings in rows:
        # Known for certain, but for its settings, or by an everyday name only.
        is_type = scheme in TYPE_SCHEMES
        family = find_family(identifier)
        parent = parents.get(family, set())
        is_open = (certain == "no" and not is_type) or scheme in (EVERYDAY, PART)
        is_open |= bool(offering and by_settings)
        others = of_service.get(service, [])
        is_whole = " " not in identifier and fold_kind(identifier) in catalogue.whole_kinds

        if service and not offering:
            # What this estate names elsewhere comes first, then what the plain name may mean.
            narrowed = [one for one in list_family_offerings(identifier) if one in others]
            others = narrowed or others
            spoken_of = [one for one in words.split(SEPARATOR) if one]
            meant = spoken_of or narrowed or meant_by_name.get(service, others)
            seen = [one for one in named_elsewhere.get(service, []) if one in others]
            among = [choice for choice in meant if choice in seen]
            among = among or (meant if spoken_of or len(meant) == 1 else seen or meant)
            offering = next((choice for choice in among if choice in ordinary), among[0])

            # What several offerings use at once is no part of one of them.
            is_shared = fold_kind(identifier).endswith(tuple(list_kinds("shared")))
            is_part = is_type and not is_whole and not is_shared
            above = parent or likely.get(family, set())
            if is_part and family in SHARED_FAMILIES and len(above) == 1 and not seen:
                (offering,) = above  # a subnet group beside Aurora alone is Aurora's
            belongs = is_part and parent == {offering} and set(seen) <= {offering}
            is_sole = is_type and meant == [offering]
            by_settings = [one for one in by_settings if one != offering]
            is_open = bool(by_settings) or not (len(others) == 1 or is_sole or belongs)
            by_settings = by_settings if is_sole else []

        is_open &= service != ""
        services.append(catalogue.service_of.get(offering, service))
        chosen.append(offering)
        assumed.append(is_open)
        themselves.append(is_itself or (service != "" and is_whole))
        others = by_settings or [*filter(None, may_be.split(SEPARATOR)), *others]
        others = [other for other in dict.fromkeys(others) if other != offering]
        alternatives.append(SEPARATOR.join(others) if is_open else "")

    return estate.assign(
        service_id=pd.Series(services, index=estate.index, dtype="str"),
        offering_id=chosen,
        assumed=assumed,
        names_offering=pd.Series(themselves, index=estate.index, dtype="bool"),
        alternatives=alternatives,
    )


def _list_by_settings(row: list[Any], said: str, catalogue: Catalogue) -> list[str]:
    identifier, _, offering, _, scheme, certain, *_ = row
    is_bare = scheme in TYPE_SCHEMES and not certain  # no settings were looked at
    others = catalogue.list_by_settings(identifier) if is_bare else said.split(SEPARATOR)
    return [one for one in others if one not in ("", offering)]


def _mark_parts(estate: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
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


def _count_once(estate: pd.DataFrame) -> pd.DataFrame:
    """Count an ARN that stands in several rows of an estate only in the one that tells most of it.

    A row that determines the offering comes before one that leaves it open, and one with a deciding
    setting before one without. A row whose ARNs are all
    counted elsewhere keeps its number of rows. Usage on a bill is apart: one ARN may use several
    offerings.
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
        again = [one for one in own if one in seen]
        repeated[row] = len(again)
        if again and len(again) == estate.loc[row, "resources"]:
            counted_in[row] = seen[min(again, key=seen.__getitem__)]
        seen |= dict.fromkeys(own - seen.keys(), row)

    # A row whose ARNs are all counted elsewhere leaves nothing open.
    estate = estate.assign(resources=estate["resources"] - repeated)
    rows, others = list(counted_in), list(counted_in.values())
    for name in ("service_id", "offering_id"):
        estate.loc[rows, name] = estate.loc[others, name].to_list()
    said: dict[str, bool | str] = {"assumed": False, "alternatives": "", "note": SAID_ELSEWHERE}
    said |= {"counted_by": BY_ID}
    for name, value in said.items():
        estate.loc[rows, name] = value
    return estate


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
    """Describe partitions that are not known or not listed; return empty text if there are none."""
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
