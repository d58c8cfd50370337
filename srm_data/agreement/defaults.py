"""Compare each default with the documented cells."""

from __future__ import annotations

import pandas as pd

from srm_data.agreement.evidence import columns_of, keep_lists, list_documented, prepare_tables
from srm_data.answers import find_derived
from srm_data.schema import CELL, Tables

ENOUGH_READINGS = 10
ENOUGH_AGREEMENT = 0.7
"""Minimum number of readings for judging a default, and the share that must agree with it."""


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
        If the tables are not consistent with each other, as after narrowing some of them by hand; the
        message lists every fault. Use :func:`~srm_data.narrow_tables` instead.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> shares = default_agreement(load_tables()).set_index(["duty_id", "category_id"])
    >>> bool(shares.loc[("control-plane", "managed"), "holds"].all())
    True
    """
    return compare_defaults(prepare_tables(tables))


def compare_defaults(tables: Tables) -> pd.DataFrame:
    """Compare each default as :func:`default_agreement` does, for tables known to be consistent."""
    defaults = _list_all_defaults(tables)
    answers = {tuple(key): answer for *key, answer in zip(*columns_of(defaults), strict=True)}
    places_of = _find_category_and_group(tables)
    derived = find_derived(keep_lists(tables))
    read, agreed = dict.fromkeys(answers, 0), dict.fromkeys(answers, 0)
    documented = list_documented(tables)[[*CELL, "responsibility"]]
    for offering, duty, answer in zip(*columns_of(documented), strict=True):
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
        for offering, category, service in zip(*columns_of(offerings), strict=True)
    }
