"""Measure how far two readers agree, and how far rules and defaults agree with the pages read."""

from __future__ import annotations

import pandas as pd

from srm_data.answers import (
    find_derived,
    list_derived,
    list_general_answers,
    list_group_defaults,
    list_offering_facts,
    list_service_facts,
    require_tables,
)
from srm_data.arguments import Tables, check_frame
from srm_data.schema import CELL

HARDLY_VARYING = [
    "physical-security", "hardware-maintenance", "media-sanitization", "network-infrastructure",
    "virtualization", "host-os", "compliance", "awareness-training",
]  # fmt: skip
"""Duties with the same answer for nearly all offerings, which would inflate every measure."""

DISPUTED = [
    "encryption-at-rest", "encryption-in-transit", "key-management", "credentials", "availability",
    "backup", "guest-os-patching", "guest-os-configuration", "platform-patching", "platform-upgrade",
]  # fmt: skip
"""The ten duties that people dispute most."""

API_MODEL = "API model"  # begins the edition of a source that is a model of an API
API_MODELS = ("github.com/boto/", "www.npmjs.com/")
"""Where models of AWS's APIs and sets of its IAM actions are published."""

GUIDES_OF_MANY = {
    "docs.aws.amazon.com/securityhub/": "security-hub",
    "docs.aws.amazon.com/awssupport/": "support",
    "docs.aws.amazon.com/general/": "",
    "docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/": "",
    "docs.aws.amazon.com/whitepapers/latest/aws-overview/": "",
    "docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/": "",
    "docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/": "cloudformation",
    "docs.aws.amazon.com/aws-backup/": "backup",
    "docs.aws.amazon.com/secretsmanager/": "secrets-manager",
    "github.com/awslabs/oscal-content-for-aws-services/": "",
}
"""Guides with a chapter on each of many services, and the service whose own guide that is, if any."""

FEWEST_SERVICES = 10
"""Number of services from which a page counts as a list rather than a page about a service."""

ENOUGH_READINGS = 10
ENOUGH_AGREEMENT = 0.7
"""Minimum number of readings for judging a default, and the share that must agree with it."""

HELD_OUT = ["offering_id", "duty_id", "read_as", "read_for", "expected", "basis", "because"]


def measure_agreement(readings: pd.DataFrame) -> pd.Series[float]:
    """Measure the agreement of first and second readings.

    Parameters
    ----------
    readings
        The table ``second_readings``, with the two answers in the columns ``first`` and ``second``.

    Returns
    -------
    Series
        ``cells`` and ``agreed`` (counts), ``share`` (of cells on which both agree), and Cohen's
        ``kappa``: agreement beyond chance, 1 if the readers always agree, 0 if they agree as often as
        by chance. ``nan`` if both readers give the same single answer everywhere.

    Notes
    -----
    Kappa is that of J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960), 37-46: ``(share - chance) / (1 - chance)``.

    Examples
    --------
    >>> measure_agreement(pd.DataFrame({"first": ["a", "a", "b", "b"], "second": ["a", "a", "b", "a"]}))
    cells     4.00
    agreed    3.00
    share     0.75
    kappa     0.50
    dtype: float64
    """
    check_frame(readings, ["first", "second"], "two readings, as in the table second_readings")
    first, second = readings["first"], readings["second"]
    share = (first == second).mean()
    chances = first.value_counts(normalize=True) * second.value_counts(normalize=True)
    chance = chances.sum()
    kappa = (share - chance) / (1 - chance) if chance < 1 else float("nan")
    return pd.Series(
        {"cells": len(readings), "agreed": (first == second).sum(), "share": share, "kappa": kappa}
    )


def list_held_out(tables: Tables, *, earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what rules and defaults alone would answer for each cell that is documented.

    All facts are held out, and so are traits that were read in the guide of the service itself. The
    traits from AWS's lists, from guides that cover many services (such as the controls of Security Hub)
    and from API models, the rules and the defaults remain. Undocumented cells rest on these alone, so
    the agreement estimates how often such a cell is right. The estimate is slightly optimistic, because
    the defaults were chosen from the same readings.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`; if one is missing, an error names it.
    earlier
        Cells that were documented in earlier versions, from :func:`~srm_data.list_formerly_documented`.
        Those that are no longer documented are included with their earlier answer. None by default.

    Returns
    -------
    DataFrame
        One row per cell, sorted by key; all ``str``:

        ``offering_id``, ``duty_id``
            Keys of the cell. Duties that hardly vary are left out.
        ``read_as``
            Responsibility according to the page.
        ``read_for``
            Subject of the page: ``"offering"``, ``"service"``, or ``"before"`` for a cell that was
            documented only in an earlier data version.
        ``expected``
            Responsibility according to rules and defaults.
        ``basis``
            ``"derived"`` if a rule gives the answer, ``"category"`` if a default does.
        ``because``
            The trait and its value, the product group and category, or the category.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> held_out = list_held_out(load_tables())
    >>> held_out["basis"].unique().tolist()
    ['category', 'derived']
    """
    require_tables(tables)
    if earlier is None:
        earlier = pd.DataFrame(columns=[*CELL, "responsibility"], dtype="str")
    read = _list_read(tables, earlier)
    expected = _answer_without_facts(tables)
    held_out = read.merge(expected, on=CELL, how="inner", validate="one_to_one")
    return held_out.sort_values(CELL, ignore_index=True)[HELD_OUT].astype("str")


def list_contradictions(held_out: pd.DataFrame) -> pd.DataFrame:
    """List the cells where one side says AWS and the other says Customer.

    Parameters
    ----------
    held_out
        Frame from :func:`list_held_out`.

    Returns
    -------
    DataFrame
        The rows where one of ``read_as`` and ``expected`` is AWS and the other is Customer.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> contradictions = list_contradictions(list_held_out(load_tables()))
    >>> set(contradictions["read_as"]) <= {"AWS", "Customer"}
    True
    """
    check_frame(held_out, HELD_OUT, "cells held out, from list_held_out")
    parties = held_out["read_as"] + " " + held_out["expected"]
    return held_out[parties.isin(["AWS Customer", "Customer AWS"])].reset_index(drop=True)


def held_out_distribution(held_out: pd.DataFrame) -> pd.DataFrame:
    """Count, per duty, the cells where rules and defaults agree with the pages read.

    Parameters
    ----------
    held_out
        Frame from :func:`list_held_out`.

    Returns
    -------
    DataFrame
        One row per duty, by ``duty_id``: ``cells`` and ``agreed`` (``int``), ``share`` of the cells
        that agree (``float``, 0 to 1) and ``disputed`` (``bool``, whether the duty is one of the ten
        that people dispute). Duties without cells are left out.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> counts = held_out_distribution(list_held_out(load_tables()))
    >>> len(counts), int(counts["disputed"].sum())
    (20, 10)
    """
    check_frame(held_out, HELD_OUT, "cells held out, from list_held_out")
    agrees = (held_out["read_as"] == held_out["expected"]).groupby(held_out["duty_id"])
    counts = pd.DataFrame({"cells": agrees.size(), "agreed": agrees.sum().astype("int64")})
    return counts.assign(share=counts["agreed"] / counts["cells"], disputed=counts.index.isin(DISPUTED))


def default_agreement(tables: Tables) -> pd.DataFrame:
    """Count how many of the documented cells agree with each default.

    A default answers only cells that no rule answers, so it is compared only with documented cells for
    which no rule applies to the traits from lists, guides of many services and API models.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`; if one is missing, an error names it.

    Returns
    -------
    DataFrame
        One row per default, in the order of duties and categories, those of a product group after that
        of its category: ``duty_id``, ``category_id``, ``product_group_id`` (blank: all other groups),
        ``responsibility`` (the default), ``cells`` (documented, not answered by a rule) and ``agreed``
        (``int``), ``share`` (``float``, 0 to 1; ``nan`` without cells) and ``holds`` (``bool``, False
        if there are at least ten readings and fewer than 70 % of them agree).

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> shares = default_agreement(load_tables()).set_index(["duty_id", "category_id"])
    >>> bool(shares.loc[("control-plane", "managed"), "holds"].all())
    True
    """
    require_tables(tables)
    defaults = _list_all_defaults(tables)
    answers = {tuple(key): answer for *key, answer in zip(*_columns_of(defaults), strict=True)}
    places_of = _find_category_and_group(tables)
    derived = find_derived(_keep_lists(tables))
    read, agreed = dict.fromkeys(answers, 0), dict.fromkeys(answers, 0)
    documented = _list_documented_now(tables)[[*CELL, "responsibility"]]
    for offering, duty, answer in zip(*_columns_of(documented), strict=True):
        category, group = places_of[offering]
        default = (duty, category, group)
        if default not in answers:
            default = (duty, category, "")
        if (offering, duty) not in derived and default in answers:
            read[default] += 1
            agreed[default] += answer == answers[default]

    shares = defaults.assign(cells=list(read.values()), agreed=list(agreed.values()))
    shares = shares.assign(share=shares["agreed"] / shares["cells"].where(shares["cells"] > 0))
    is_weak = (shares["cells"] >= ENOUGH_READINGS) & (shares["share"] < ENOUGH_AGREEMENT)

    keys = {"duty_id": "duties", "category_id": "categories", "product_group_id": "product_groups"}
    places = {key: tables[name].set_index(key)["position"] for key, name in keys.items()}
    return shares.assign(holds=~is_weak).sort_values(
        list(keys), key=lambda ids: ids.map(places[str(ids.name)]).fillna(0), ignore_index=True
    )


def _list_all_defaults(tables: Tables) -> pd.DataFrame:
    """List the defaults of categories, and of product groups within them."""
    columns = ["duty_id", "category_id", "product_group_id", "responsibility"]
    of_categories = tables["category_responsibilities"].assign(product_group_id="")
    layers = [of_categories[columns], tables["group_responsibilities"][columns]]
    return pd.concat(layers, ignore_index=True)


def _find_category_and_group(tables: Tables) -> dict[str, tuple[str, str]]:
    """Find the category and the product group of each offering."""
    groups = tables["services"].set_index("service_id")["product_group_id"].to_dict()
    offerings = tables["offerings"][["offering_id", "category_id", "service_id"]]
    return {
        offering: (category, groups[service])
        for offering, category, service in zip(*_columns_of(offerings), strict=True)
    }


def _columns_of(frame: pd.DataFrame) -> list[list[str]]:
    return [frame[column].to_numpy(dtype=object).tolist() for column in frame]


def _list_documented_now(tables: Tables) -> pd.DataFrame:
    """List the documented cells, by a page about the offering or else about its service."""
    columns = [*CELL, "responsibility", "scope"]
    facts = [list_offering_facts(tables, "documented")[columns], list_service_facts(tables)[columns]]
    return pd.concat(facts, ignore_index=True).drop_duplicates(CELL, keep="first", ignore_index=True)


def _list_read(tables: Tables, earlier: pd.DataFrame) -> pd.DataFrame:
    """List the cells that are or were documented, for duties that vary."""
    earlier = earlier[[*CELL, "responsibility"]].assign(scope="before")
    read = pd.concat([_list_documented_now(tables), earlier], ignore_index=True)
    read = read.drop_duplicates(CELL, keep="first")
    read = read[~read["duty_id"].isin(HARDLY_VARYING)]
    return read.rename(columns={"responsibility": "read_as", "scope": "read_for"})


def _answer_without_facts(tables: Tables) -> pd.DataFrame:
    """Answer every cell from the traits in lists and API models by rule, or else by default."""
    derived = list_derived(_keep_lists(tables))
    derived = derived.assign(because=derived["trait_id"] + " = " + derived["value"])
    general = tables["offerings"][["offering_id", "category_id"]].merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    general = general.assign(because=general["category_id"], basis="category")
    of_group = list_group_defaults(tables).assign(basis="category")
    of_group = of_group.assign(because=of_group["product_group_id"] + ", " + of_group["category_id"])

    columns = [*CELL, "responsibility", "basis", "because"]
    layers = [derived[columns], of_group[columns], general[columns]]
    answers = pd.concat(layers, ignore_index=True).drop_duplicates(CELL, keep="first")
    return answers.rename(columns={"responsibility": "expected"})


def _keep_lists(tables: Tables) -> Tables:
    """Keep only the traits from lists and API models."""
    return tables | {"offering_traits": _keep_listed(tables["offering_traits"], tables["sources"])}


def _keep_listed(traits: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Keep the traits whose source is a list, a guide of many services or an API model."""
    services, *cited = _columns_of(traits[["service_id", "source_id", "also_source_id"]])
    ids, addresses, editions = _columns_of(sources[["source_id", "url", "edition"]])
    address_of = {"": ""} | dict(zip(ids, addresses, strict=True))
    models = {
        source_id
        for source_id, address, edition in zip(ids, addresses, editions, strict=True)
        if edition.startswith(API_MODEL) or address.partition("://")[2].startswith(API_MODELS)
    }
    owners = {source_id: _list_owners(address) for source_id, address in address_of.items()}
    is_listed = [False] * len(traits)
    for column in cited:
        of_address: dict[str, set[str]] = {}
        for service, source_id in zip(services, column, strict=True):
            of_address.setdefault(address_of[source_id], set()).add(service)
        lists = {it for it, found in of_address.items() if it and len(found) >= FEWEST_SERVICES}
        is_listed = [
            is_it
            or source_id in models
            or address_of[source_id] in lists
            or any(service != owner for owner in owners[source_id])
            for is_it, service, source_id in zip(is_listed, services, column, strict=True)
        ]
    return traits[pd.Series(is_listed, index=traits.index, dtype=bool)]


def _list_owners(address: str) -> list[str]:
    """List the service whose own guide a guide of many services is; nothing of any other page."""
    page = address.partition("://")[2]
    return [owner for guide, owner in GUIDES_OF_MANY.items() if page.startswith(guide)]
