"""Match the identifiers of an inventory to services and offerings, and report what does not match."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from srm_data.estate.resources import OTHER_PROVIDER, SEPARATOR
from srm_data.model import build_model
from srm_data.offerings import list_names, widen_identifier

RECOGNISED, UNRECOGNISED, NO_SERVICE = "recognised", "unrecognised", "not a service"
CUSTOM = "a custom resource: what it makes is known to its provider only"
MODULE = "a module of a private registry, whose resources are declared elsewhere"
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
"""Vocabularies that name resources; the others name services."""


class Meaning(NamedTuple):
    """One meaning of a name; ``offering_id`` is empty if it names the service as a whole."""

    scheme: str
    service_id: str
    offering_id: str


class Match(NamedTuple):
    """What an identifier means; ``offering_id`` is empty if only the service is known."""

    status: str
    service_id: str = ""
    offering_id: str = ""
    matched_by: str = ""
    note: str = ""
    names_offering: bool = False


class NameIndex:
    """The names of services and offerings, indexed once for many look-ups.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    """

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        names, offerings = list_names(tables), tables["offerings"]

        self.by_name: dict[str, list[Meaning]] = {}
        columns = [
            names[column].tolist() for column in ("folded", "scheme", "service_id", "offering_id")
        ]
        for folded, scheme, service, offering in zip(*columns, strict=True):
            self.by_name.setdefault(folded, []).append(Meaning(scheme, service, offering))

        others = tables["not_services"]
        columns = [others[column].tolist() for column in ("identifier", "scheme", "reason")]
        reasons = zip(*columns, strict=True)
        self.reasons = {name.lower(): (scheme, reason) for name, scheme, reason in reasons}

        self.spelled = dict(zip(names["folded"].tolist(), names["identifier"].tolist(), strict=True))
        self.service_of = dict(zip(offerings["offering_id"], offerings["service_id"], strict=True))

        prefixes = {name for name, meanings in self.by_name.items() if _is_prefix(meanings)}
        prefixes |= {name for name, (scheme, _) in self.reasons.items() if scheme == PREFIX}
        self.prefixes = sorted(prefixes, key=len, reverse=True)

    @cached_property
    def words(self) -> list[tuple[frozenset[str], Meaning]]:
        """The words of every name of a service or an offering."""
        return [
            (frozenset(name.replace("(", " ").replace(")", " ").split()), meaning)
            for name, meanings in self.by_name.items()
            for meaning in meanings
            if meaning.scheme in ("offering", "service", "name")
        ]

    def match(self, identifier: str) -> Match:
        """Find the meaning of an identifier: exactly, by its namespace or prefix, or by its words."""
        folded = " ".join(identifier.lower().split())
        for wanted, scheme in [(folded, ""), *self._widen(identifier, folded)]:
            found = [m for m in self.by_name.get(wanted, ()) if scheme in ("", m.scheme)]
            if found:
                return _resolve_meanings(found, is_exact=wanted == folded)
            excluded = self.reasons.get(wanted)
            if excluded and scheme in ("", excluded[0]):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])

        if not folded:
            return Match(UNRECOGNISED, note="no identifier in these rows")
        if reason := _describe_foreign_type(folded):
            return Match(NO_SERVICE, matched_by="reader", note=reason)

        if found := self._find_words(folded):
            return _resolve_meanings(found, is_exact=False)
        return Match(UNRECOGNISED)

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
        elif named := re.fullmatch(r"Aws([A-Z][a-z0-9]+)(\w*)", identifier.strip()):
            # AwsEc2Instance of Security Hub is what an ARN calls ec2:instance.
            service, kind = (part.lower() for part in named.groups())
            wider.append((f"{service}:{kind}", "arn-resource"))
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
        return wider

    def _find_words(self, folded: str) -> list[Meaning]:
        """Find services, else offerings, whose name has every word except "AWS" and "Amazon"."""
        words = set(folded.split()) - {"aws", "amazon"}
        if len(words) < 2 or len(folded) > 80 or set(":_") & set(folded):
            return []  # a single word, such as queue, is too little
        found = [meaning._replace(scheme="words") for has, meaning in self.words if words <= has]
        of_services = [meaning for meaning in found if not meaning.offering_id]
        return list(dict.fromkeys(of_services or found))

    def describe_nearest(self, folded: str) -> str:
        """Describe up to three identifiers that look alike; fast, as thousands may be unknown."""
        from rapidfuzz import fuzz, process

        near = process.extract(
            folded[:80], self.spelled.keys(), scorer=fuzz.ratio, limit=3, score_cutoff=72
        )
        names = SEPARATOR.join(self.spelled[name] for name, _, _ in near)
        return f"nearest: {names}" if names else ""


def _describe_foreign_type(folded: str) -> str:
    """Describe why a resource type of CloudFormation or Terraform is not of AWS."""
    if folded.startswith(OTHER_PROVIDERS):
        return OTHER_PROVIDER.format(folded.split("_")[0])
    if folded.startswith("custom::"):
        return CUSTOM
    if folded.endswith("::module"):
        return MODULE
    return THIRD_PARTY if folded.count("::") == 2 and not folded.startswith(OWN_NAMESPACES) else ""


def _is_prefix(meanings: list[Meaning]) -> bool:
    return any(meaning.scheme == PREFIX for meaning in meanings)


def _resolve_meanings(found: list[Meaning], *, is_exact: bool) -> Match:
    """Return the only service meant, and the only offering; several services are ambiguous.

    Only an exact name is that of the offering itself; one matched by its beginning belongs to it.
    """
    services = list(dict.fromkeys(meaning.service_id for meaning in found))
    own = [meaning for meaning in found if meaning.scheme == "offering"]
    if len(services) > 1 and is_exact and len({meaning.service_id for meaning in own}) == 1:
        found, services = (
            own,
            [own[0].service_id],
        )  # an id of ours, although the word means more elsewhere
    if len(services) > 1:
        shown = SEPARATOR.join(services[:6]) + (" ..." if len(services) > 6 else "")
        return Match(UNRECOGNISED, note=f"may mean: {shown}")

    offerings = {meaning.offering_id for meaning in found if meaning.offering_id}
    offering = offerings.pop() if len(offerings) == 1 else ""
    scheme = next((m.scheme for m in found if m.offering_id == offering), found[0].scheme)
    itself = bool(offering) and is_exact
    return Match(RECOGNISED, services[0], offering, scheme, names_offering=itself)


def match_tally(tally: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Match the identifiers of a tally to services and offerings.

    Returns
    -------
    DataFrame
        As :func:`~srm_data.read_estate` returns it.
    """
    index = NameIndex(tables)
    matches = [
        _match_row(identifier, offering, reason, index)
        for identifier, offering, reason in zip(
            tally["identifier"], tally["variant_offering_id"], tally["no_service"], strict=True
        )
    ]

    text = dict.fromkeys(Match._fields, "str") | {"names_offering": bool}
    matched = pd.DataFrame(matches, columns=Match._fields).astype(text)
    estate = pd.concat([tally.reset_index(drop=True), matched], axis="columns")

    unknown = estate[(estate["status"] == UNRECOGNISED) & (estate["note"] == "")]
    for row in unknown.nlargest(MOST_NEAREST, "resources").index:
        estate.loc[row, "note"] = index.describe_nearest(str(estate.loc[row, "identifier"]).lower())
    estate["identifier"] = estate["identifier"].where(estate["identifier"] != "", EMPTY)
    return _assume_offerings(estate, tables)


def _match_row(identifier: str, offering: str, reason: str, index: NameIndex) -> Match:
    if reason:
        return Match(NO_SERVICE, matched_by="reader", note=reason)
    if offering:
        service = index.service_of[offering]
        return Match(RECOGNISED, service, offering, "variant", names_offering=True)
    return index.match(identifier)


def _assume_offerings(estate: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Assume an offering where the file leaves it open, and mark these rows.

    If the plain name of a service means only one offering, its resource types belong to that one: a
    security group to the VPC. Otherwise the candidates are, in this order: offerings that other rows of
    the estate name and the plain name may mean; offerings that other rows name; offerings that the
    plain name may mean. Of several, the one with most duties of the customer is assumed.
    """
    offerings = tables["offerings"]
    left_open = estate.loc[estate["offering_id"] == "", "service_id"].unique().tolist()
    ranks = _rank_offerings(tables, left_open)
    of_service = _list_offerings(offerings)
    meant_by_name = _list_offerings(offerings[offerings["by_service_name"] == "yes"])
    named_elsewhere = _list_offerings(estate[estate["offering_id"] != ""])

    chosen, assumed, alternatives = [], [], []
    columns = [estate[name] for name in ("service_id", "offering_id", "matched_by", "variant_certain")]
    for service, offering, scheme, certain in zip(*columns, strict=True):
        is_open = certain == "no"
        others = of_service.get(service, [])
        if service and not offering:
            meant = meant_by_name.get(service, others)
            seen = named_elsewhere.get(service, [])
            is_type = scheme in TYPE_SCHEMES
            among = [choice for choice in meant if choice in seen]
            among = among or (meant if len(meant) == 1 else seen or meant)
            offering = min(among, key=ranks.__getitem__)
            is_open = len(others) > 1 and not (is_type and meant == [offering])
        chosen.append(offering)
        assumed.append(is_open)
        alternatives.append(SEPARATOR.join(o for o in others if o != offering) if is_open else "")
    return estate.assign(offering_id=chosen, assumed=assumed, alternatives=alternatives)


def _list_offerings(rows: pd.DataFrame) -> dict[str, list[str]]:
    """List the offerings of each service that the rows name."""
    listed: dict[str, list[str]] = {}
    for service, offering in zip(rows["service_id"], rows["offering_id"], strict=True):
        listed.setdefault(service, []).append(offering)
    return listed


def _rank_offerings(
    tables: dict[str, pd.DataFrame], services: list[str]
) -> dict[str, tuple[int, int, int]]:
    """Rank the offerings of services by most duties of the customer, then by most shared duties."""
    offerings, own = tables["offerings"], tables["offering_responsibilities"]
    offerings = offerings[offerings["service_id"].isin(services)]
    own = own[own["offering_id"].isin(offerings["offering_id"])]
    model = build_model(tables | {"offerings": offerings, "offering_responsibilities": own})
    answers = model["responsibility"].astype(object)
    counts = pd.DataFrame({"own": answers == "Customer", "shared": answers == "Shared"})
    counts = counts.groupby(model["offering_id"].to_numpy()).sum()
    columns = counts.index, counts["own"].tolist(), counts["shared"].tolist()
    return {
        offering: (-own, -shared, number)
        for number, (offering, own, shared) in enumerate(zip(*columns, strict=True))
    }
