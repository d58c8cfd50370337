"""Count the cells of a model, and list the spread of the offerings in each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from srm_data.about import COUNTED, name_rows, record_origin
from srm_data.cells import check_cells, restore_model
from srm_data.docstrings import complete_docstring
from srm_data.exceptions import FrameError

A_MODEL = "a model, from build_model, build_category_model or in_use"

Keys = str | Sequence[str]
"""One or more columns of a model."""

FENCE = 1.5
"""An offering is an outlier if its distance from the middle half of its group is more than this many
times the width of that half (J. Tukey, "Exploratory Data Analysis", 1977)."""


def count_with_bases(model: pd.DataFrame, by: Keys, what: str, *, weight: str = "") -> pd.DataFrame:
    """Count as :func:`count_cells` does, and record what is counted, and how it is divided by basis."""
    model = _restore_cells(model, by, what)
    counts = _count(model, by, what, weight)
    if _has_repeated_duties(model, by, weight):
        counts.attrs[COUNTED] = "resource" if weight else "cell"
    if "basis" not in model:
        return counts
    names, parts = name_rows(counts), {}
    for basis, rows in model.groupby("basis", observed=True):
        part = _count(rows, by, what, weight)
        part = part.set_axis(name_rows(part)).reindex(names, fill_value=0)
        parts[str(basis)] = part.to_numpy().tolist()
    columns = [str(column) for column in counts]
    return record_origin(counts, model, rows=names, columns=columns, parts=parts)


def _has_repeated_duties(model: pd.DataFrame, by: Keys, weight: str) -> bool:
    """Return whether a row of a count has a duty more than once, for several offerings or resources."""
    keys = list_keys(by)
    known = model[model[keys].notna().all(axis="columns")]
    if weight and known[weight].gt(1).any():
        return True
    return "duty_id" in known and bool(known.duplicated([*keys, "duty_id"]).any())


def count_cells(model: pd.DataFrame, by: Keys, what: str) -> pd.DataFrame:
    """Count cells per value of ``by`` (rows) and ``what`` (columns)."""
    return _count(_restore_cells(model, by, what), by, what, "")


def _restore_cells(model: pd.DataFrame, by: Keys, what: str) -> pd.DataFrame:
    """Return a model in which every cell can be counted once."""
    keys = list_keys(by)
    model = restore_model(model, [*keys, what], A_MODEL)
    check_cells(model, [what, *(["basis"] if "basis" in model else [])], keys, A_MODEL)
    return model


def _count(model: pd.DataFrame, by: Keys, what: str, weight: str) -> pd.DataFrame:
    """Count cells, or sum a weight."""
    keys = list_keys(by)
    known = model[model[[*keys, what]].notna().all(axis="columns")]
    columns = known[what].astype("category").cat
    levels = [known[key].astype("category").cat for key in keys]
    shape = [len(level.categories) for level in levels]
    places = np.zeros(len(known), dtype="int64")
    for level, size in zip(levels, shape, strict=True):
        places = places * size + level.codes.to_numpy()
    height, width = int(np.prod(shape)), len(columns.categories)
    cells = places * width + columns.codes.to_numpy()
    weights = known[weight].to_numpy() if weight else None
    numbers = np.bincount(cells, weights, minlength=height * width).reshape(height, width)

    indexes = [pd.CategoricalIndex(c.categories, c.categories, c.ordered, name=key)
               for c, key in zip(levels, keys, strict=True)]  # fmt: skip
    counts = pd.DataFrame(
        numbers.astype("int64"),
        index=indexes[0] if len(keys) == 1 else pd.MultiIndex.from_product(indexes),
        columns=pd.Index(columns.categories, name=what),  # categories would make no Parquet file
    )
    return counts.loc[counts.any(axis="columns")]


def list_keys(by: Keys) -> list[str]:
    """Return one or more columns as a list."""
    keys = [by] if isinstance(by, str) else list(by)
    if not keys:
        raise FrameError("expected one or more columns to count by; got none")
    return keys


@complete_docstring
def action_distribution(model: pd.DataFrame, by: Keys = "duty") -> pd.DataFrame:
    """Count cells by what the customer has to do.

    Parameters
    ----------
    %(any_model)s
    by
        Column of the model, or list of columns, as for :func:`duty_distribution`.

    Returns
    -------
    DataFrame
        One row per value of ``by``, with the columns ``required``, ``optional`` and ``none``. Values
        are counts of cells (``int``). Cells that are not applicable are left out.

    Raises
    ------
    %(no_count)s

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> action_distribution(build_category_model()).loc["Physical security"].to_dict()
    {'required': 1, 'optional': 0, 'none': 3}
    """
    model = restore_model(model, ["responsibility", "customer_action"], A_MODEL)
    check_cells(model, ["responsibility"], list_keys(by), A_MODEL)
    applies = model[model["responsibility"] != "Not applicable"]
    return count_with_bases(applies, by, "customer_action")


@complete_docstring
def list_spread(model: pd.DataFrame, by: str = "category") -> pd.DataFrame:
    """Count the duties of each offering that are the customer's alone, and mark outliers.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it.
    by
        Column to group by, such as ``"category"`` or ``"product_group"``.

    Returns
    -------
    DataFrame
        One row per offering, sorted by group and by descending number of duties: ``group``,
        ``offering``, ``duties`` (of the customer alone), ``applicable`` (duties that apply) and
        ``documented`` (``int``), ``median`` of the group (``float``) and ``stands_out`` (``bool``,
        whether the offering is an outlier).

    Raises
    ------
    %(no_count)s

    Examples
    --------
    >>> from srm_data import build_model
    >>> spread = list_spread(build_model())
    >>> spread.groupby("group", observed=True)["median"].first().idxmax()
    'Customer-hosted'
    """
    model = restore_model(model, [by, "offering", "responsibility", "basis"], A_MODEL)
    check_cells(model, ["responsibility", "basis"], [by], A_MODEL)
    answers, bases = model["responsibility"], model["basis"]
    marked = pd.DataFrame(
        {
            "group": model[by],
            "offering": model["offering"],
            "duties": answers == "Customer",
            "applicable": answers != "Not applicable",
            "documented": bases == "documented",
        }
    )
    counts = ["duties", "applicable", "documented"]
    spread = marked.groupby(["group", "offering"], observed=True, sort=True)[counts].sum().reset_index()

    of_group = spread.groupby("group", observed=True)["duties"]
    low, high = of_group.transform("quantile", 0.25), of_group.transform("quantile", 0.75)
    reach = FENCE * (high - low)
    duties = spread["duties"]
    spread = spread.assign(
        median=of_group.transform("median").astype("float64"),
        stands_out=(duties < low - reach) | (duties > high + reach),
    )
    spread = spread.sort_values(["group", "duties"], ascending=[True, False], kind="stable")
    return record_origin(spread.reset_index(drop=True), model)
