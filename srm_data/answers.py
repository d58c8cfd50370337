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
    facts = tables["service_responsibilities"].assign(basis="documented", scope="service")
    offerings = tables["offerings"][["offering_id", "service_id"]]

    named = facts[facts["offering_ids"] != ""]
    named = named.assign(offering_id=named["offering_ids"].str.split("; ")).explode("offering_id")
    named = named[named["offering_id"].isin(offerings["offering_id"])]
    of_all = facts[facts["offering_ids"] == ""].merge(
        offerings, on="service_id", how="inner", validate="many_to_many"
    )
    return pd.concat([named, of_all], ignore_index=True).drop_duplicates(CELL, keep="first")


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
    traits = tables["offering_traits"]
    offerings = tables["offerings"][["offering_id", "service_id"]]
    own = traits[traits["offering_id"] != ""].assign(scope="offering")
    of_service = traits[traits["offering_id"] == ""].drop(columns="offering_id")
    of_service = of_service.merge(offerings, on="service_id", how="inner", validate="many_to_many")
    columns = [*TRAIT, "scope"]
    both = pd.concat([own[columns], of_service.assign(scope="service")[columns]], ignore_index=True)
    return both.drop_duplicates(["offering_id", "trait_id"], keep="first", ignore_index=True)


def list_derived(tables: Tables) -> pd.DataFrame:
    """List the answers that follow by rule from the known traits of each offering.

    If several rules give the same answer for a cell, the rule for the first trait is reported.

    Raises
    ------
    srm_data.TableError
        If two rules give different answers for a cell.
    """
    traits, rules = list_traits(tables), tables["trait_rules"]
    pairs = _match_rules(traits, rules, tables["offerings"])
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
    traits, rules = list_traits(tables), tables["trait_rules"]
    (offerings,), (duties,) = _list_columns(traits, "offering_id"), _list_columns(rules, "duty_id")
    pairs = _match_rules(traits, rules, tables["offerings"])
    return {(offerings[trait], duties[rule]) for trait, rule in pairs}


def _match_rules(
    traits: pd.DataFrame, rules: pd.DataFrame, offerings: pd.DataFrame
) -> list[tuple[int, int]]:
    """Pair the numbers of traits with those of the rules that they meet.

    A rule yields where a trait is known of the offering that decides the duty more closely.
    """
    kinds = dict(zip(*_list_columns(offerings, "offering_id", "category_id"), strict=True))
    of_values: dict[tuple[str, str], list[tuple[int, str, list[str]]]] = {}
    columns = _list_columns(rules, "trait_id", "value", "category_id", "yields_to")
    for number, (trait, value, category, others) in enumerate(zip(*columns, strict=True)):
        closer = others.split("; ") if others else []
        of_values.setdefault((trait, value), []).append((number, category, closer))

    named = list(zip(*_list_columns(traits, "offering_id", "trait_id", "value"), strict=True))
    known = {(offering, trait) for offering, trait, _ in named}
    return [
        (number, rule)
        for number, (offering, trait, value) in enumerate(named)
        for rule, category, closer in of_values.get((trait, value), ())
        if offering in kinds
        and category in ("", kinds[offering])
        and not any((offering, other) in known for other in closer)
    ]


def _list_columns(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    return [frame[name].to_numpy(dtype=object).tolist() for name in names]


def list_aws_facts(tables: Tables) -> pd.DataFrame:
    """List the facts about AWS as a whole, one row per category and duty they apply to."""
    facts = tables["aws_responsibilities"]
    of_all = facts[facts["category_id"] == ""].drop(columns="category_id")
    of_all = of_all.merge(tables["categories"][["category_id"]], how="cross")
    facts = pd.concat([facts[facts["category_id"] != ""], of_all], ignore_index=True)
    facts = facts.drop_duplicates(["category_id", "duty_id"], keep="first")
    return facts.assign(basis="category", scope="AWS", performed_by="", also_source_id="")


def list_defaults(tables: Tables) -> pd.DataFrame:
    """List the category defaults, one row per category and duty."""
    defaults = tables["category_responsibilities"]
    return defaults.assign(scope="category", performed_by="", also_source_id="")


def list_group_defaults(tables: Tables) -> pd.DataFrame:
    """List the defaults of product groups, one row per offering of the group and category, and duty."""
    services = tables["services"][["service_id", "product_group_id"]]
    offerings = tables["offerings"][["offering_id", "service_id", "category_id"]]
    members = offerings.merge(services, on="service_id", how="inner", validate="many_to_one")
    defaults = members.merge(
        tables["group_responsibilities"],
        on=["product_group_id", "category_id"],
        how="inner",
        validate="many_to_many",
    )
    return defaults.assign(scope="category", performed_by="", also_source_id="")


def list_general_answers(tables: Tables) -> pd.DataFrame:
    """List the answer for cells without facts or rules, one row per category and duty."""
    layers = [list_aws_facts(tables), list_defaults(tables)]
    return pd.concat(layers, ignore_index=True).drop_duplicates(
        ["category_id", "duty_id"], keep="first", ignore_index=True
    )


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
    kinds = tables["offerings"][["offering_id", "category_id"]]
    general = kinds.merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    layers = [
        list_offering_facts(tables, "documented"),
        list_service_facts(tables),
        list_derived(tables),
        list_offering_facts(tables, "proposed"),
        list_group_defaults(tables),
        general,
    ]
    columns = [*CELL, "responsibility", "customer_action", "note", "basis", "scope"]
    answers = pd.concat([layer[columns] for layer in layers], ignore_index=True)
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
