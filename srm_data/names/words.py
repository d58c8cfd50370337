"""Build the word table for questions: names, identifiers and words for duties."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypedDict

import pandas as pd

from srm_data.load import Tables, require_tables
from srm_data.matrix import duty_distribution
from srm_data.names.index import (
    EVERYDAY,
    GENERIC,
    LITTLE,
    MAKER,
    SPELLINGS,
    SPOKEN,
    Name,
    group_offerings,
    list_meant,
    split_words,
)
from srm_data.names.offerings import list_names

NEEDED = {
    "duty_words": ["words", "position", "duty_id"],
    "often_asked": ["service_id"],
    "offerings": ["offering_id"],
}
"""The tables that are used here alone, and the key of those that are joined."""

NAMED, OFFICIAL, COMMON, LOOSE, MACHINE = 0, 1, 2, 3, 4
"""Kinds of names: after "AWS", AWS's own, everyday words, everyday words that other clouds and tools
also use, machine words."""

COMMON_WORDS = frozenset({
    "account", "artifact", "backup", "batch", "billing", "config", "connect", "detective", "events",
    "forecast", "health", "location", "personalize", "quick", "signer", "support", "transfer",
    "translate",
})  # fmt: skip
"""Names of services that are also everyday words."""

LOOKED_UP = frozenset(
    {"arn-resource", "cloudformation-namespace", "cloudformation-type", "config-type", "iam-prefix",
    "terraform-prefix"}
)  # fmt: skip
"""Vocabularies whose identifiers are not words, or occur inside others, such as ARNs."""

THINGS = ("ami", "model", "snapshot", "train")
"""Stems in everyday names that are words for a duty as well, but names beside another duty."""

PARTS = ("security group",)
"""Names of parts of a service that are words for a duty as well, and alone are about that duty."""

ASIDE = frozenset({
    "about", "across", "actual", "actually", "after", "again", "against", "all", "allow", "allows",
    "almost", "along", "already", "although", "always", "amazon", "among", "and", "another", "any",
    "applied", "applies", "apply", "are", "arent", "around", "ataws", "automatic", "automatically",
    "away", "aws", "be", "became", "because", "become", "becomes", "began", "being", "belong",
    "belonging", "belongs", "below", "better", "between", "beyond", "both", "by", "called", "came",
    "can", "cannot",
    "cant", "care", "cause", "causes", "choose", "chooses", "cloud", "come", "comes", "company",
    "compare", "compared", "compares", "comparing", "comparison", "concern", "concerns", "controls",
    "could", "couldn", "course", "current", "currently", "customer", "customers", "d", "decide",
    "decides", "default", "did", "didn", "differ", "difference", "differences", "different", "differs",
    "directly", "do", "does", "doesn", "doing", "done", "dont", "during", "early", "easily", "either",
    "else", "enabled", "enough", "ensure", "ensures", "even", "ever", "every", "exactly", "example",
    "exist", "exists", "expect", "expected", "fact", "false", "few", "final", "finally", "first",
    "fixed", "fixes", "fixing", "follow", "following", "follows", "for", "found", "from", "fully",
    "further", "future", "get", "gets", "give", "given", "gives", "goes", "going", "good", "great",
    "guarantee", "guarantees", "handle", "handled", "handles", "happen", "happened", "happens", "has",
    "have", "having", "he", "help", "helps", "here", "hers", "himself", "his", "hosted", "hours", "how",
    "however", "i", "idea", "if", "important", "inside", "instead", "into", "is", "isn", "isnt", "it",
    "its", "itself", "job", "jobs", "just", "keep", "keeps", "kind", "know", "knows", "last", "later",
    "leave", "leaves", "less", "let", "like", "likely", "little", "ll", "longer", "look", "lose",
    "loses", "lost", "m", "made", "main", "maintain", "maintains", "make", "makes", "making", "manage",
    "manages", "managing", "many", "maybe", "me", "mean", "means", "might", "month", "more", "most",
    "mostly", "move", "moves", "much", "must", "my", "myself", "need", "needed", "needs", "neither",
    "never", "no", "nobody", "normally", "not", "nothing", "obliged", "of", "often", "one", "or",
    "otherwise", "our", "ours", "ourself", "ourselves", "own", "owner", "owns", "part", "perform",
    "performed", "performs", "permanently", "person", "please", "possible", "prefer", "problem",
    "provide", "provided", "provides", "put", "puts", "question", "quite", "rather", "re", "read",
    "really", "reason", "rely", "remain", "required", "responsibilities", "responsibility",
    "responsible", "run", "running", "runs", "s", "same", "say", "says", "secure", "secured", "secures",
    "security", "see", "seen", "sees", "sent", "serve", "several", "shall", "share", "shared", "she",
    "short", "should", "shouldnt", "side", "simply", "since", "small", "so", "some", "somebody",
    "someone", "something", "sometimes", "soon", "specific", "start", "started", "starts", "stay",
    "still", "stop", "such", "supposed", "sure", "surely", "switch", "switched", "switches",
    "switching", "t", "take", "taken", "takes", "task", "tasks", "tell", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "theyre", "thing", "things", "think", "this", "those",
    "though", "through", "today", "together", "told", "took", "toward", "true", "trying", "turn",
    "turned", "turning", "turns", "under", "until", "up", "upon", "us", "use", "used", "uses", "using",
    "usual", "usually", "various", "ve", "vendor", "versus", "very", "vs", "want", "wants", "was", "we",
    "week", "went", "were", "what", "whats", "when", "where", "whether", "which", "who", "whoever",
    "whole", "whom", "whos", "whose", "why", "will", "with", "within", "without", "wont", "word",
    "words", "work", "works", "world", "worry", "would", "wrong", "year", "years", "yes", "yesterday",
    "you", "your", "yourself",
})  # fmt: skip
"""Words of a question that do not name an offering or a duty by themselves."""


class WordTable(TypedDict):
    """Word table for questions, as plain values; indices refer to the first two lists."""

    offerings: list[str]  # ids
    duties: list[str]  # ids
    meanings: list[list[int]]  # offerings that one name may mean, the ordinary one first
    names: list[tuple[str, int, int]]  # text, kind, place of its meaning
    identifiers: dict[str, dict[str, int]]  # scheme, identifier, place of its meaning
    phrases: list[tuple[str, list[int]]]  # words for duties, duties, the likeliest first
    varying: list[int]  # duties, those that differ most between offerings first
    often: list[int]  # ordinary offerings of the services that are asked about most
    aside: list[str]
    generic: list[str]
    little: list[str]
    makers: list[str]
    things: list[str]
    parts: list[str]
    spellings: dict[str, str]


def build_word_table(model: pd.DataFrame, tables: Tables) -> WordTable:
    """Build the word table for the offerings and duties of a model.

    Returns
    -------
    dict
        Plain values, which are included in the page.
    """
    require_tables(tables, NEEDED)
    offerings = model.drop_duplicates("offering_id").sort_values("offering")["offering_id"].tolist()
    duties = model.drop_duplicates("duty_id").sort_values("duty")
    place_of = {name: place for place, name in enumerate(offerings)}
    duty_of = {name: place for place, name in enumerate(duties["duty_id"])}
    held = tables["offerings"][tables["offerings"]["offering_id"].isin(offerings)]
    meanings, names, identifiers = _list_known(held, tables, place_of)

    phrases = {str(name): [place] for place, name in enumerate(duties["duty"])}
    spoken = tables["duty_words"]
    spoken = spoken[spoken["duty_id"].isin(list(duty_of))].sort_values(["words", "position"])
    for words, meant in spoken.groupby("words", sort=False)["duty_id"]:
        phrases[str(words)] = [duty_of[duty] for duty in meant]

    counts = duty_distribution(model, "duty_id")
    evenness = counts.max(axis="columns") / counts.sum(axis="columns")
    varying = evenness.sort_values(kind="stable").index
    ordinary = {service: meant[0] for service, meant in group_offerings(held).items()}
    asked = [name for name in tables["often_asked"]["service_id"] if name in ordinary]
    return {
        "offerings": offerings,
        "duties": list(duty_of),
        "meanings": meanings,
        "names": names,
        "identifiers": identifiers,
        "phrases": list(phrases.items()),
        "varying": [duty_of[str(duty)] for duty in varying],
        "often": [place_of[ordinary[service]] for service in asked or ordinary],
        "aside": sorted(ASIDE),
        "generic": sorted(GENERIC),
        "little": sorted(LITTLE),
        "makers": sorted(MAKER),
        "things": list(THINGS),
        "parts": list(PARTS),
        "spellings": SPELLINGS,
    }


def _list_known(
    held: pd.DataFrame, tables: Tables, place_of: dict[str, int]
) -> tuple[list[list[int]], list[tuple[str, int, int]], dict[str, dict[str, int]]]:
    """List the meanings of names, the names, and the machine identifiers."""
    known = list_names(tables)
    is_held = known["service_id"].isin(held["service_id"]) & known["offering_id"].isin([*place_of, ""])
    meant: dict[tuple[str, str], list[Name]] = {}
    columns = [known.loc[is_held, name] for name in ("scheme", "folded", "service_id", "offering_id")]
    for scheme, folded, service, offering in zip(*columns, strict=True):
        meant.setdefault((scheme, folded), []).append(Name(scheme, service, offering))

    everyday = tables["everyday_names"]
    loose = set(everyday.loc[everyday["in_inventory"] == "no", "name"].str.lower())
    names_variant = _compare_with_names(held, tables)
    of_service, common = group_offerings(held), {split_words(word) for word in COMMON_WORDS}
    meanings: dict[tuple[int, ...], int] = {}
    names: dict[tuple[tuple[str, ...], int], tuple[str, int, int]] = {}
    identifiers: dict[str, dict[str, int]] = {}
    for (scheme, folded), of_name in meant.items():
        meant_by = [offering for offering, _ in list_meant(of_name, of_service)]
        if scheme in SPOKEN and scheme != EVERYDAY:
            meant_by.sort(key=lambda offering: not names_variant(folded, offering))
        places = tuple(place_of[offering] for offering in meant_by)
        meaning = meanings.setdefault(places, len(meanings))
        words = tuple(sorted(split_words(folded)))
        if scheme in LOOKED_UP:
            identifiers.setdefault(scheme, {})[folded] = meaning
        if scheme not in SPOKEN and not re.fullmatch("[a-z0-9]{2,}", folded):
            continue
        kind = MACHINE if scheme not in SPOKEN else COMMON if words in common else OFFICIAL
        if scheme == EVERYDAY:
            kind = LOOSE if folded in loose else COMMON
        if (words, meaning) not in names or kind < names[words, meaning][1]:
            names[words, meaning] = folded, kind, meaning
    return [list(places) for places in meanings], list(names.values()), identifiers


def _compare_with_names(held: pd.DataFrame, tables: Tables) -> Callable[[str, str], bool]:
    """Return a function that says whether a name has words of an offering beyond those of its service.

    "RDS Custom" is a name of the service RDS, of which some offerings are meant.
    """
    services = tables["services"][["service_id", "service", "full_name"]].astype(object)
    own = {
        service_id: {*split_words(f"{name} {full_name}"), *GENERIC}
        for service_id, name, full_name in services.itertuples(index=False)
    }
    offerings = held[["offering_id", "service_id", "offering"]].astype(object)
    words = {
        offering_id: (set(split_words(name)), own.get(service_id, set()))
        for offering_id, service_id, name in offerings.itertuples(index=False)
    }

    def names_variant(text: str, offering: str) -> bool:
        given = set(split_words(text))
        of_offering, of_service = words[offering]
        return bool(given - of_service) and given <= of_offering

    return names_variant
