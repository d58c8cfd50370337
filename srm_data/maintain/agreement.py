"""Measure agreement: of two readers, and of rules and defaults with the pages that were read.

``measure_agreement`` compares two readers. ``list_held_out`` answers documented cells by rules and
defaults alone, and ``default_agreement`` judges each default; both show how far the cells that no page
was read for can be trusted.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from srm_data.answers import (
    find_derived,
    list_derived,
    list_general_answers,
    list_group_defaults,
    list_offering_facts,
    list_service_facts,
)
from srm_data.cells import check_frame
from srm_data.changes import list_documented as list_documented_then, list_versions
from srm_data.check.consistency import check_consistency
from srm_data.load import without_categoricals
from srm_data.schema import CELL, Tables

ENOUGH_READINGS = 10  # documented cells from which on a default is judged
ENOUGH_AGREEMENT = 0.7
"""Share of the readings that must agree with a default."""

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

GUIDES_OF_MANY = Path(__file__).with_name("guides_of_many.csv")
"""Guides with a chapter on each of many services, and the service whose own guide that is, if any."""

FEWEST_SERVICES = 10
"""Number of services from which a page counts as a list rather than a page about a service."""

DEFAULT = ["duty_id", "category_id", "product_group_id"]
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
    # Chance: that both draw the same answer, each as often as the reader gives it.
    chance = (first.value_counts(normalize=True) * second.value_counts(normalize=True)).sum()
    kappa = (share - chance) / (1 - chance) if chance < 1 else float("nan")
    return pd.Series(
        {"cells": len(readings), "agreed": (first == second).sum(), "share": share, "kappa": kappa}
    )


def default_agreement(tables: Tables) -> pd.DataFrame:
    """Count how many of the documented cells agree with each default.

    A default answers only cells that no rule answers, so it is compared only with documented cells for
    which no rule applies to the traits from lists, guides of many services and API models.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables` or :func:`~srm_data.narrow_tables`.

    Returns
    -------
    DataFrame
        One row per default, in the order of duties and categories, those of a product group after that
        of its category: ``duty_id``, ``category_id``, ``product_group_id`` (blank: all other groups),
        ``responsibility`` (the default), ``cells`` (documented, not answered by a rule) and ``agreed``
        (``int``), ``share`` (``float``, 0 to 1; ``nan`` without cells) and ``holds`` (``bool``, False
        if there are at least ten readings and fewer than 70 % of them agree).

    Raises
    ------
    srm_data.exceptions.TableError
        If the tables are not consistent with each other, as after narrowing some of them by hand.

    Examples
    --------
    >>> shares = default_agreement(srm_data.load_tables()).set_index(["duty_id", "category_id"])
    >>> bool(shares.loc[("control-plane", "managed"), "holds"].all())
    True
    """
    tables = _prepare(tables)
    of_categories = tables["category_responsibilities"].assign(product_group_id="")
    defaults = pd.concat([of_categories, tables["group_responsibilities"]], ignore_index=True)
    defaults = defaults[[*DEFAULT, "responsibility"]]

    # The documented cells that no rule answers, with the category and group of their offering.
    groups = tables["services"][["service_id", "product_group_id"]]
    offerings = tables["offerings"].merge(groups, on="service_id", validate="many_to_one")
    read = _list_documented(tables).merge(
        offerings[["offering_id", "category_id", "product_group_id"]],
        on="offering_id",
        validate="many_to_one",
    )
    derived = pd.MultiIndex.from_tuples(find_derived(_keep_listed_traits(tables)), names=CELL)
    read = read[~pd.MultiIndex.from_frame(read[CELL]).isin(derived)]

    # Each is compared with the default of its product group, or else with that of its category.
    has_own = pd.MultiIndex.from_frame(read[DEFAULT]).isin(pd.MultiIndex.from_frame(defaults[DEFAULT]))
    read = read.assign(product_group_id=read["product_group_id"].where(has_own, ""))
    compared = read.merge(defaults, on=DEFAULT, suffixes=("", "_default"), validate="many_to_one")
    agrees = compared["responsibility"] == compared["responsibility_default"]
    counts = agrees.groupby([compared[key] for key in DEFAULT]).agg(cells="size", agreed="sum")
    shares = defaults.merge(counts.reset_index(), on=DEFAULT, how="left", validate="one_to_one")
    shares = shares.fillna({"cells": 0, "agreed": 0}).astype({"cells": "int64", "agreed": "int64"})

    shares = shares.assign(share=shares["agreed"] / shares["cells"].where(shares["cells"] > 0))
    is_weak = (shares["cells"] >= ENOUGH_READINGS) & (shares["share"] < ENOUGH_AGREEMENT)
    order = {"duty_id": "duties", "category_id": "categories", "product_group_id": "product_groups"}
    places = {key: tables[name].set_index(key)["position"] for key, name in order.items()}
    return shares.assign(holds=~is_weak).sort_values(
        DEFAULT, key=lambda ids: ids.map(places[str(ids.name)]).fillna(0), ignore_index=True
    )


def list_held_out(tables: Tables, *, earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what rules and defaults alone would answer for each cell that is documented.

    All facts are held out, and so are traits that were read in the guide of the service itself. What
    remains are rules, defaults, and traits from lists, from guides of many services and from API
    models. Undocumented cells rest on these alone, so the agreement estimates how often such a cell is
    right; slightly too high, because the defaults were chosen from the same readings.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables` or :func:`~srm_data.narrow_tables`.
    earlier
        Cells that were documented in earlier versions, from :func:`list_formerly_documented`. Those
        that are no longer documented are included with their earlier answer. None by default.

    Returns
    -------
    DataFrame
        One row per cell of a duty that varies, sorted by key: ``offering_id``, ``duty_id``, ``read_as``
        (responsibility according to the page), ``read_for`` (``"offering"``, ``"service"``, or
        ``"before"`` if only an earlier version had it), ``expected`` (responsibility according to rules
        and defaults), ``basis`` (``"derived"`` by a rule, ``"category"`` by a default) and ``because``
        (the trait and its value, the product group and category, or the category). All ``str``.

    Raises
    ------
    srm_data.exceptions.TableError
        If the tables are not consistent with each other, as after narrowing some of them by hand.

    Examples
    --------
    >>> held_out = list_held_out(srm_data.load_tables())
    >>> sorted(held_out["basis"].unique())
    ['category', 'derived']
    """
    tables = _prepare(tables)
    layers = [_list_documented(tables)]
    if earlier is not None:
        columns = [*CELL, "responsibility"]
        check_frame(earlier, columns, "earlier cells, from list_formerly_documented")
        layers.append(earlier[columns].assign(scope="before"))
    read = pd.concat(layers, ignore_index=True).drop_duplicates(CELL, keep="first")
    read = read[~read["duty_id"].isin(HARDLY_VARYING)]
    read = read.rename(columns={"responsibility": "read_as", "scope": "read_for"})

    # Without the facts: rules come first, then the defaults of product groups and of categories.
    derived = list_derived(_keep_listed_traits(tables))
    derived = derived.assign(because=derived["trait_id"] + " = " + derived["value"])
    of_group = list_group_defaults(tables).assign(basis="category")
    of_group = of_group.assign(because=of_group["product_group_id"] + ", " + of_group["category_id"])
    general = tables["offerings"][["offering_id", "category_id"]].merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    general = general.assign(because=general["category_id"], basis="category")
    columns = [*CELL, "responsibility", "basis", "because"]
    answers = pd.concat([layer[columns] for layer in (derived, of_group, general)], ignore_index=True)
    answers = answers.drop_duplicates(CELL, keep="first").rename(columns={"responsibility": "expected"})

    held_out = read.merge(answers, on=CELL, how="inner", validate="one_to_one")
    return held_out.sort_values(CELL, ignore_index=True)[HELD_OUT].astype("str")


def list_formerly_documented() -> pd.DataFrame:
    """List the cells that were documented in a stored version, with their latest such answer."""
    cells = pd.concat([list_documented_then(version) for version in list_versions()], ignore_index=True)
    return cells.drop_duplicates(CELL, keep="last", ignore_index=True)


def list_contradictions(held_out: pd.DataFrame) -> pd.DataFrame:
    """List the rows of :func:`list_held_out` where one side says AWS and the other says Customer."""
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
    >>> counts = held_out_distribution(srm_data.maintain.list_held_out(srm_data.load_tables()))
    >>> len(counts), int(counts["disputed"].sum())
    (20, 10)
    """
    check_frame(held_out, HELD_OUT, "cells held out, from list_held_out")
    agrees = (held_out["read_as"] == held_out["expected"]).groupby(held_out["duty_id"])
    counts = pd.DataFrame({"cells": agrees.size(), "agreed": agrees.sum().astype("int64")})
    return counts.assign(share=counts["agreed"] / counts["cells"], disputed=counts.index.isin(DISPUTED))


def _prepare(tables: Tables) -> Tables:
    check_consistency(tables)
    return {name: without_categoricals(table) for name, table in tables.items()}


def _list_documented(tables: Tables) -> pd.DataFrame:
    """List the documented cells, by a page about the offering or else about its service."""
    columns = [*CELL, "responsibility", "scope"]
    facts = [list_offering_facts(tables, "documented")[columns], list_service_facts(tables)[columns]]
    return pd.concat(facts, ignore_index=True).drop_duplicates(CELL, keep="first", ignore_index=True)


def _keep_listed_traits(tables: Tables) -> Tables:
    """Keep only the traits whose source is a list, a guide of many services or an API model."""
    traits, sources = tables["offering_traits"], tables["sources"].set_index("source_id")
    pages = sources["url"].str.partition("://")[2]
    is_model = sources["edition"].str.startswith(API_MODEL) | pages.str.startswith(API_MODELS)

    guides = pd.read_csv(GUIDES_OF_MANY, dtype="str", keep_default_na=False)
    is_listed = pd.Series(False, index=traits.index)
    for column in ("source_id", "also_source_id"):
        page = traits[column].map(pages).fillna("")
        # A page that traits of many services cite is a list, whichever edition each of them cites.
        services = traits["service_id"].groupby(page).transform("nunique")
        is_listed |= traits[column].map(is_model).eq(True)
        is_listed |= (page != "") & (services >= FEWEST_SERVICES)
        # A guide of many services is the own guide of one, whose traits it does not list.
        for guide, owner in guides.itertuples(index=False):
            is_listed |= page.str.startswith(guide) & (traits["service_id"] != owner)
    return tables | {"offering_traits": traits[is_listed]}


def describe_held_out(counts: pd.DataFrame) -> str:
    """Describe how often rules and defaults alone would have been right."""
    columns = ["cells", "agreed", "disputed"]
    check_frame(counts, columns, "cells held out by duty, from held_out_distribution", has_rows=True)
    disputed, whole = (
        f"{part['agreed'].sum():,} of {part['cells'].sum():,} cells "
        f"({100 * part['agreed'].sum() / max(part['cells'].sum(), 1):.0f} %)"
        for part in (counts[counts["disputed"]], counts)
    )
    if not counts["disputed"].any():
        return f"Without the facts, {whole} of the duties that vary would be answered as they were read"
    return (
        f"Without the facts, {disputed} of the disputed duties would be answered as they were read, "
        f"and {whole.replace(' cells', '')} of all duties that vary"
    )
