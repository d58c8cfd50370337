"""Answers of offerings, layer by layer: facts of the offering, of its service, and rules about traits.

Each function returns one row per offering and duty that its layer answers, with the columns of a fact.
The model uses the first layer that has an answer.
"""

from __future__ import annotations

import pandas as pd

from srm_data.arguments import Tables
from srm_data.exceptions import Fault, TableError

CELL = ["offering_id", "duty_id"]
TRAIT = [
    "offering_id", "trait_id", "value",
    "source_id", "section", "also_source_id", "also_section", "note",
]  # fmt: skip


def list_offering_facts(tables: Tables, basis: str) -> pd.DataFrame:
    """List the facts about offerings that have the given basis, documented or proposed."""
    facts = tables["offering_responsibilities"]
    return facts[facts["basis"] == basis].assign(scope="offering")


def list_service_facts(tables: Tables) -> pd.DataFrame:
    """List the facts about services, one row per offering they apply to.

    A fact that names offerings takes precedence over one about all offerings of the service.
    """
    found = find_service_facts(tables)
    facts = tables["service_responsibilities"].iloc[list(found.values())].reset_index(drop=True)
    offerings = pd.Series([offering for offering, _ in found], dtype="str")
    return facts.assign(basis="documented", scope="service", offering_id=offerings)


def find_service_facts(tables: Tables) -> dict[tuple[str, str], int]:
    """Find the cells that facts about services answer, and the number of the fact of each."""
    facts = tables["service_responsibilities"]
    of_service = _list_offerings(tables)
    known = {offering for offerings in of_service.values() for offering in offerings}

    named, general = [], []
    columns = list_columns(facts, "service_id", "duty_id", "offering_ids")
    for number, (service, duty, names) in enumerate(zip(*columns, strict=True)):
        if names:
            listed = [offering for offering in names.split("; ") if offering in known]
            named += [((offering, duty), number) for offering in listed]
        else:
            general += [((offering, duty), number) for offering in of_service.get(service, ())]
    return _keep_first([*named, *general])


def list_traits(tables: Tables) -> pd.DataFrame:
    """List the known traits of every offering.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.

    Returns
    -------
    DataFrame
        One row per offering and trait: ``offering_id``, ``trait_id``, ``value``, ``source_id``,
        ``section``, ``also_source_id``, ``also_section``, ``note``, ``scope`` (``"offering"`` or
        ``"service"``). All ``str``. A trait of the offering takes precedence over one of its service.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> traits = list_traits(load_tables()).set_index(["offering_id", "trait_id"])
    >>> traits.loc[("sqs", "cloudtrail"), "value"]
    'yes'
    """
    traits, found = tables["offering_traits"], _find_traits(tables)
    known = traits.iloc[list(found.values())].reset_index(drop=True)
    scopes = known["offering_id"].map(lambda its: "offering" if its else "service").astype("str")
    offerings = pd.Series([offering for offering, _ in found], dtype="str")
    return known.assign(offering_id=offerings, scope=scopes)[[*TRAIT, "scope"]]


def _find_traits(tables: Tables) -> dict[tuple[str, str], int]:
    """Find the offerings and traits that are known, and the number of the row of each."""
    of_service = _list_offerings(tables)
    own, of_services = [], []
    columns = list_columns(tables["offering_traits"], "offering_id", "service_id", "trait_id")
    for number, (offering, service, trait) in enumerate(zip(*columns, strict=True)):
        if offering:
            own.append(((offering, trait), number))
        else:
            of_services += [((it, trait), number) for it in of_service.get(service, ())]
    return _keep_first([*own, *of_services])


def _list_offerings(tables: Tables) -> dict[str, list[str]]:
    """List the offerings of each service."""
    of_service: dict[str, list[str]] = {}
    columns = list_columns(tables["offerings"], "service_id", "offering_id")
    for service, offering in zip(*columns, strict=True):
        of_service.setdefault(service, []).append(offering)
    return of_service


def _keep_first(pairs: list[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    """Keep the first number of each key, in their order."""
    first: dict[tuple[str, str], int] = {}
    for key, number in pairs:
        first.setdefault(key, number)
    return first


def list_derived(tables: Tables) -> pd.DataFrame:
    """List the answers that follow by rule from the known traits of each offering.

    If several rules give the same answer for a cell, the rule for the first trait is reported.

    Raises
    ------
    srm_data.TableError
        If two rules give different answers for a cell.
    """
    traits, rules = list_traits(tables), tables["trait_rules"]
    known = list(zip(*list_columns(traits, "offering_id", "trait_id", "value"), strict=True))
    pairs = _match_rules(known, rules, tables["offerings"])
    of_trait = traits.iloc[[trait for trait, _ in pairs]].reset_index(drop=True)
    of_rule = rules.drop(columns=["trait_id", "value"]).iloc[[rule for _, rule in pairs]]
    of_rule = of_rule.rename(columns={"category_id": "of_category", "note": "rule_note"})
    derived = pd.concat([of_trait, of_rule.reset_index(drop=True)], axis="columns")
    _refuse_disagreement(derived)

    order = tables["traits"].set_index("trait_id")["position"]
    derived = derived.assign(position=derived["trait_id"].map(order))
    derived = derived.sort_values("position", kind="stable").drop_duplicates(CELL, keep="first")
    notes = derived["rule_note"].where(derived["rule_note"] != "", derived["note"])
    return derived.assign(note=notes, basis="derived", scope="trait", performed_by="").reset_index(
        drop=True
    )


def find_derived(tables: Tables) -> set[tuple[str, str]]:
    """Find the cells that the rules answer: offering_id and duty_id of each."""
    rules = tables["trait_rules"]
    (values,) = list_columns(tables["offering_traits"], "value")
    (duties,) = list_columns(rules, "duty_id")
    known = [(*key, values[number]) for key, number in _find_traits(tables).items()]
    pairs = _match_rules(known, rules, tables["offerings"])
    return {(known[trait][0], duties[rule]) for trait, rule in pairs}


def _match_rules(
    traits: list[tuple[str, str, str]], rules: pd.DataFrame, offerings: pd.DataFrame
) -> list[tuple[int, int]]:
    """Pair the numbers of traits (offering, trait and value) with those of the rules that they meet.

    A rule yields where a trait is known of the offering that decides the duty more closely.
    """
    kinds = dict(zip(*list_columns(offerings, "offering_id", "category_id"), strict=True))
    of_values: dict[tuple[str, str], list[tuple[int, str, list[str]]]] = {}
    columns = list_columns(rules, "trait_id", "value", "category_id", "yields_to")
    for number, (trait, value, category, others) in enumerate(zip(*columns, strict=True)):
        closer = others.split("; ") if others else []
        of_values.setdefault((trait, value), []).append((number, category, closer))

    known = {(offering, trait) for offering, trait, _ in traits}
    return [
        (number, rule)
        for number, (offering, trait, value) in enumerate(traits)
        for rule, category, closer in of_values.get((trait, value), ())
        if offering in kinds
        and category in ("", kinds[offering])
        and not any((offering, other) in known for other in closer)
    ]


def list_columns(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    """Return the values of some columns, each as a list."""
    return [frame[name].to_numpy(dtype=object).tolist() for name in names]


def list_general_answers(tables: Tables) -> pd.DataFrame:
    """List the answer for cells without facts or rules, one row per category and duty.

    It is a fact about AWS as a whole if there is one, and otherwise the default of the category.
    """
    facts = tables["aws_responsibilities"].assign(basis="category", scope="AWS")
    is_of_all = facts["category_id"] == ""
    of_all = facts[is_of_all].drop(columns="category_id")
    of_all = of_all.merge(tables["categories"][["category_id"]], how="cross")
    defaults = tables["category_responsibilities"].assign(scope="category")
    answers = pd.concat([facts[~is_of_all], of_all, defaults], ignore_index=True)
    answers = answers.drop_duplicates(["category_id", "duty_id"], keep="first", ignore_index=True)
    return answers.assign(performed_by="", also_source_id="")


def list_layers(tables: Tables) -> list[pd.DataFrame]:
    """List the answers of the layers, one frame per layer, the most specific first."""
    kinds = tables["offerings"][["offering_id", "category_id"]]
    general = kinds.merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    return [
        list_offering_facts(tables, "documented"),
        list_service_facts(tables),
        list_derived(tables),
        list_offering_facts(tables, "proposed"),
        general,
    ]


def list_answers(tables: Tables) -> pd.DataFrame:
    """List the answer of every cell, taken from the first layer that has one.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.

    Returns
    -------
    DataFrame
        One row per offering and duty: ``offering_id``, ``duty_id``, ``responsibility``,
        ``customer_action``, ``note``, ``basis``, ``scope``. All ``str``.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> answers = list_answers(load_tables()).set_index(["offering_id", "duty_id"])
    >>> answers.loc[("eks-fargate", "guest-os-patching"), "responsibility"]
    'AWS'
    """
    columns = [*CELL, "responsibility", "customer_action", "note", "basis", "scope"]
    answers = pd.concat([layer[columns] for layer in list_layers(tables)], ignore_index=True)
    return answers.drop_duplicates(CELL, keep="first", ignore_index=True)


def _refuse_disagreement(derived: pd.DataFrame) -> None:
    """Refuse rules that give one cell different answers."""
    answers = derived[[*CELL, "responsibility", "customer_action"]].drop_duplicates()
    disputed = answers.loc[answers.duplicated(CELL), CELL].drop_duplicates().sort_values(CELL)
    faults = []
    for offering, duty in disputed.itertuples(index=False, name=None):
        rows = derived[(derived["offering_id"] == offering) & (derived["duty_id"] == duty)]
        said = [
            f"{row['trait_id']} = {row['value']}: {row['responsibility']}, {row['customer_action']}"
            for row in rows.to_dict("records")
        ]
        expected = f"rules that agree on {offering} / {duty}"
        faults.append(Fault("trait_rules", 0, "responsibility", "; ".join(said), expected))
    if faults:
        raise TableError(faults)
