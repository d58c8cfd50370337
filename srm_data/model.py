"""Join the tables into the model: one tidy frame, a row per offering and duty.

Each cell is answered by exactly one fact. An offering's own row beats the default of its category; the
column ``basis`` says which of the two it was.
"""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd

from srm_data.decisions import apply_decisions, describe_stale_decision, list_stale_decisions
from srm_data.exceptions import StaleDecisionWarning
from srm_data.load import load_tables

Tables = dict[str, pd.DataFrame]


FACT = ["responsibility", "aws_part", "customer_part", "note", "basis", "source_id", "section"]


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
    ValueError
        If a category lacks a default for a duty, or ``categories`` is neither of the two.

    Examples
    --------
    >>> model = build_model()
    >>> fargate = model.query("offering_id == 'eks-fargate' and duty_id == 'guest-os-patching'")
    >>> fargate["responsibility"].item()
    'AWS'
    """
    tables = load_tables() if tables is None else tables
    names = _name_offerings(tables, categories)
    own = tables["offering_responsibilities"]
    model = _lay_out(names, _answer_cells(names, "offering_id", own, tables), tables)
    if decisions is None or decisions.empty:
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
    kinds = tables["categories"]
    if _is_seed(categories):
        kinds = kinds[kinds["category_id"] == kinds["seed_category_id"]]
    ids = kinds["category_id"].reset_index(drop=True)
    names = pd.DataFrame({"category_id": ids, "category": _name(kinds, ids)})
    nothing_of_their_own = tables["offering_responsibilities"].iloc[:0]
    answers = _answer_cells(names, "category_id", nothing_of_their_own, tables)
    return _lay_out(names, answers, tables)


def _is_seed(categories: str) -> bool:
    if categories not in ("all", "seed"):
        raise ValueError(f"categories should be one of ['all', 'seed']. Got {categories!r}")
    return categories == "seed"


def _name_offerings(tables: Tables, categories: str) -> pd.DataFrame:
    """Name each offering and what it belongs to, in the order of the matrices."""
    offerings, services, kinds = tables["offerings"], tables["services"], tables["categories"]
    group_ids = _look_up(services, "product_group_id", offerings["service_id"])
    groups = _name(tables["product_groups"], group_ids)
    service_names = _look_up(services, "service", offerings["service_id"])
    keys = [
        (group, service.lower(), offering.lower())
        for group, service, offering in zip(
            groups.codes, service_names, offerings["offering"], strict=True
        )
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)

    offerings = offerings.take(order).reset_index(drop=True)
    ids = offerings["category_id"]
    shown_ids = ids.to_numpy()
    if _is_seed(categories):
        shown_ids = _look_up(kinds, "seed_category_id", ids)
        kinds = kinds[kinds["category_id"] == kinds["seed_category_id"]]
    services_in_order = service_names[order]
    return pd.DataFrame(
        {
            "product_group": groups[order],
            "service_id": offerings["service_id"],
            "service": pd.Categorical(
                services_in_order, categories=pd.unique(services_in_order), ordered=True
            ),
            "offering_id": offerings["offering_id"],
            "offering": _name(offerings, offerings["offering_id"]),
            "category_id": ids,
            "category": _name(kinds, shown_ids),
        }
    )


def _answer_cells(names: pd.DataFrame, key: str, own: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Find, for every name x duty, the one fact that answers it, and return the facts in that order.

    The work is done on a matrix of row numbers: first each name gets the rows of its category's
    defaults, then the rows of its own facts are laid over them.
    """
    defaults = tables["category_responsibilities"]
    duties = pd.Index(tables["duties"]["duty_id"])
    kinds = pd.Index(tables["categories"]["category_id"])

    default_rows = np.full((len(kinds), len(duties)), -1)
    at = _find(kinds, defaults["category_id"]), _find(duties, defaults["duty_id"])
    default_rows[at] = np.arange(len(defaults))

    rows = default_rows[_find(kinds, names["category_id"])]
    if len(own):
        at = _find(pd.Index(names[key]), own[key]), _find(duties, own["duty_id"])
        rows[at] = len(defaults) + np.arange(len(own))

    for name, duty in np.argwhere(rows < 0):
        raise ValueError(
            f"{key} {names[key][name]!r} has no answer for duty {duties[duty]!r}: "
            f"category_responsibilities needs a row of {names['category_id'][name]!r} for it"
        )

    facts = pd.concat([defaults[FACT], own[FACT]], ignore_index=True)
    also = pd.concat([pd.Series("", index=defaults.index), own["also_source_id"]], ignore_index=True)
    both = facts["source_id"] + "; " + also
    answers = pd.DataFrame(
        {
            "responsibility": _name(tables["responsibilities"], facts["responsibility"], 0),
            "aws_part": facts["aws_part"],
            "customer_part": facts["customer_part"],
            "note": facts["note"],
            "basis": _name(tables["bases"], facts["basis"], 0),
            "source_ids": both.where(also != "", facts["source_id"]),
            "section": facts["section"],
        }
    )
    return answers.take(rows.ravel()).reset_index(drop=True)


def _lay_out(names: pd.DataFrame, answers: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Put names, duties and answers side by side: every name meets every duty."""
    layers, duties = tables["layers"], tables["duties"]
    asked = pd.DataFrame(
        {
            "duty_id": duties["duty_id"],
            "duty": _name(duties, duties["duty_id"]),
            "layer": _name(layers, duties["layer_id"]),
            "side": _look_up(layers, "side", duties["layer_id"]),
        }
    )
    each_name = names.take(np.arange(len(names)).repeat(len(asked))).reset_index(drop=True)
    each_duty = asked.take(np.tile(np.arange(len(asked)), len(names))).reset_index(drop=True)
    model = pd.concat([each_name, each_duty, answers], axis="columns")
    return model.assign(without_decision=model["responsibility"])


def _look_up(table: pd.DataFrame, column: str, ids: pd.Series | np.ndarray) -> np.ndarray:
    """Return a column of the rows whose key is each id. Every table's first column is its key."""
    return table[column].to_numpy()[_find(pd.Index(table.iloc[:, 0]), ids)]


def _name(table: pd.DataFrame, ids: pd.Series | np.ndarray, name_column: int = 1) -> pd.Categorical:
    """Turn ids into names, ordered as the table is. Its second column is the name."""
    codes = _find(pd.Index(table.iloc[:, 0]), ids)
    names = pd.Index(table.iloc[:, name_column])
    return pd.Categorical.from_codes(codes.tolist(), categories=names, ordered=True)


def _find(keys: pd.Index, ids: pd.Series | np.ndarray) -> np.ndarray:
    """Return the position of every id among the keys."""
    return keys.get_indexer(pd.Index(ids))
