"""Match what an inventory names with the catalogue: services and offerings, or nothing, said aloud."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from srm_data.estate.resources import OTHER_PROVIDER, SEPARATOR
from srm_data.offerings import list_names
from srm_data.search import (
    EVERYDAY,
    LONGEST,
    Name,
    NameIndex,
    join_letters,
    split_words,
    widen_identifier,
)

RECOGNISED, UNRECOGNISED, NO_SERVICE = "recognised", "unrecognised", "not a service"
CUSTOM = "a custom resource: what it makes is known to its provider only"
MODULE = "a module of a private registry, whose resources stand elsewhere"
THIRD_PARTY = "a resource type of a third party, not of AWS"
MOST_NEAREST = 1_000  # unknown identifiers for which the nearest names are looked up
OTHER_PROVIDERS = (
    "azurerm_",
    "azuread_",
    "google_",
    "random_",
    "null_",
    "tls_",
    "kubernetes_",
    "helm_",
)
OWN_NAMESPACES = ("aws::", "alexa::", "amzn::")
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
        for wanted, scheme in [(folded, ""), *self._widen(identifier, folded)]:
            found = [e for e in self.by_name.get(wanted, ()) if scheme in ("", e.scheme)]
            if found := [entry for entry in found if entry.scheme != EVERYDAY]:
                return _settle(found, is_exact=wanted == folded)
            excluded = self.reasons.get(wanted)
            if excluded and scheme in ("", excluded[0]):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
        if not folded:
            return Match(UNRECOGNISED, note="no identifier in these rows")
        if reason := _exclude_type(folded):
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
        elif finding := re.fullmatch(r"Aws([A-Z][a-z0-9]+)(\w*)", identifier.strip()):
            # AwsEc2Instance of Security Hub is what an ARN calls ec2:instance.
            service, kind = (part.lower() for part in finding.groups())
            wider.append((f"{service}:{kind}", "arn-resource"))
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
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


def _exclude_type(folded: str) -> str:
    """Return why a resource type of CloudFormation or Terraform is none of AWS's."""
    if folded.startswith(OTHER_PROVIDERS):
        return OTHER_PROVIDER.format(folded.split("_")[0])
    if folded.startswith("custom::"):
        return CUSTOM
    if folded.endswith("::module"):
        return MODULE
    return THIRD_PARTY if folded.count("::") == 2 and not folded.startswith(OWN_NAMESPACES) else ""


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
    matches = [
        _match_row(identifier, offering, reason, catalogue)
        for identifier, offering, reason in zip(
            tally["identifier"], tally["variant_offering_id"], tally["no_service"], strict=True
        )
    ]
    text = dict.fromkeys(Match._fields, "str") | {"names_offering": bool}
    matched = pd.DataFrame(matches, columns=Match._fields).astype(text)
    estate = pd.concat([tally.reset_index(drop=True), matched], axis="columns")
    unknown = estate[(estate["status"] == UNRECOGNISED) & (estate["note"] == "")]
    for row in unknown.nlargest(MOST_NEAREST, "resources").index:
        estate.loc[row, "note"] = catalogue.name_nearest(str(estate.loc[row, "identifier"]).lower())
    estate["identifier"] = estate["identifier"].where(estate["identifier"] != "", EMPTY)
    return _assume_offerings(estate, tables)


def _match_row(identifier: str, offering: str, reason: str, catalogue: Catalogue) -> Match:
    if reason:
        return Match(NO_SERVICE, matched_by="reader", note=reason)
    if offering:
        service = catalogue.service_of[offering]
        return Match(RECOGNISED, service, offering, "variant", names_offering=True)
    return catalogue.match(identifier)


def _assume_offerings(estate: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Give every recognised row an offering, and mark where the file left it open.

    A resource type of a service whose plain name means one offering only belongs to that one: a
    security group to the VPC. Else the candidates are, in this order, the offerings of the service that
    other rows of the estate name and its plain name may mean, those that other rows name, and those
    that its plain name may mean. Of several the one with most duties of the customer's is taken.
    """
    offerings = tables["offerings"]
    ordinary = set(offerings.loc[offerings["ordinary"] == "yes", "offering_id"])
    of_service = _list_offerings(offerings)
    meant_by_name = _list_offerings(offerings[offerings["by_service_name"] == "yes"])
    named_elsewhere = _list_offerings(estate[estate["offering_id"] != ""])

    chosen, assumed, alternatives = [], [], []
    columns = "service_id", "offering_id", "matched_by", "variant_certain", "may_be"
    rows = zip(*(estate[name] for name in columns), strict=True)
    for service, offering, scheme, certain, may_be in rows:
        is_open = certain == "no" or scheme == EVERYDAY
        others = of_service.get(service, [])
        if service and not offering:
            meant = meant_by_name.get(service, others)
            seen = named_elsewhere.get(service, [])
            is_type = scheme in TYPE_SCHEMES
            among = [choice for choice in meant if choice in seen]
            among = among or (meant if len(meant) == 1 else seen or meant)
            offering = next((choice for choice in among if choice in ordinary), among[0])
            is_open = len(others) > 1 and not (is_type and meant == [offering])
        chosen.append(offering)
        assumed.append(is_open)
        others = [*filter(None, may_be.split(SEPARATOR)), *others]
        others = [other for other in dict.fromkeys(others) if other != offering]
        alternatives.append(SEPARATOR.join(others) if is_open else "")
    return estate.assign(offering_id=chosen, assumed=assumed, alternatives=alternatives)


def _list_offerings(rows: pd.DataFrame) -> dict[str, list[str]]:
    """List the offerings of each service that the rows name."""
    listed: dict[str, list[str]] = {}
    for service, offering in zip(rows["service_id"], rows["offering_id"], strict=True):
        listed.setdefault(service, []).append(offering)
    return listed
