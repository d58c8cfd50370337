"""Match what an inventory names with the catalogue: services and offerings, or nothing, said aloud."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from srm_data.estate.bills import decide_lines, get_bill_rules, list_bill_rules
from srm_data.estate.resource_types import (
    CUSTOM,
    CUSTOM_RESOURCE,
    SHARED_FAMILIES,
    exclude_type,
    find_family,
    widen_finding,
)
from srm_data.estate.resources import BY_ROW, SEPARATOR
from srm_data.offerings import list_names, widen_identifier
from srm_data.search import EVERYDAY, LONGEST, Name, NameIndex, join_letters, split_words

RECOGNISED, UNRECOGNISED, NO_SERVICE = "recognised", "unrecognised", "not a service"
MOST_NEAREST = 1_000  # unknown identifiers for which the nearest names are looked up
EMPTY, PREFIX = "(empty)", "terraform-prefix"
TYPE_SCHEMES = ("cloudformation-type", "cloudformation-namespace", "config-type", "terraform-prefix",
         "arn-resource")  # fmt: skip
"""Vocabularies that name resources, where the others name services."""


class Match(NamedTuple):
    """What an identifier means; ``offering_id`` is empty where the service alone is known.

    ``may_be`` names the other offerings that an everyday word may mean.
    """

    status: str
    service_id: str = ""
    offering_id: str = ""
    matched_by: str = ""
    note: str = ""
    names_offering: bool = False
    may_be: str = ""


class Catalogue:
    """The names of the catalogue, arranged once for many look-ups.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    """

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.names, offerings = list_names(tables), tables["offerings"]
        names = self.names
        self.by_name: dict[str, list[Name]] = {}
        columns = [
            names[column].tolist() for column in ("folded", "scheme", "service_id", "offering_id")
        ]
        for folded, scheme, service, offering in zip(*columns, strict=True):
            self.by_name.setdefault(folded, []).append(Name(scheme, service, offering))

        others = tables["not_services"]
        columns = [others[column].tolist() for column in ("identifier", "scheme", "reason")]
        reasons = zip(*columns, strict=True)
        self.reasons = {name.lower(): (scheme, reason) for name, scheme, reason in reasons}

        self.spelled = dict(zip(names["folded"].tolist(), names["identifier"].tolist(), strict=True))
        self.service_of = dict(zip(offerings["offering_id"], offerings["service_id"], strict=True))
        is_ordinary = offerings["ordinary"] == "yes"
        self.ordinary = offerings[is_ordinary].set_index("service_id")["offering_id"].to_dict()

        everyday = tables["everyday_names"]
        too_common = everyday.loc[everyday["in_inventory"] == "no", "name"].tolist()
        self.too_common = {join_letters(name) for name in too_common}

        prefixes = {name for name, entries in self.by_name.items() if _is_prefix(entries)}
        prefixes |= {name for name, (scheme, _) in self.reasons.items() if scheme == PREFIX}
        self.prefixes = sorted(prefixes, key=len, reverse=True)

    @cached_property
    def index(self) -> NameIndex:
        """The names by their words."""
        return NameIndex(self.names)

    def match(self, identifier: str) -> Match:
        """Find what an identifier means: exactly, by its namespace or prefix, or by its words."""
        folded = " ".join(identifier.lower().split())
        if folded == CUSTOM_RESOURCE:
            return Match(NO_SERVICE, matched_by="reader", note=CUSTOM)
        for wanted, scheme in [(folded, ""), *self._widen(identifier, folded)]:
            found = [e for e in self.by_name.get(wanted, ()) if scheme in ("", e.scheme)]
            if found := [entry for entry in found if entry.scheme != EVERYDAY]:
                return _settle(found, is_exact=_is_own(wanted, folded))
            excluded = self.reasons.get(wanted)
            if excluded and scheme in ("", excluded[0]):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
        if not folded:
            return Match(UNRECOGNISED, note="no identifier in these rows")
        if reason := exclude_type(folded):
            return Match(NO_SERVICE, matched_by="reader", note=reason)
        if len(folded) > LONGEST or set(":_") & set(folded):
            return Match(UNRECOGNISED)
        if found := self.index.find_same(folded):
            return self._settle_name(found, folded)
        if found := self._find_words(folded):
            return _settle(found, is_exact=False)
        return Match(UNRECOGNISED)

    def _settle_name(self, found: list[Name], folded: str) -> Match:
        """Return what a name means; of an everyday name the likeliest meaning, which is assumed.

        Words that other clouds and tools use too, such as *secret*, are not enough in an inventory.
        """
        if found[0].scheme != EVERYDAY:
            return _settle(found, is_exact=True)
        offerings = [
            self.ordinary[name.service_id] if not name.offering_id else name.offering_id
            for name in found
        ]
        if join_letters(folded) in self.too_common:
            return Match(UNRECOGNISED, note=f"may mean: {SEPARATOR.join(offerings)}")
        return Match(
            RECOGNISED,
            found[0].service_id,
            offerings[0],
            EVERYDAY,
            may_be=SEPARATOR.join(offerings[1:]),
        )

    def _widen(self, identifier: str, folded: str) -> list[tuple[str, str]]:
        wider = [(text.lower(), scheme) for scheme, text in widen_identifier(identifier)]
        if folded.startswith("aws_"):
            prefix = next((prefix for prefix in self.prefixes if folded.startswith(prefix)), "")
            wider += [(prefix, PREFIX)] if prefix else []
        elif folded.startswith("awscc_"):
            wider.append((f"aws::{folded.split('_')[1]}", "cloudformation-namespace"))
        elif folded.count(":") == 1 and " " not in folded:
            service = folded.split(":")[0]
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
        elif folded.count("#") == 1:  # Wiz writes ec2#instance
            service, _, kind = folded.partition("#")
            wider += [(f"{service}:{kind}", "arn-resource")]
            wider += [(f"aws::{service}::{kind}", "cloudformation-type")]
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
        elif found := re.fullmatch(r"Aws((?:[A-Z][A-Za-z0-9]*)+)", identifier.strip()):
            wider += widen_finding(found[1])
        return wider

    def _find_words(self, folded: str) -> list[Name]:
        """Find the names of one service that has all the words, else names that hold them all."""
        index = self.index
        if len(split_words(folded)) < 2:
            return []  # a single word within a name, such as flow, is too little
        if found := index.find_covered(folded):
            return [n if n.scheme == EVERYDAY else n._replace(scheme="words") for n in found]
        around = [n for n in index.find_around(folded) if n.scheme != EVERYDAY]
        of_services = [name for name in around if not name.offering_id]
        return [name._replace(scheme="words") for name in of_services or around]

    def name_nearest(self, folded: str) -> str:
        """Name up to three identifiers that look alike; quickly, as thousands may be unknown."""
        from rapidfuzz import fuzz, process

        near = process.extract(
            folded[:80], self.spelled.keys(), scorer=fuzz.ratio, limit=3, score_cutoff=72
        )
        names = SEPARATOR.join(self.spelled[name] for name, _, _ in near)
        return f"nearest: {names}" if names else ""


def _is_own(wanted: str, folded: str) -> bool:
    """Return whether the name that was found is the whole identifier, in another vocabulary or not."""
    is_type = wanted.count("::") == 2 and "::" not in folded  # AwsS3Bucket is AWS::S3::Bucket
    return is_type or wanted == folded.replace("#", ":")


def _is_prefix(entries: list[Name]) -> bool:
    return any(entry.scheme == PREFIX for entry in entries)


def _settle(found: list[Name], *, is_exact: bool) -> Match:
    """Return the one service and offering that are meant; several services are ambiguous.

    What is known by the beginning of its name belongs to an offering; only the exact name is its own.
    """
    services = list(dict.fromkeys(entry.service_id for entry in found))
    own = [entry for entry in found if entry.scheme == "offering"]
    if len(services) > 1 and is_exact and len({entry.service_id for entry in own}) == 1:
        found, services = own, [own[0].service_id]  # our own id, which elsewhere means more
    if len(services) > 1:
        shown = SEPARATOR.join(services[:6]) + (" ..." if len(services) > 6 else "")
        return Match(UNRECOGNISED, note=f"may mean: {shown}")
    offerings = {entry.offering_id for entry in found if entry.offering_id}
    offering = offerings.pop() if len(offerings) == 1 else ""
    scheme = next((e.scheme for e in found if e.offering_id == offering), found[0].scheme)
    itself = bool(offering) and is_exact
    return Match(RECOGNISED, services[0], offering, scheme, names_offering=itself)


def match_tally(tally: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Match the identifiers of a tally with the catalogue.

    Returns
    -------
    DataFrame
        As :func:`~srm_data.read_estate` returns it.
    """
    catalogue = Catalogue(tables)
    tally = _decide_bills(tally, catalogue, tables)
    tally, may_be = _add_likeliest(tally, tables)
    columns = "identifier", "variant_offering_id", "no_service", "counted_by"
    matches = [
        _match_row(identifier, offering, reason, counted_by, catalogue)
        for identifier, offering, reason, counted_by in zip(
            *(tally[name].tolist() for name in columns), strict=True
        )
    ]
    text = dict.fromkeys(Match._fields, "str") | {"names_offering": bool}
    matched = pd.DataFrame(matches, columns=Match._fields).astype(text)
    matched["may_be"] = matched["may_be"].mask(may_be != "", may_be)
    estate = pd.concat([tally.reset_index(drop=True), matched], axis="columns")
    unknown = estate[(estate["status"] == UNRECOGNISED) & (estate["note"] == "")]
    for row in unknown.nlargest(MOST_NEAREST, "resources").index:
        estate.loc[row, "note"] = catalogue.name_nearest(str(estate.loc[row, "identifier"]).lower())
    estate["identifier"] = estate["identifier"].where(estate["identifier"] != "", EMPTY)
    return _assume_offerings(estate, tables)


def _decide_bills(
    tally: pd.DataFrame, catalogue: Catalogue, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Decide the offerings of the lines of bills, and drop what the lines say."""

    def find_service(product: str) -> tuple[str, str, str]:
        match = catalogue.match(product)
        return match.service_id, match.offering_id, match.matched_by

    if (tally["line"] == "").all():
        return tally
    rules = list_bill_rules(get_bill_rules(tables))
    of_service = _list_offerings(tables["offerings"])
    ordinary = {str(service): str(one) for service, one in catalogue.ordinary.items()}
    return decide_lines(tally, rules, find_service, of_service, ordinary)


def _add_likeliest(
    tally: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.Series]:
    """Add the likeliest offering of types whose settings decide it, where a row has no settings.

    Returns
    -------
    tuple
        The tally, and the other offerings that each of these rows may be, of any service.
    """
    tally = tally.reset_index(drop=True)
    may_be = pd.Series("", index=tally.index, dtype="str")
    if "variants" not in tables:
        return tally, may_be
    variants = tables["variants"].sort_values(["resource", "position"])
    open_rules = variants[(variants["value"] == "-") & (variants["certain"] == "no")]
    likeliest = open_rules.groupby(open_rules["resource"].str.lower())["offering_id"].agg(list)

    folded = tally["identifier"].str.lower()
    is_open = (tally["variant"] == "") & (tally["no_service"] == "") & folded.isin(likeliest.index)
    for row in tally.index[is_open]:
        first, *others = likeliest[folded[row]]
        tally.loc[row, ["variant_offering_id", "variant_certain"]] = [first, "no"]
        may_be[row] = SEPARATOR.join(others)
    return tally, may_be


def _match_row(
    identifier: str, offering: str, reason: str, counted_by: str, catalogue: Catalogue
) -> Match:
    if reason:
        return Match(NO_SERVICE, matched_by="reader", note=reason)
    if offering:
        service = catalogue.service_of[offering]
        by = "variant" if counted_by == BY_ROW else "bill"
        return Match(RECOGNISED, service, offering, by, names_offering=True)
    return catalogue.match(identifier)


def _assume_offerings(estate: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give every recognised row an offering, and mark where the file left it open.

    A resource type of a service whose plain name means one offering only belongs to that one: a
    security group to the VPC. A part, such as a target group, belongs to the one offering of its
    service that this estate has for certain: to its load balancer. Else the candidates are, in this
    order, the offerings of the service that other rows of the estate name and its plain name may mean,
    those that other rows name, and those that its plain name may mean. Of several the ordinary one is
    taken.
    """
    offerings = tables["offerings"]
    decided = set(tables["variants"]["resource"].str.lower()) if "variants" in tables else set()
    ordinary = set(offerings.loc[offerings["ordinary"] == "yes", "offering_id"])
    of_service = _list_offerings(offerings)
    service_of = dict(zip(offerings["offering_id"], offerings["service_id"], strict=True))
    meant_by_name = _list_offerings(offerings[offerings["by_service_name"] == "yes"])
    is_certain = (estate["offering_id"] != "") & (estate["variant_certain"] != "no")
    named_elsewhere = _list_offerings(estate[estate["offering_id"] != ""])
    parents = _list_parents(estate[is_certain & estate["names_offering"]])

    chosen, assumed, alternatives = [], [], []
    columns = (
        "identifier", "service_id", "offering_id", "matched_by", "variant_certain", "may_be", "others",
    )  # fmt: skip
    rows = zip(*(estate[name] for name in columns), strict=True)
    for identifier, service, offering, scheme, certain, may_be, said in rows:
        family = find_family(identifier)
        parent = parents.get(family, set())
        is_open = certain == "no" or scheme == EVERYDAY
        others = of_service.get(service, [])
        if service and not offering:
            meant = meant_by_name.get(service, others)
            seen = named_elsewhere.get(service, [])
            is_type = scheme in TYPE_SCHEMES
            among = [choice for choice in meant if choice in seen]
            among = among or (meant if len(meant) == 1 else seen or meant)
            offering = next((choice for choice in among if choice in ordinary), among[0])
            # A cluster runs things in several ways: it is no part of one of them.
            is_part = is_type and identifier.lower() not in decided
            is_part = is_part and not identifier.lower().endswith("cluster")
            if is_part and family in SHARED_FAMILIES and len(parent) == 1 and not seen:
                (offering,) = parent  # a subnet group beside Aurora alone is Aurora's
            belongs = is_part and parent == {offering} and set(seen) <= {offering}
            is_open = len(others) > 1 and not (is_type and meant == [offering]) and not belongs
        chosen.append(offering)
        assumed.append(is_open)
        others = said.split(SEPARATOR) if said else [*filter(None, may_be.split(SEPARATOR)), *others]
        others = [other for other in dict.fromkeys(others) if other != offering]
        alternatives.append(SEPARATOR.join(others) if is_open else "")
    chosen_services = pd.Series(chosen, index=estate.index).map(service_of).fillna("")
    return estate.assign(
        service_id=chosen_services.where(chosen_services != "", estate["service_id"]).astype("str"),
        offering_id=chosen,
        assumed=assumed,
        alternatives=alternatives,
    )


def _list_parents(rows: pd.DataFrame) -> dict[str, set[str]]:
    """List the offerings that the types of each family name."""
    listed: dict[str, set[str]] = {}
    for identifier, offering in zip(rows["identifier"], rows["offering_id"], strict=True):
        listed.setdefault(find_family(identifier), set()).add(offering)
    return listed


def _list_offerings(rows: pd.DataFrame) -> dict[str, list[str]]:
    """List the offerings of each service that the rows name."""
    listed: dict[str, list[str]] = {}
    for service, offering in zip(rows["service_id"], rows["offering_id"], strict=True):
        listed.setdefault(service, []).append(offering)
    return listed
