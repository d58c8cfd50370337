"""Look up a name in the catalogue: a service, an offering, not a service, or unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.estate.arns import is_full_arn, shorten_arn
from srm_data.estate.profiles import Profiles, build_profiles, fold_name
from srm_data.estate.resource_types import (
    CUSTOM,
    CUSTOM_RESOURCE,
    FINDING,
    exclude_type,
    fold_kind,
    is_belonging,
    list_kinds,
    widen_finding,
)
from srm_data.estate.resources import SEPARATOR
from srm_data.estate.settings import Rules, fold_type, list_rules
from srm_data.estate.states import NOT_USED
from srm_data.estate.wording import (
    BETWEEN,
    has_other_script,
    list_thinner,
    list_words,
    names_other_cloud,
    says_unused,
)
from srm_data.names.index import (
    EVERYDAY,
    GENERIC,
    LONGEST,
    MAKER,
    PART,
    SPOKEN,
    Name,
    NameIndex,
    group_offerings,
    has_prefix,
    join_letters,
    list_meant,
    split_words,
    widen_identifier,
)
from srm_data.names.offerings import list_names

RECOGNISED, UNRECOGNISED, NO_SERVICE = "recognised", "unrecognised", "not a service"
PREFIX, CLIENT, WORDS = "terraform-prefix", "botocore-client", "words"
NEEDED = (
    "offerings", "services", "aliases", "everyday_names", "not_services", "variants", "bill_rules",
    "inventory_headers", "part_types",
)  # fmt: skip
"""Tables that a catalogue is made from."""

READ_COLUMNS = {
    "offerings": ["offering_id", "service_id", "ordinary", "by_service_name"],
    "variants": ["resource", "position", "attribute", "value", "offering_id", "certain"],
    "inventory_headers": ["header", "role"],
    "part_types": ["ending"],
    "bill_rules": [
        "service_id", "position", "product", "usage_type", "operation", "resource", "engine",
        "product_family", "description", "offering_id", "certain", "is_part", "alternatives", "reason",
    ],
}  # fmt: skip
"""Columns that are read of some of them."""

VAGUE = {"general", "purpos", "only", "custom"}  # stems that say little of a longer name
SENTENCE = "a sentence; give one name of a service per line"
LEAST_OF_SENTENCE = 8  # words
LETTERS_PER_MISTAKE = 5  # in a misspelling
TYPED = re.compile(r":\S|_")  # in a type or an ARN, not in "S3: 12"
MOST_NAMED = 3  # names near an unknown one
MOST_CANDIDATES = 6  # offerings that it may mean
PURPOSE = ("for", "in", "as", "für", "im", "als", "pour", "para", "per")  # begin what a thing is for
MOST_OF_NAME, MOST_BESIDE = 6, 3  # words of a name, and of what stands behind it
DATABASES = "rds"  # the service in ARNs of all database clusters
MOST_KEPT = 10_000  # identifiers whose meaning is kept


class Match(NamedTuple):
    """Meaning of an identifier; ``offering_id`` is empty if only the service is known.

    ``may_be`` has the other offerings that an everyday word may mean, ``by_words`` those that the words
    beside the name of the service speak of.
    """

    status: str
    service_id: str = ""
    offering_id: str = ""
    matched_by: str = ""
    note: str = ""
    names_offering: bool = False
    may_be: str = ""
    by_words: str = ""


class Catalogue:
    """Names and rules of the catalogue, indexed once for many look-ups.

    :func:`find_catalogue` caches the last one, because building it takes longer than reading a small
    file.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = dict(tables)
        self.names, offerings = list_names(self.tables), tables["offerings"]
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

        self.service_of: dict[str, str] = dict(
            zip(offerings["offering_id"].tolist(), offerings["service_id"].tolist(), strict=True)
        )
        ordinary = offerings[offerings["ordinary"] == "yes"]
        self.ordinary: dict[str, str] = dict(
            zip(ordinary["service_id"].tolist(), ordinary["offering_id"].tolist(), strict=True)
        )
        self.of_service = list_by_service(offerings)
        self.meant_by_name = list_by_service(offerings[offerings["by_service_name"] == "yes"])

    @cached_property
    def index(self) -> NameIndex:
        """Index of the names by their words."""
        return NameIndex(self.names)

    @cached_property
    def ordinary_first(self) -> dict[str, list[str]]:
        """Offerings of every service, the ordinary one first."""
        return group_offerings(self.tables["offerings"])

    @cached_property
    def reasons_by_words(self) -> dict[frozenset[str], tuple[str, str]]:
        """Why a name is not a service, by its stems in any order."""
        named = [(name, why) for name, why in self.reasons.items() if why[0] == "name"]
        return {frozenset(words): why for name, why in named if (words := split_words(name))}

    @cached_property
    def rules(self) -> Rules:
        """Rules for settings."""
        return list_rules(self.tables["variants"], self.service_of)

    @cached_property
    def ruled_types(self) -> dict[str, str]:
        """Resource types that rules are for, by what all their spellings have in common."""
        kinds = sorted(self.tables["variants"]["resource"].unique(), reverse=True)
        return {fold_kind(kind): kind for kind in kinds}  # AWS::... is the last

    @cached_property
    def find_type(self) -> Callable[[str], str]:
        """Find the type whose rules hold for a resource that is known by an ARN or a finding."""
        return lru_cache(MOST_KEPT)(self._find_type)

    def _find_type(self, identifier: str) -> str:
        folded = identifier.lower()
        if kind := list_kinds("type").get(folded):
            return kind
        is_other = ":" in identifier or "#" in identifier or identifier.startswith("Aws")
        is_ruled = "::" in identifier or not is_other
        return identifier if is_ruled else self.ruled_types.get(fold_kind(identifier), identifier)

    @cached_property
    def profiles(self) -> Profiles:
        """Kinds of tables."""
        return build_profiles(self.tables["inventory_headers"], self.tables["variants"])

    def add_headers(self, headers: pd.DataFrame) -> Catalogue:
        """Return a copy that recognises names of columns before those of the tables."""
        known, own = self.tables["inventory_headers"], headers["header"].map(fold_name)
        headers = pd.concat([headers.assign(header=own), known[~known["header"].isin(own)]])
        catalogue = copy(self)
        catalogue.tables = self.tables | {"inventory_headers": headers.reset_index(drop=True)}
        catalogue.profiles = build_profiles(
            catalogue.tables["inventory_headers"], self.tables["variants"]
        )
        return catalogue

    @cached_property
    def part_endings(self) -> tuple[str, ...]:
        """Endings of kinds that are parts of an offering."""
        return tuple(self.tables["part_types"]["ending"].tolist())

    @cached_property
    def whole_kinds(self) -> frozenset[str]:
        """Kinds that are an offering, of which the settings may tell, and no part of another."""
        kinds = set(self.tables["variants"]["resource"].map(fold_kind))
        told = tuple(list_kinds("told"))
        return frozenset(list_kinds("whole")).union(kind for kind in kinds if not kind.endswith(told))

    @cached_property
    def likeliest(self) -> dict[str, list[str]]:
        """Offerings that a type may be if its settings are unknown, the likeliest first."""
        variants = self.tables["variants"].sort_values(["resource", "position"])
        open_rules = variants[(variants["value"] == "-") & (variants["certain"] == "no")]
        of_type: dict[str, list[str]] = {}
        for name, offering in zip(open_rules["resource"], open_rules["offering_id"], strict=True):
            of_type.setdefault(fold_type(name), []).append(offering)
        return of_type

    @cached_property
    def words_of_service(self) -> dict[str, frozenset[str]]:
        """Words in the names of every service."""
        return self._collect_words(self.names["scheme"] == "service", "service_id")

    @cached_property
    def own_words(self) -> dict[str, frozenset[str]]:
        """Words in the names of every offering, except those in the names of its service."""
        is_own = self.names["scheme"].isin(["offering", "name"]) & (self.names["offering_id"] != "")
        return {
            offering: words - self.words_of_service.get(self.service_of[offering], frozenset())
            for offering, words in self._collect_words(is_own, "offering_id").items()
        }

    def _collect_words(self, is_counted: pd.Series, of: str) -> dict[str, frozenset[str]]:
        counted = self.names[is_counted]
        collected: dict[str, set[str]] = {}
        for name, one in zip(counted["identifier"].tolist(), counted[of].tolist(), strict=True):
            collected.setdefault(one, set()).update(split_words(name))
        return {one: frozenset(words) for one, words in collected.items()}

    @cached_property
    def by_settings(self) -> dict[str, list[str]]:
        """Offerings among which settings decide: by Terraform type, or by kind in other spellings."""
        of_kind: dict[str, dict[str, None]] = {}
        for name, rules in self.rules.items():
            known = of_kind.setdefault(_fold_unless_terraform(name), {})
            known |= dict.fromkeys(rule.offering_id for rule in rules)
        return {kind: list(offerings) for kind, offerings in of_kind.items()}

    def list_by_settings(self, identifier: str) -> list[str]:
        """List the offerings among which the settings of a type decide, in any spelling."""
        kind = _fold_unless_terraform(identifier)
        return self.by_settings.get(list_kinds("same").get(kind, kind), [])

    @cached_property
    def prefixes(self) -> list[str]:
        """Prefixes of Terraform resource types, the longest first."""
        return sorted(self._list_of_scheme(PREFIX), key=len, reverse=True)

    @cached_property
    def clients(self) -> dict[str, str]:
        """Clients of the AWS SDK by their names without hyphens, with which Terraform's types begin."""
        return {name.replace("-", ""): name for name in self._list_of_scheme(CLIENT)}

    def _list_of_scheme(self, scheme: str) -> list[str]:
        known = self.names.loc[self.names["scheme"] == scheme, "folded"].unique()
        return [*known, *(name for name, (of_scheme, _) in self.reasons.items() if of_scheme == scheme)]

    @cached_property
    def too_common(self) -> frozenset[str]:
        """Everyday names that other clouds and tools also use."""
        everyday = self.tables["everyday_names"]
        names = everyday.loc[everyday["in_inventory"] == "no", "name"].tolist()
        return frozenset(join_letters(name) for name in names)

    @cached_property
    def spelled(self) -> dict[str, str]:
        """Spelling of every name."""
        columns = self.names["folded"].tolist(), self.names["identifier"].tolist()
        return dict(zip(*columns, strict=True))

    @cached_property
    def match(self) -> Callable[[str], Match]:
        """Look up an identifier; its meaning is kept, because files and their parts repeat names."""
        return lru_cache(MOST_KEPT)(lambda name: self._weigh_words(self._look_up(name), name))

    def _weigh_words(self, match: Match, identifier: str) -> Match:
        """Add the offerings that the words of a name speak of, if the name itself leaves it open.

        A name within the text leaves it open, too, if the rest has a word of another offering, as in
        *KMS imported keys*. A name that people use for the whole service speaks of an offering only if
        all its words do.
        """
        service, offering = match.service_id, match.offering_id
        offerings = self.of_service.get(service, [])
        if len(offerings) < 2 or len(identifier) > LONGEST or set(":_#") & set(identifier):
            return match

        if offering and self._is_open_name(match) and self._is_plain(identifier, service):
            match, offering = match._replace(offering_id="", names_offering=False), ""
        words = frozenset(split_words(identifier))
        has = {one: words & self.own_words.get(one, frozenset()) for one in offerings}
        if offering:
            is_whole = match.matched_by not in (WORDS, EVERYDAY) or self.index.find_same(identifier)
            names = self.names.loc[self.names["offering_id"] == offering, "identifier"]
            within = [name for name in map(frozenset, map(split_words, names)) if name <= words]
            rest = words.difference(*within) - has[offering]
            if is_whole or not any(rest & found for found in has.values()):
                return match

        ranks = {one: (len(found - GENERIC), len(found)) for one, found in has.items()}
        most = max(ranks.values())
        best = [one for one in offerings if ranks[one] == most]
        if offering in best:
            best = [offering]
        if not offering:
            rest = words - self.words_of_service.get(service, frozenset()) - GENERIC - has[best[0]]
            if most[0] == 0 or (rest and self._is_plain(identifier, service)):
                return match
        said = {"offering_id": "", "may_be": "", "by_words": SEPARATOR.join(best)}
        return match._replace(names_offering=False, **said)

    def _is_plain(self, identifier: str, service: str) -> bool:
        folded = " ".join(identifier.lower().split())
        same = [*self.by_name.get(folded, ()), *self.index.by_words.get(split_words(folded), ())]
        return any(
            entry.scheme in ("service", "name") and entry == (entry.scheme, service, "")
            for entry in same
        )

    def _is_open_name(self, match: Match) -> bool:
        """Return whether a plain name that machines use for one offering may mean others, too.

        So may the id of an offering that has the name of its service, if settings decide.
        """
        if match.matched_by != "offering":
            return match.matched_by not in SPOKEN
        is_id = match.offering_id == match.service_id
        return is_id and any(
            match.offering_id in offerings and len(offerings) > 1
            for offerings in self.by_settings.values()
        )

    def is_own_arn(self, kind: str, arn: str) -> bool:
        """Return whether an ARN is that of a resource of this type, and not of one that it refers to.

        A target of a rule has the ARN of a function, and a location that Lake Formation manages that of
        a bucket: both are of another service. A part often has the ARN of what it belongs to.
        """
        if not is_full_arn(arn) or is_belonging(kind, self.part_endings):
            return False
        service, of_arn = self.match(kind).service_id, self.match(shorten_arn(arn)).service_id
        is_database = of_arn == DATABASES and service in list_kinds("clustered")
        return service != "" and (service == of_arn or is_database)

    def is_name(self, text: str) -> bool:
        """Return whether a text as a whole names a service, or what is known to be none."""
        match = self.match(text)
        return match.status != UNRECOGNISED and match.matched_by != PART

    def are_apart(self, text: str, parts: list[str]) -> bool:
        """Return whether a text is not written like a name of AWS, and its parts are services."""
        matches = [self.match(part) for part in parts]
        names = [
            match
            for match, part in zip(matches, parts, strict=True)
            if match.matched_by != EVERYDAY
            or self.words_of_service.get(match.service_id, frozenset()) & {*split_words(part)}
        ]
        services = {one.service_id for one in names}
        offerings = {one.offering_id for one in names if one.offering_id}
        is_written = " ".join(text.lower().split()) in self.by_name
        return len(parts) in (len(services), len(offerings)) and not is_written

    def _look_up(self, identifier: str) -> Match:
        """Look up an identifier exactly, by its namespace or prefix, or by its words."""
        folded = " ".join(identifier.lower().split())
        if folded.count(":") == 1:  # as in "Total:"
            folded = folded.removesuffix(":").rstrip()
        if folded == CUSTOM_RESOURCE:
            return Match(NO_SERVICE, matched_by="reader", note=CUSTOM)
        for wanted, scheme in [(folded, ""), *self._widen(identifier, folded)]:
            found = [e for e in self.by_name.get(wanted, ()) if scheme in ("", e.scheme)]
            if found := [entry for entry in found if entry.scheme != EVERYDAY]:
                # The whole name, in any vocabulary: AwsS3Bucket is AWS::S3::Bucket.
                is_type = wanted.count("::") == 2 and "::" not in folded
                return _settle(found, is_exact=is_type or wanted == folded.replace("#", ":"))
            excluded = self.reasons.get(wanted)
            if excluded and scheme in ("", excluded[0]):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
        if not folded:
            return Match(UNRECOGNISED, note="no identifier in these rows")
        if reason := exclude_type(folded):
            return Match(NO_SERVICE, matched_by="reader", note=reason)
        is_typed = len(folded) > LONGEST or re.search(TYPED, folded) is not None
        if not is_typed and not has_other_script(folded):
            if match := self._find_name(folded):
                return match
            if excluded := self.reasons_by_words.get(frozenset(split_words(folded))):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
        if says_unused(folded):
            return Match(NO_SERVICE, matched_by="reader", note=NOT_USED)
        beside = None if is_typed else self._find_beside(folded)
        note = SENTENCE if len(folded.split()) >= LEAST_OF_SENTENCE else ""
        return beside or Match(UNRECOGNISED, note=note)

    def _find_name(self, text: str) -> Match | None:
        """Return the meaning of a name in any spelling, of the names in it, or of a longer one."""
        if found := self.index.find_same(text):
            return self._settle_name(found, text)
        if len(split_words(text)) < 2:
            return None  # a single word within a name, such as flow, is too little
        if found := self.index.find_covered(text):
            is_clear = len(split_words(text)) > 2 or any(map(self._is_distinct, text.split()))
            scheme = WORDS if is_clear else PART  # "Connect to database"
            found = [n if n.scheme == EVERYDAY else n._replace(scheme=scheme) for n in found]
            return _settle(found, is_exact=False)

        # Words within a longer name have one of its service's own, or are most of it.
        words, index = frozenset(split_words(text)) - GENERIC - VAGUE, self.index
        around = []
        for longer in sorted(index.in_names.get(split_words(text)[0], ()), key=len):
            is_most = len(words) > 1 and 3 * len(words) >= 2 * len({*longer} - GENERIC)
            for name in index.by_words[longer] if words <= {*longer} else ():
                is_own = not words.isdisjoint(self.words_of_service.get(name.service_id, ()))
                around += [name] if name.scheme != EVERYDAY and (is_most or is_own) else []
        of_services = [name for name in around if not name.offering_id]
        match = _settle(of_services or around, is_exact=False) if around else None
        return match._replace(matched_by=match.matched_by and PART) if match else None

    def _find_beside(self, text: str) -> Match | None:
        """Return the meaning of a name beside other words, such as a version, a system or a purpose."""
        if names_other_cloud(text):
            return None
        thinnest = text
        for thinnest, is_without_words in list_thinner(text):
            match = self._find_name(thinnest)
            if match and match.status == RECOGNISED:
                if self._is_distinct(thinnest):
                    return match
                if not is_without_words:
                    return match._replace(matched_by=PART, names_offering=False)

        words, index = re.split(BETWEEN, thinnest), self.index
        for size in range(min(len(words) - 1, MOST_OF_NAME), 0, -1):
            name, rest = " ".join(words[:size]), words[size:]
            found = [one for one in index.find_same(name) if one.scheme != EVERYDAY]
            is_short = len(rest) <= MOST_BESIDE or rest[0] in PURPOSE
            if found and self._is_distinct(name) and is_short:
                others = (frozenset(split_words(word)) for word in rest)
                is_alone = not any(index.find_same(word) and self._is_distinct(word) for word in rest)
                if is_alone and not any(words in self.reasons_by_words for words in others):
                    match = _settle(found, is_exact=False)
                    return match._replace(matched_by=match.matched_by and PART)
                return None
        return None

    def _is_distinct(self, name: str) -> bool:
        """Return whether a name means a service of AWS beside other words, too, unlike *Backup*."""
        words = name.lower().split()
        if len(split_words(name)) > 1 or not MAKER.isdisjoint(words):
            return True
        spelled = self.spelled.get(words[-1], "") if words else ""
        is_capitalised = re.search(r"[A-Z].*[a-z]|[a-z].*[A-Z].*[A-Z]", spelled[1:]) is not None
        return bool(spelled) and (
            any(map(str.isdigit, spelled)) or words[-1] in list_words("name") or is_capitalised
        )

    def _settle_name(self, found: list[Name], folded: str) -> Match:
        """Return the meaning of a name; for an everyday name, assume the likeliest one.

        Words that other clouds and tools also use, such as *secret*, are not enough in an inventory.
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
            prefix = next((prefix for prefix in self.prefixes if has_prefix(folded, prefix)), "")
            client = self.clients.get(folded.split("_")[1], "")
            wider += [(prefix, PREFIX)] if prefix else [(client, CLIENT)] if client else []
        elif folded.startswith("awscc_"):
            service, _, kind = folded.removeprefix("awscc_").partition("_")
            wider.append((f"aws::{service}::{kind.replace('_', '')}", "cloudformation-type"))
            wider.append((f"aws::{service}", "cloudformation-namespace"))
        elif folded.count(":") == 1 and " " not in folded:
            service = folded.split(":")[0]
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
        elif folded.count("#") == 1:  # Wiz writes ec2#instance
            service, _, kind = folded.partition("#")
            wider += [(f"{service}:{kind}", "arn-resource")]
            wider += [(f"aws::{service}::{kind}", "cloudformation-type")]
            wider += [(service, "iam-prefix"), (service, "botocore-client")]
        elif found := re.fullmatch(FINDING, identifier.strip()):
            wider += widen_finding(found[1])
        return wider

    def describe_unknown(self, text: str) -> str:
        """Name up to three identifiers that a text may be a misspelling of, or what it may mean.

        One mistake in five letters is a misspelling, more is another name ("Unser Portal" is no user
        pool). Of 545 names of services and offerings with one or two mistakes, 98 % are found; of 83
        names of other programs, none is taken for one. Else offerings are named as a search finds them:
        those whose name has all words of the text, or else those named within it, but for words that
        other clouds and tools also use.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(text) > LONGEST:
            return ""
        folded = text.lower()
        own = folded.removeprefix("amazon ").removeprefix("aws ")
        if most := max(len(own) // LETTERS_PER_MISTAKE, int(own != folded)):
            near = process.extract(
                folded, list(self.spelled), scorer=OSA.distance, score_cutoff=most, limit=MOST_NAMED
            )
            if near:
                return f"nearest: {SEPARATOR.join(self.spelled[name] for name, *_ in near)}"
        if TYPED.search(folded):
            return ""
        index = self.index
        found = index.find_words(folded) or index.find_named(folded, without=self.too_common)
        meant = [offering for offering, _ in list_meant(found, self.ordinary_first)]
        more = " ..." if len(meant) > MOST_CANDIDATES else ""
        return f"may mean: {SEPARATOR.join(meant[:MOST_CANDIDATES])}{more}" if meant else ""


def _fold_unless_terraform(name: str) -> str:
    """Return the kind in any spelling; a type of Terraform, whose settings are its own, stays."""
    return name.lower() if name.lower().startswith("aws_") else fold_kind(name)


def _settle(found: list[Name], *, is_exact: bool) -> Match:
    """Return the only service and offering that are meant; several services are ambiguous.

    A name matched by its prefix belongs to an offering; only an exact name is the offering itself.
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


class Reading(NamedTuple):
    """What reads a file: the names, the options of the call, and what was not read.

    ``details`` asks for accounts, Regions and cost; None leaves it to the size of the file. ``others``
    has all files of the call, each with whether another one led to it.
    """

    catalogue: Catalogue
    kind: str | None
    details: bool | None
    others: dict[Path, bool]
    remarks: list[str]


def list_by_service(offerings: pd.DataFrame) -> dict[str, list[str]]:
    """List the offerings of each service, in the order of the table."""
    grouped = offerings.astype("str").groupby("service_id")["offering_id"].agg(list)
    return {str(service): listed for service, listed in grouped.items()}


class _Content:
    """Cache key made of the contents of tables, copied because frames may be changed in place."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = {name: tables[name].copy() for name in NEEDED if name in tables}

    def __hash__(self) -> int:
        return hash(tuple((name, table.shape) for name, table in self.tables.items()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Content) or list(self.tables) != list(other.tables):
            return False
        return all(table.equals(other.tables[name]) for name, table in self.tables.items())


def find_catalogue(
    tables: Mapping[str, pd.DataFrame], headers: pd.DataFrame | None = None
) -> Catalogue:
    """Return the catalogue of these tables, from the cache if their contents are the same."""
    catalogue = _arrange(_Content(tables))
    if headers is None:
        return catalogue
    check_frame(headers, ["header", "role"], "names of columns")
    return catalogue.add_headers(headers[["header", "role"]])


@lru_cache(maxsize=1)
def _arrange(content: _Content) -> Catalogue:
    return Catalogue(content.tables)
