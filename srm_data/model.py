"""Join the tables into the model: one tidy frame, a row per offering and duty.

Each cell is answered by exactly one fact. An offering's own row beats the default of its category; the
column ``basis`` says which of the two it was.
"""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd

from srm_data.consistency import check_consistency
from srm_data.exceptions import Fault, StaleDecisionWarning, TableError
from srm_data.load import Tables, load_tables
from srm_data.organisation.decisions import (
    apply_decisions,
    check_decisions,
    describe_stale_decision,
    list_stale_decisions,
)

FACT = ["responsibility", "aws_part", "customer_part", "note", "basis", "source_id", "section"]
OFFERING = [
    "product_group", "service_id", "service", "offering_id", "offering", "category_id", "category",
]  # fmt: skip
ANSWER = [
    "responsibility", "aws_part", "customer_part", "note", "basis", "source_ids", "section",
    "without_decision",
]  # fmt: skip
MODEL = [*OFFERING, "duty_id", "duty", "layer", "side", *ANSWER]
"""The columns of the model, in their order."""


def build_model(
    tables: Tables | None = None,
    *,
    decisions: pd.DataFrame | None = None,
    categories: Literal["all", "seed"] = "all",
) -> pd.DataFrame:
    """Build the model of every offering.

    Parameters
    ----------
    tables
        Frames from :func:`load_tables`; loaded if not given.
    decisions
        Frame from :func:`~srm_data.read_decisions`: what your organisation decided, laid over what the
        tables say. Stale ones are not applied, and a warning names them.
    categories
        ``"all"`` names each offering's category of the four. ``"seed"`` folds them into the two of
        AWS's model: managed into abstracted, customer-hosted into infrastructure. This changes the
        label of the category only, never who is responsible.

    Returns
    -------
    DataFrame
        A row per offering and duty, in the order of the matrices. Columns:

        ``product_group``, ``service``, ``offering``, ``category``, ``layer``, ``duty``
            Names, ordered Categoricals (``layer`` and ``duty`` from the ground up).
        ``service_id``, ``offering_id``, ``category_id``, ``duty_id``
            Keys, ``str``.
        ``side``
            ``"of the cloud"`` or ``"in the cloud"``, ``str``.
        ``responsibility``
            Ordered Categorical: AWS < Shared < Customer < Not applicable.
        ``aws_part``, ``customer_part``, ``note``
            One sentence each, or empty, ``str``.
        ``basis``
            Ordered Categorical: documented < category < proposed < decision.
        ``without_decision``
            What the tables say, whatever was decided; ordered Categorical.
        ``source_ids``
            Keys of ``sources``, separated by ``"; "``, ``str``.
        ``section``
            Heading on the first source's page, ``str``.

    Raises
    ------
    srm_data.TableError
        If the tables do not agree with each other: an id that the table it refers to does not have, a
        key that occurs twice, a category without a default for a duty. It names every fault. Use
        :func:`~srm_data.narrow_tables` for tables of fewer offerings.
    ValueError
        If ``categories`` is neither of the two.

    Examples
    --------
    >>> model = build_model()
    >>> fargate = model.query("offering_id == 'eks-fargate' and duty_id == 'guest-os-patching'")
    >>> fargate["responsibility"].item()
    'AWS'
    """
    tables = load_tables() if tables is None else tables
    check_consistency(tables)
    names = _name_offerings(tables, categories)
    model = _answer(names, tables["offering_responsibilities"], tables, "offering_id")
    if decisions is None:
        return model
    check_decisions(decisions)
    if decisions.empty:
        return model
    stale = list_stale_decisions(model, decisions)
    for row in stale.to_dict("records"):
        warnings.warn(describe_stale_decision(row), StaleDecisionWarning, stacklevel=2)
    return apply_decisions(model, decisions)


def build_category_model(
    tables: Tables | None = None,
    *,
    categories: Literal["all", "seed"] = "all",
) -> pd.DataFrame:
    """Build the model of the categories alone: what holds unless an offering says otherwise.

    Parameters
    ----------
    tables
        Frames from :func:`load_tables`; loaded if not given.
    categories
        ``"all"`` for the four categories, ``"seed"`` for the two of AWS's model.

    Returns
    -------
    DataFrame
        A row per category and duty; columns as in :func:`build_model` without those of service and
        offering.

    Examples
    --------
    >>> build_category_model(categories="seed")["category"].unique().tolist()
    ['Infrastructure', 'Abstracted']
    """
    tables = load_tables() if tables is None else tables
    check_consistency(tables)
    names = _name_categories(tables, categories)
    if _is_seed(categories):
        kinds = tables["categories"]
        names = names[(kinds["category_id"] == kinds["seed_category_id"]).to_numpy()]
    nothing_of_their_own = tables["offering_responsibilities"].assign(category_id="").iloc[:0]
    return _answer(names, nothing_of_their_own, tables, "category_id")


def _is_seed(categories: str) -> bool:
    if categories not in ("all", "seed"):
        raise ValueError(f"categories should be one of ['all', 'seed']. Got {categories!r}")
    return categories == "seed"


def _name_offerings(tables: Tables, categories: str) -> pd.DataFrame:
    """Name each offering and what it belongs to, in the order of the matrices."""
    groups = tables["product_groups"]
    services = tables["services"][["service_id", "service", "product_group_id"]].merge(
        groups[["product_group_id", "product_group"]],
        on="product_group_id",
        how="left",
        validate="many_to_one",
    )
    offerings = tables["offerings"][["offering_id", "offering", "service_id", "category_id"]].merge(
        services, on="service_id", how="left", validate="many_to_one"
    )
    offerings = offerings.merge(
        _name_categories(tables, categories), on="category_id", how="left", validate="many_to_one"
    )

    offerings = offerings.assign(
        product_group=_order(offerings["product_group"], groups["product_group"]),
        service_folded=offerings["service"].str.lower(),
        offering_folded=offerings["offering"].str.lower(),
    )
    offerings = offerings.sort_values(
        ["product_group", "service_folded", "offering_folded"], kind="stable", ignore_index=True
    )
    return offerings.assign(
        service=_order(offerings["service"], offerings["service"].unique()),
        offering=_order(offerings["offering"], offerings["offering"]),
    )[OFFERING]


def _name_categories(tables: Tables, categories: str) -> pd.DataFrame:
    """Name the category to show for each category: itself, or the one of AWS's model."""
    kinds = tables["categories"]
    shown = kinds["seed_category_id"] if _is_seed(categories) else kinds["category_id"]
    names = kinds.set_index("category_id")["category"]
    used = kinds.loc[kinds["category_id"].isin(shown), "category"]
    return pd.DataFrame(
        {"category_id": kinds["category_id"], "category": _order(shown.map(names), used)}
    )


def _name_duties(tables: Tables) -> pd.DataFrame:
    """Name each duty and its layer, from the ground up."""
    layers, duties = tables["layers"], tables["duties"]
    named = duties[["duty_id", "duty", "layer_id"]].merge(
        layers[["layer_id", "layer", "side"]], on="layer_id", how="left", validate="many_to_one"
    )
    return named.assign(
        duty=_order(named["duty"], duties["duty"]), layer=_order(named["layer"], layers["layer"])
    )[["duty_id", "duty", "layer", "side"]]


def _answer(names: pd.DataFrame, own: pd.DataFrame, tables: Tables, key: str) -> pd.DataFrame:
    """Join every name and duty with the fact that answers it: its own, else the default."""
    duties = _name_duties(tables)
    cells = names.merge(duties, how="cross")
    cell = [key, "duty_id"]

    defaults = tables["category_responsibilities"].assign(also_source_id="")
    from_category = cells[list(dict.fromkeys([key, "category_id", "duty_id"]))].merge(
        defaults, on=["category_id", "duty_id"], how="inner", validate="many_to_one"
    )
    columns = [*cell, *FACT, "also_source_id"]
    facts = pd.concat([own[columns], from_category[columns]]).drop_duplicates(cell, keep="first")
    model = cells.merge(facts, on=cell, how="left", validate="one_to_one")
    _require_answers(model, key)

    both = model["source_id"] + "; " + model["also_source_id"]
    answers = _order(model["responsibility"], tables["responsibilities"]["responsibility"])
    model = model.assign(
        responsibility=answers,
        basis=_order(model["basis"], tables["bases"]["basis"]),
        source_ids=both.where(model["also_source_id"] != "", model["source_id"]),
        without_decision=answers,
    )
    return model[[*names.columns, *duties.columns, *ANSWER]]


def _require_answers(model: pd.DataFrame, key: str) -> None:
    """Refuse cells that neither an own fact nor a default answers."""
    missing = model[model["responsibility"].isna()].drop_duplicates(["category_id", "duty_id"])
    faults = [
        Fault(
            "category_responsibilities",
            0,
            "duty_id",
            "missing",
            f"a row of {row['category_id']!r} for duty {row['duty_id']!r}: without it "
            f"{key} {row[key]!r} has no answer",
        )
        for row in missing.to_dict("records")
    ]
    if faults:
        raise TableError(faults)


def _order(values: pd.Series, names: pd.Series | np.ndarray) -> pd.Categorical:
    """Turn values into an ordered Categorical of the names, in their order."""
    return pd.Categorical(values, categories=pd.Index(names), ordered=True)
