"""Answers of offerings, layer by layer: facts of the offering, of its service, and rules about traits.

Each function returns one row per offering and duty that its layer answers, with the columns of a fact.
The model uses the first layer that has an answer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from srm_data.exceptions import Fault, TableError
from srm_data.schema import CELL, Tables

TRAIT = [
    "offering_id", "trait_id", "value",
    "source_id", "section", "also_source_id", "also_section", "note",
]  # fmt: skip

Matches = dict[tuple[str, str], list[tuple[int, int]]]
"""By offering and duty, the numbers of the traits and rules that answer it, in pairs."""


def list_offering_facts(tables: Tables, basis: str) -> pd.DataFrame:
    """List the facts about offerings that have the given basis, documented or proposed."""
    facts = tables["offering_responsibilities"]
    return facts[facts["basis"] == basis].assign(scope="offering")


def list_service_facts(tables: Tables) -> pd.DataFrame:
    """List the facts about services, one row per offering they apply to.

    A fact that names offerings takes precedence over one about all offerings of the service.
    """
    facts = tables["service_responsibilities"].assign(basis="documented", scope="service")
    return _list_by_offering(facts, "duty_id", "offering_ids", tables["offerings"])


def _list_by_offering(
    facts: pd.DataFrame, subject: str, named: str, offerings: pd.DataFrame
) -> pd.DataFrame:
    """List the first fact about each offering and subject, such as a duty.

    A fact is about the offerings in the column ``named``, or all of its service if that is blank. Facts
    that name offerings come first, as they take precedence.
    """
    numbers: dict[str, int] = {}
    of_service: dict[str, list[int]] = {}
    ids = _list_columns(offerings, "offering_id", "service_id")
    for number, (offering, service) in enumerate(zip(*ids, strict=True)):
        numbers[offering] = number
        of_service.setdefault(service, []).append(number)

    # The first row of each offering and subject: those that name offerings, then those that name none.
    about = list(zip(*_list_columns(facts, "service_id", subject, named), strict=True))
    firsts: dict[tuple[int, str], int] = {}
    for row, (_, subject_id, names) in enumerate(about):
        for name in names.split("; "):
            if name in numbers:
                firsts.setdefault((numbers[name], subject_id), row)
    for row, (service, subject_id, names) in enumerate(about):
        if not names:
            for number in of_service.get(service, ()):
                firsts.setdefault((number, subject_id), row)

    listed = facts.take(list(firsts.values())).reset_index(drop=True)
    offering_ids = offerings["offering_id"].take([number for number, _ in firsts])
    return listed.assign(offering_id=offering_ids.reset_index(drop=True))


def list_traits(tables: Tables) -> pd.DataFrame:
    """List the known traits of every offering, with their ``scope``: ``"offering"`` or ``"service"``.

    A trait of the offering takes precedence over one of its service.
    """
    traits = tables["offering_traits"]
    traits = traits.assign(scope=np.where(traits["offering_id"] == "", "service", "offering"))
    of_offerings = _list_by_offering(traits, "trait_id", "offering_id", tables["offerings"])
    return of_offerings[[*TRAIT, "scope"]]


def list_derived(tables: Tables, traits: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the answers that follow by rule from the traits of each offering, by default all known ones.

    If several rules give the same answer for a cell, the rule for the first trait is reported.
    """
    traits = list_traits(tables) if traits is None else traits
    rules = tables["trait_rules"]
    matches = _match_rules(traits, tables)
    _refuse_disagreement(matches, traits, rules)

    # Beside each other, the trait and the rule that answer a cell first.
    firsts = [pairs[0] for pairs in matches.values()]
    of_trait = traits.take([trait for trait, _ in firsts]).reset_index(drop=True)
    of_rule = rules.drop(columns=["trait_id", "value"]).take([rule for _, rule in firsts])
    of_rule = of_rule.rename(columns={"category_id": "of_category", "note": "rule_note"})
    derived = pd.concat([of_trait, of_rule.reset_index(drop=True)], axis="columns")

    notes = derived["rule_note"].where(derived["rule_note"] != "", derived["note"])
    notes = notes.str[:1].str.upper() + notes.str[1:]
    return derived.assign(note=notes, basis="derived", scope="trait", performed_by="")


def find_derived(tables: Tables) -> set[tuple[str, str]]:
    """Find the cells that the rules answer: offering_id and duty_id of each."""
    return set(_match_rules(list_traits(tables), tables))


def _match_rules(traits: pd.DataFrame, tables: Tables) -> Matches:
    """Match the rules with the traits of each offering; the rules for the first trait come first.

    A rule yields where a trait is known of the offering that decides the duty more closely.
    """
    having: dict[str, set[str]] = {}  # by trait, the offerings of which it is known
    of_values: dict[tuple[str, str], list[tuple[int, str]]] = {}
    columns = _list_columns(traits, "offering_id", "trait_id", "value")
    for number, (offering, trait, value) in enumerate(zip(*columns, strict=True)):
        having.setdefault(trait, set()).add(offering)
        of_values.setdefault((trait, value), []).append((number, offering))

    # Rules in the order of their traits, each applied to the offerings that have its value.
    kinds = dict(zip(*_list_columns(tables["offerings"], "offering_id", "category_id"), strict=True))
    positions = dict(zip(*_list_columns(tables["traits"], "trait_id", "position"), strict=True))
    columns = _list_columns(
        tables["trait_rules"], "trait_id", "value", "category_id", "duty_id", "yields_to"
    )
    rules = list(zip(*columns, strict=True))

    matches: Matches = {}
    for rule in sorted(range(len(rules)), key=lambda rule: positions[rules[rule][0]]):
        trait, value, category, duty, others = rules[rule]
        closer = set().union(*(having.get(other, ()) for other in others.split("; ")))
        for number, offering in of_values.get((trait, value), ()):
            if category in ("", kinds[offering]) and offering not in closer:
                matches.setdefault((offering, duty), []).append((number, rule))
    return matches


def _refuse_disagreement(matches: Matches, traits: pd.DataFrame, rules: pd.DataFrame) -> None:
    """Refuse rules that give one cell different answers."""
    answers = list(zip(*_list_columns(rules, "responsibility", "customer_action"), strict=True))
    disputed = {
        cell: pairs
        for cell, pairs in matches.items()
        if len(pairs) > 1 and len({answers[rule] for _, rule in pairs}) > 1
    }
    if not disputed:
        return

    # Name for each disputed cell the traits and what their rules say.
    values = list(zip(*_list_columns(traits, "trait_id", "value"), strict=True))
    faults = []
    for (offering, duty), pairs in sorted(disputed.items()):
        by_trait = [
            f"{' = '.join(values[trait])}: {', '.join(answers[rule])}" for trait, rule in sorted(pairs)
        ]
        expected = f"rules that agree on {offering} / {duty}"
        faults.append(Fault("trait_rules", 0, "responsibility", "; ".join(by_trait), expected))
    raise TableError(faults)


def _list_columns(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    return [frame[name].to_numpy(dtype=object).tolist() for name in names]


def list_group_defaults(tables: Tables) -> pd.DataFrame:
    """List the defaults of product groups, one row per offering of the group and category, and duty."""
    defaults = tables["group_responsibilities"]
    rows_of: dict[tuple[str, str], list[int]] = {}
    for row, place in enumerate(
        zip(*_list_columns(defaults, "product_group_id", "category_id"), strict=True)
    ):
        rows_of.setdefault(place, []).append(row)

    group_of = dict(
        zip(*_list_columns(tables["services"], "service_id", "product_group_id"), strict=True)
    )
    offerings = _list_columns(tables["offerings"], "offering_id", "service_id", "category_id")
    pairs = [
        (row, offering)
        for offering, service, category in zip(*offerings, strict=True)
        for row in rows_of.get((group_of.get(service, ""), category), ())
    ]
    answers = defaults.take([row for row, _ in pairs])
    ids = pd.Series([offering for _, offering in pairs], index=answers.index, dtype="str")
    return answers.assign(
        offering_id=ids, scope="product group", performed_by="", also_source_id="", also_section=""
    )


def list_general_answers(tables: Tables) -> pd.DataFrame:
    """List the answer for cells without facts or rules, one row per category and duty.

    A fact about AWS as a whole goes before a default, and one that names a category before others.
    """
    of_aws = tables["aws_responsibilities"].assign(basis="category", scope="AWS")
    of_all = of_aws[of_aws["category_id"] == ""].drop(columns="category_id")
    layers = [
        of_aws[of_aws["category_id"] != ""],
        of_all.merge(tables["categories"][["category_id"]], how="cross"),
        tables["category_responsibilities"].assign(scope="category"),
    ]
    answers = pd.concat(layers, ignore_index=True).drop_duplicates(
        ["category_id", "duty_id"], keep="first", ignore_index=True
    )
    return answers.assign(performed_by="", also_source_id="", also_section="")


def list_layers(tables: Tables, traits: pd.DataFrame) -> list[pd.DataFrame]:
    """List the answers by offering, layer by layer, the most specific one first."""
    return [
        list_offering_facts(tables, "documented"),
        list_service_facts(tables),
        list_derived(tables, traits),
        list_offering_facts(tables, "proposed"),
        list_group_defaults(tables),
    ]


def list_answers(tables: Tables) -> pd.DataFrame:
    """List the answer of every cell, taken from the first layer that has one."""
    general = tables["offerings"][["offering_id", "category_id"]].merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    layers = [*list_layers(tables, list_traits(tables)), general]
    columns = [*CELL, "responsibility", "customer_action", "note", "basis", "scope"]
    answers = pd.concat([layer[columns] for layer in layers], ignore_index=True)
    return answers.drop_duplicates(CELL, keep="first", ignore_index=True)


def find_rows(answers: pd.DataFrame, key: str, ids: pd.Series, duty_ids: pd.Series) -> np.ndarray:
    """Find the first row of the answers to each id (down) and duty (across): its number, or -1."""
    codes, keys = pd.factorize(ids)
    down = keys.get_indexer(pd.Index(answers[key]))
    across = pd.Index(duty_ids).get_indexer(pd.Index(answers["duty_id"]))
    meant = np.flatnonzero((down >= 0) & (across >= 0))[::-1]

    numbers = np.full((len(keys), len(duty_ids)), -1)
    numbers[down[meant], across[meant]] = meant  # backwards: the first row is the last to be written
    return numbers[codes]
