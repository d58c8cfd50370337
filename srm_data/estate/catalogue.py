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
from srm_data.estate.resources import OTHER_ROW, SEPARATOR, describe_provider
from srm_data.estate.settings import Rules, list_rules
from srm_data.estate.states import NOT_USED
from srm_data.estate.wording import (
    BETWEEN,
    begins_with_other_cloud,
    drop_terms,
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
        self.tables, self.names = dict(tables), list_names(dict(tables))
        offerings, variants = tables["offerings"], tables["variants"]

        # Names, and why others are no service.
        self.by_name: dict[str, list[Name]] = {}
        columns = [self.names[name].tolist() for name in ("folded", *Name._fields)]
        for folded, *meaning in zip(*columns, strict=True):
            self.by_name.setdefault(folded, []).append(Name(*meaning))
        self.spelled = dict(zip(columns[0], self.names["identifier"].tolist(), strict=True))
        others = tables["not_services"]
        columns = [others[name].tolist() for name in ("identifier", "scheme", "reason")]
        self.reasons = {name.lower(): why for name, *why in zip(*columns, strict=True)}
        everyday = tables["everyday_names"]
        shared = everyday.loc[everyday["in_inventory"] == "no", "name"]
        self.too_common = frozenset(map(join_letters, shared))  # other clouds and tools use them, too

        # Prefixes of Terraform's types, the longest first; they begin with clients of the SDK, too.
        of_schemes: dict[str, list[str]] = {PREFIX: [], CLIENT: []}
        for name, scheme in (
            *((name, one.scheme) for name, names in self.by_name.items() for one in names),
            *((name, scheme) for name, (scheme, _) in self.reasons.items()),
        ):
            if scheme in of_schemes:
                of_schemes[scheme].append(name)
        self.prefixes = sorted(of_schemes[PREFIX], key=len, reverse=True)
        self.clients = {name.replace("-", ""): name for name in of_schemes[CLIENT]}

        # Offerings of services: all, the ordinary one, and those that the plain name may mean.
        ids = [offerings[name].tolist() for name in ("offering_id", "service_id")]
        self.service_of: dict[str, str] = dict(zip(*ids, strict=True))
        ordinary = offerings[offerings["ordinary"] == "yes"]["offering_id"].tolist()
        self.ordinary = {self.service_of[offering]: offering for offering in ordinary}
        self.of_service, self.ordinary_first = list_by_service(offerings), group_offerings(offerings)
        self.meant_by_name = list_by_service(offerings[offerings["by_service_name"] == "yes"])

        # Kinds of tables; rules for settings, the offerings among which they decide by kind (a type of
        # Terraform has settings of its own), and the likeliest ones where settings are unknown.
        self.profiles: Profiles = build_profiles(tables["inventory_headers"], variants)
        self.rules: Rules = list_rules(variants, self.service_of)
        self.by_settings: dict[str, list[str]] = {}
        for name, rules in self.rules.items():
            listed = self.by_settings.setdefault(_fold_unless_terraform(name), [])
            named = dict.fromkeys(rule.offering_id for rule in rules)
            listed += [offering for offering in named if offering not in listed]
        self.likeliest = {
            name: [rule.offering_id for rule in rules if rule.is_likely]
            for name, rules in self.rules.items()
            if any(rule.is_likely for rule in rules)
        }

        # Kinds that are an offering, not a part of another, and endings of those that are parts.
        kinds = sorted(variants["resource"].unique(), reverse=True)
        self.ruled_types = {fold_kind(kind): kind for kind in kinds}  # AWS::... is the last
        told = tuple(list_kinds("told"))
        wholes = (kind for kind in self.ruled_types if not kind.endswith(told))
        self.whole_kinds = frozenset((*list_kinds("whole"), *wholes))
        self.part_endings = tuple(tables["part_types"]["ending"].tolist())

        # What identifiers mean is kept, because files and their parts repeat them.
        self.find_type: Callable[[str], str] = lru_cache(MOST_KEPT)(self._find_type)
        self.match: Callable[[str], Match] = lru_cache(MOST_KEPT)(self._match)

    @cached_property
    def index(self) -> NameIndex:
        """Index of the names by their words."""
        return NameIndex(self.names)

    @cached_property
    def reasons_by_words(self) -> dict[frozenset[str], list[str]]:
        """Why a name is not a service, by its stems in any order."""
        named = [(name, why) for name, why in self.reasons.items() if why[0] == "name"]
        return {frozenset(words): why for name, why in named if (words := split_words(name))}

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

    def add_headers(self, headers: pd.DataFrame) -> Catalogue:
        """Return a copy that recognises names of columns before those of the tables."""
        known, own = self.tables["inventory_headers"], headers["header"].map(fold_name)
        headers = pd.concat([headers.assign(header=own), known[~known["header"].isin(own)]])
        catalogue = copy(self)
        catalogue.tables = self.tables | {"inventory_headers": headers.reset_index(drop=True)}
        catalogue.profiles = build_profiles(headers, self.tables["variants"])
        return catalogue

    def list_by_settings(self, identifier: str) -> list[str]:
        """List the offerings among which the settings of a type decide, in any spelling."""
        kind = _fold_unless_terraform(identifier)
        return self.by_settings.get(list_kinds("same").get(kind, kind), [])

    def _find_type(self, identifier: str) -> str:
        """Find the type whose rules hold for a resource that is known by an ARN or a finding."""
        if kind := list_kinds("type").get(identifier.lower()):
            return kind
        is_other = ":" in identifier or "#" in identifier or identifier.startswith("Aws")
        is_ruled = "::" in identifier or not is_other
        return identifier if is_ruled else self.ruled_types.get(fold_kind(identifier), identifier)

    def _match(self, identifier: str) -> Match:
        """Look up an identifier, with the offerings that its words speak of if it leaves them open.

        A name within the text leaves it open, too, if the rest has a word of another offering, as in
        *KMS imported keys*. A name that people use for the whole service speaks of an offering only if
        all its words do.
        """
        match = self._look_up(identifier)
        service, offering = match.service_id, match.offering_id
        offerings = self.of_service.get(service, [])
        if len(offerings) < 2 or len(identifier) > LONGEST or set(":_#") & set(identifier):
            return match

        # A plain name that machines use for one offering may mean others, and so may the id of one that
        # has the name of its service, if settings decide.
        folded = " ".join(identifier.lower().split())
        same = [*self.by_name.get(folded, ()), *self.index.by_words.get(split_words(folded), ())]
        is_plain = any(Name(scheme, service, "") in same for scheme in ("service", "name"))
        is_open = match.matched_by not in SPOKEN
        if match.matched_by == "offering" and offering == service:
            is_open = any(len(of) > 1 and offering in of for of in self.by_settings.values())
        if offering and is_open and is_plain:
            match, offering = match._replace(offering_id="", names_offering=False), ""

        words = frozenset(split_words(identifier))
        has = {one: words & self.own_words.get(one, frozenset()) for one in offerings}
        if offering:
            is_whole = match.matched_by not in (WORDS, EVERYDAY) or self.index.find_same(identifier)
            names = self.names.loc[self.names["offering_id"] == offering, "identifier"]
            within = [name for name in map(frozenset, map(split_words, names)) if name <= words]
            rest = words.difference(*within) - has[offering]
            if is_whole or not any(rest & own for own in has.values()):
                return match

        # Those with most words of their own, that say something, stand.
        ranks = {one: (len(own - GENERIC), len(own)) for one, own in has.items()}
        most = max(ranks.values())
        best = [one for one in offerings if ranks[one] == most]
        best = [offering] if offering in best else best
        rest = words - self.words_of_service.get(service, frozenset()) - GENERIC - has[best[0]]
        if not offering and (most[0] == 0 or (rest and is_plain)):
            return match
        open_match = match._replace(offering_id="", names_offering=False, may_be="")
        return open_match._replace(by_words=SEPARATOR.join(best))

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
        named = drop_terms(folded)
        if named != folded and (excluded := self.reasons.get(named)):
            return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
        if not folded:
            return Match(UNRECOGNISED, note="no identifier in these rows")
        if reason := exclude_type(folded):
            return Match(NO_SERVICE, matched_by="reader", note=reason)
        is_typed = len(folded) > LONGEST or re.search(TYPED, folded) is not None
        if not is_typed and not has_other_script(folded):
            if match := self._find_name(folded):
                return match
            if excluded := self.reasons_by_words.get(frozenset(split_words(named))):
                return Match(NO_SERVICE, matched_by=excluded[0], note=excluded[1])
            if begins_with_other_cloud(folded):
                provider = describe_provider(identifier.split()[0], OTHER_ROW)
                return Match(NO_SERVICE, matched_by="reader", note=provider)
        if says_unused(folded):
            return Match(NO_SERVICE, matched_by="reader", note=NOT_USED)
        beside = None if is_typed else self._find_beside(folded)
        note = SENTENCE if len(folded.split()) >= LEAST_OF_SENTENCE else ""
        return beside or Match(UNRECOGNISED, note=note)

    def _find_name(self, text: str) -> Match | None:
        """Return the meaning of a name in any spelling, of the names in it, or of a longer one."""
        if found := self.index.find_same(text):
            if found[0].scheme != EVERYDAY:
                return _settle(found, is_exact=True)
            # The likeliest is assumed, unless other clouds and tools use the word, too, such as secret.
            offerings = [name.offering_id or self.ordinary[name.service_id] for name in found]
            if join_letters(text) in self.too_common:
                return Match(UNRECOGNISED, note=f"may mean: {SEPARATOR.join(offerings)}")
            likeliest, others = Name(EVERYDAY, found[0].service_id, offerings[0]), offerings[1:]
            return Match(RECOGNISED, *likeliest[1:], EVERYDAY, may_be=SEPARATOR.join(others))
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

        # A name at the beginning, in a compound such as S3-opslag, or at the end.
        words, index = re.split(rf"{BETWEEN}|-", thinnest), self.index
        none = not list_words("no").isdisjoint(words)
        for size in range(min(len(words) - 1, MOST_OF_NAME), 0, -1):
            for name, rest in ((words[:size], words[size:]), (words[-size:], words[:-size])):
                found = [one for one in index.find_same(" ".join(name)) if one.scheme != EVERYDAY]
                is_short = len(rest) <= MOST_BESIDE or (rest[0] in PURPOSE and name == words[:size])
                if found and self._is_distinct(" ".join(name)) and is_short:
                    others = (frozenset(split_words(word)) for word in rest)
                    is_alone = not any(index.find_same(w) and self._is_distinct(w) for w in rest)
                    if none or not is_alone or any(w in self.reasons_by_words for w in others):
                        return None
                    match = _settle(found, is_exact=False)
                    return match._replace(matched_by=match.matched_by and PART)
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
