"""Build the table of phrases for questions: names, identifiers, words for duties and other topics."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypedDict

import pandas as pd

from srm_data.load import Tables
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
    is_variant,
    list_meant,
    split_words,
)
from srm_data.names.offerings import list_names
from srm_data.schema import require_tables

NEEDED = {
    "categories": ["category_id", "category"],
    "duty_words": ["words", "position", "duty_id"],
    "id_kinds": ["sign", "form", "resource"],
    "often_asked": ["service_id"],
    "offerings": ["offering_id"],
    "product_groups": ["product_group_id", "product_group"],
    "question_words": ["words", "meaning"],
    "topics": ["words", "position", "topic", "duty_id"],
}
"""The tables that are used here alone, and the key of those that are joined."""

NAMED, OFFICIAL, COMMON, LOOSE, MACHINE = 0, 1, 2, 3, 4
"""Kinds of names: after "AWS", AWS's own, everyday words, everyday words that other clouds and tools
also use, machine words."""

DUTY, TOPIC = 5, 6
"""Kinds of other phrases: words for duties, and for topics that no duty covers."""

CONTROL = (
    r"\b(?:A[CTU]|C[AMP]|I[AR]|M[AP]|P[ELMST]|RA|S[ACIR])-\d+(?:\(\d+\))?|\bA\.[5-8]\.\d+"
    r"|(?<=\bPCI DSS )\d+\.[\d.]*\d"
)
"""Id of a control of NIST SP 800-53, ISO 27001 or PCI DSS."""

LOOKED_UP = frozenset(
    {"arn-resource", "cloudformation-namespace", "cloudformation-type", "config-type", "iam-prefix",
    "terraform-prefix"}
)  # fmt: skip
"""Vocabularies whose identifiers are not words, or occur inside others, such as ARNs."""


NO_SENSES = ("", "common", "thing")
"""Meanings in question_words of words that may be names."""

PLURAL = "services"
"""What stands in question_words for any word for services, as in "storage services"."""

HEEDED = {
    "which": ["which", "compare"], "not": ["which", "act"], "no": ["which", "act"],
    "compare": ["compare", "service"],
}  # fmt: skip
"""What words ask for, and the kinds of answers that heed it."""

ASKED = {
    "automatic": (0, "aws"), "must": (1, "must"), "duty": (1, "duty"), "we": (2, "must"),
    "ours": (2, "ours"), "aws": (2, "aws"), "may": (3, "may"), "optional": (3, "optional"),
    "none": (3, "none"), "shared": (3, "shared"), "absent": (3, "absent"),
}  # fmt: skip
"""The side that a word asks for, and its rank: the last word of the highest rank decides."""


PARTIES = ("party", "ours", "aws", "shared", "absent")
"""What a question asks for if it asks who is responsible."""

FORM = "how, why, when, how many or which to choose"
"""The topic of a question that asks for anything else, in the words of question_words with "form"."""


class Side(NamedTuple):
    """Cells that a question selects: those with these parties, or else with these customer actions."""

    text: str
    parties: tuple[str, ...]
    actions: tuple[str, ...]
    is_every: bool  # whether all duties that a word may mean have to fit, instead of any
    turned: dict[str, str]  # words that make it another side


SIDES = {
    "must": Side(
        "the customer must act", (), ("required",), False,
        {"party": "ours", "not": "free", "no": "none"},
    ),
    "duty": Side(
        "the customer must act", (), ("required",), False,
        {"party": "ours", "not": "free", "no": "absent"},
    ),
    "may": Side(
        "the customer may or must act", (), ("required", "optional"), False,
        {"not": "none", "no": "none"},
    ),
    "optional": Side("the customer may act", (), ("optional",), False, {"not": "must", "no": "must"}),
    "free": Side("the customer need not act", (), ("none", "optional"), True, {}),
    "none": Side("the customer has nothing to do", (), ("none",), True, {"part": "free"}),
    "ours": Side(
        "it is the customer's", ("Customer",), (), False,
        {"part": "ours-part", "not": "theirs", "no": "none"},
    ),
    "ours-part": Side("it is the customer's, or shared", ("Customer", "Shared"), (), False, {}),
    "aws": Side(
        "it is AWS's", ("AWS",), (), True,
        {"part": "aws-part", "not": "ours-part", "no": "ours-part"},
    ),
    "aws-part": Side("it is AWS's, or shared", ("AWS", "Shared"), (), False, {}),
    "theirs": Side("it is not the customer's", ("AWS", "Not applicable"), (), True, {}),
    "shared": Side("it is shared", ("Shared",), (), False, {"not": "single"}),
    "single": Side("it is not shared", ("AWS", "Customer"), (), False, {}),
    "absent": Side("it does not apply", ("Not applicable",), (), False, {}),
}  # fmt: skip
"""Whose part a question asks for. A word for who is responsible selects by party, one for what must be
done by customer action."""


class Points(NamedTuple):
    """Points by which names are chosen and duties are ranked."""

    plain: int = 1  # a word that names nothing by itself
    word: int = 4  # any other
    of_name: tuple[int, ...] = (4, 4, 3, 3, 2)  # at most for a word of a name, by the kind of the name
    any_name: tuple[int, ...] = (5, 5, 4, 2, 2)  # that a question names an offering at all
    joined: int = 5  # a name that "and" joins to another
    more: int = -2  # any other name beyond the first
    whole: int = 2  # for each word beyond the first of a name whose words are together
    split: int = -3  # a name with "and" between its words
    beside: int = -4  # a common word, if another word is the name of a service
    as_duty: int = -4  # a name that is a word for a duty as well
    votes: tuple[int, ...] = (6, 4, 3)  # first, second and later meanings of words for a duty


POINTS = Points()


class WordTable(TypedDict):
    """Table of phrases, as plain values; indices refer to the first two lists."""

    offerings: list[str]  # ids
    duties: list[str]  # ids
    meanings: list[list[int]]  # offerings that one name may mean, the ordinary one first
    phrases: list[tuple[str, int, int]]  # text, kind, place of its meaning
    spoken: list[list[int]]  # duties that words may mean, the likeliest first
    topics: list[str]  # names of topics, by the place of their duties
    identifiers: dict[str, int]  # of machines, or how ids begin, and the place of their meaning
    points: dict[str, Any]
    heeded: dict[str, list[str]]  # kinds of answers that heed what a word asks for
    asked: dict[str, tuple[int, str]]  # rank and side of a word
    sides: dict[str, Side]
    senses: dict[str, str]  # words of a question that name nothing, and what they ask for
    families: dict[str, tuple[str, list[int]]]  # product groups and categories: name, offerings
    varying: list[int]  # duties, those that differ most between offerings first
    often: list[int]  # ordinary offerings of the services that are asked about most
    service_of: list[str]  # name of the service, by offering
    form: str  # a topic
    parties: list[str]  # words that ask who is responsible
    control: str  # a pattern
    generic: list[str]
    little: list[str]
    makers: list[str]
    spellings: dict[str, str]


def build_word_table(model: pd.DataFrame, tables: Tables) -> WordTable:
    """Build the table of phrases for the offerings and duties of a model.

    Returns
    -------
    dict
        Plain values, which are included in the page.
    """
    require_tables(tables, NEEDED)
    offerings = model.drop_duplicates("offering_id").sort_values("offering")
    duties = model.drop_duplicates("duty_id").sort_values("duty")
    place_of = {name: place for place, name in enumerate(offerings["offering_id"])}
    duty_of = {name: place for place, name in enumerate(duties["duty_id"])}
    held = tables["offerings"][tables["offerings"]["offering_id"].isin(place_of)]
    meanings, names, identifiers = _list_known(held, tables, place_of)

    # Product groups and categories, for questions such as "which databases ...".
    group_of = tables["services"].set_index("service_id")["product_group_id"]
    group_ids = offerings["service_id"].map(group_of)
    groups = ("product_groups", "product_group", group_ids)
    families = {
        str(family): (str(label), [place for place, of in enumerate(ids) if of == family])
        for table, column, ids in (groups, ("categories", "category", offerings["category_id"]))
        for family, label in tables[table][[f"{column}_id", column]].to_numpy()
    }

    # Words for duties, and for topics that no duty covers with the duties nearest to them.
    by_words: dict[str, tuple[int, list[int], str]] = {
        str(name): (DUTY, [place], "") for place, name in enumerate(duties["duty"])
    }
    for kind, table in ((TOPIC, "topics"), (DUTY, "duty_words")):
        rows = tables[table][tables[table]["duty_id"].isin(duty_of)].sort_values(["words", "position"])
        topics = rows["topic"] if kind == TOPIC else rows["words"]
        for words, meant in rows.assign(topic=topics).groupby("words", sort=False):
            of_words = [duty_of[duty] for duty in meant["duty_id"]]
            by_words[str(words)] = kind, of_words, str(meant["topic"].iloc[0])
    spoken: dict[tuple[tuple[int, ...], str], int] = {}
    for words, (kind, of_words, topic) in by_words.items():
        key = tuple(of_words), topic if kind == TOPIC else ""
        names.append((words, kind, spoken.setdefault(key, len(spoken))))

    counts = duty_distribution(model, "duty_id")
    evenness = counts.max(axis="columns") / counts.sum(axis="columns")
    varying = evenness.sort_values(kind="stable").index
    ordinary = {service: meant[0] for service, meant in group_offerings(held).items()}
    asked = [name for name in tables["often_asked"]["service_id"] if name in ordinary]
    senses = tables["question_words"].sort_values("words").astype(str)
    return {
        "offerings": list(place_of),
        "duties": list(duty_of),
        "meanings": meanings,
        "phrases": names,
        "spoken": [list(of_words) for of_words, _ in spoken],
        "topics": [topic for _, topic in spoken],
        "identifiers": identifiers,
        "points": POINTS._asdict(),
        "heeded": HEEDED | ({} if "resources" in model else {"estate": ["cell", "act"]}),
        "families": families,
        "asked": ASKED,
        "sides": SIDES,
        "senses": dict(zip(senses["words"], senses["meaning"], strict=True)),
        "varying": [duty_of[str(duty)] for duty in varying],
        "often": [place_of[ordinary[service]] for service in asked or ordinary],
        "service_of": offerings["service"].astype(str).tolist(),
        "form": FORM,
        "parties": list(PARTIES),
        "control": CONTROL,
        "generic": sorted(GENERIC),
        "little": sorted(LITTLE),
        "makers": sorted(MAKER),
        "spellings": SPELLINGS,
    }


def _list_known(
    held: pd.DataFrame, tables: Tables, place_of: dict[str, int]
) -> tuple[list[list[int]], list[tuple[str, int, int]], dict[str, int]]:
    known = list_names(tables)
    is_held = known["service_id"].isin(held["service_id"]) & known["offering_id"].isin([*place_of, ""])
    meant: dict[tuple[str, str], list[Name]] = {}
    columns = [known.loc[is_held, name] for name in ("scheme", "folded", "service_id", "offering_id")]
    for scheme, folded, service, offering in zip(*columns, strict=True):
        meant.setdefault((scheme, folded), []).append(Name(scheme, service, offering))

    # What decides the kind of a name, and which offerings have words that their service has not.
    everyday, senses = tables["everyday_names"], tables["question_words"]
    loose = set(everyday.loc[everyday["in_inventory"] == "no", "name"].str.lower())
    things = set(senses.loc[senses["meaning"] == "thing", "words"])
    common = {
        tuple(sorted(split_words(words)))
        for words in senses.loc[senses["meaning"] == "common", "words"]
    }
    services = tables["services"].set_index("service_id")[["service", "full_name"]].astype(str)
    own_names = held["service_id"].map(services["service"] + " " + services["full_name"])
    own_names = own_names.astype(object).fillna("")  # without any service, these would be numbers
    pairs = zip(held["offering"].astype(str), own_names, strict=True)
    names_of = dict(zip(held["offering_id"].astype(str), pairs, strict=True))

    of_service = group_offerings(held)
    meanings: dict[tuple[int, ...], int] = {}
    names: dict[tuple[tuple[str, ...], int], tuple[str, int, int]] = {}
    identifiers: dict[str, int] = {}
    for (scheme, folded), of_name in meant.items():
        meant_by = [offering for offering, _ in list_meant(of_name, of_service)]
        given = set(split_words(folded))
        if scheme in SPOKEN and scheme != EVERYDAY:  # "RDS Custom" names a service, but means variants
            meant_by.sort(key=lambda offering: not is_variant(given, *names_of[offering]))
        places = tuple(place_of[offering] for offering in meant_by)
        meaning = meanings.setdefault(places, len(meanings))
        if scheme in LOOKED_UP:
            identifiers.setdefault(folded, meaning)
        if scheme not in SPOKEN and not re.fullmatch("[a-z0-9]{2,}", folded):
            continue
        words = tuple(sorted(split_words(folded)))
        kind = MACHINE if scheme not in SPOKEN else COMMON if words in common else OFFICIAL
        if scheme == EVERYDAY:
            kind = OFFICIAL if folded in things else LOOSE if folded in loose else COMMON
        if words and ((words, meaning) not in names or kind < names[words, meaning][1]):
            names[words, meaning] = folded, kind, meaning

    # The beginning of an id, such as "i-", names a resource type, or at least its service.
    kinds = tables["id_kinds"][tables["id_kinds"]["form"] == "prefix"]
    for sign, resource in zip(kinds["sign"], kinds["resource"].str.lower(), strict=True):
        service = resource.rpartition(":")[0].rstrip(":")
        if (meaning := identifiers.get(resource, identifiers.get(service, -1))) >= 0:
            identifiers[sign] = meaning
    return [list(places) for places in meanings], list(names.values()), identifiers
