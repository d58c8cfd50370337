"""Turn a model into wide matrices and counts. Wide frames are made nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from srm_data.arguments import check_frame
from srm_data.exceptions import FrameError

Columns = str | Sequence[str]
SEVERAL = " or "
A_MODEL = "a model, from build_model, build_category_model or in_use"


def responsibility_matrix(
    model: pd.DataFrame, rows: str = "offering", columns: str = "duty"
) -> pd.DataFrame:
    """Pivot a model into a matrix of who is responsible.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.build_category_model`.
    rows, columns
        Columns of the model, such as ``"offering"``, ``"service"``, ``"category"``, ``"layer"`` and
        ``"duty"``.

    Returns
    -------
    DataFrame
        Rows and columns in the order of the model, values ``str``. Where several facts with different
        answers fall into one cell, it lists all of them in order, as in ``"AWS or Customer"``. A cell
        without a fact is empty.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> matrix = responsibility_matrix(build_category_model(), "duty", "category")
    >>> matrix.loc["Guest OS patching"].tolist()
    ['Customer', 'Customer', 'AWS', 'AWS']
    """
    check_frame(model, [rows, columns, "responsibility"], A_MODEL)
    answers = model.drop_duplicates([rows, columns, "responsibility"])
    answers = answers.sort_values("responsibility", kind="stable").astype({"responsibility": str})
    if answers.duplicated([rows, columns]).any():
        cells = answers.groupby([rows, columns], observed=True)["responsibility"].agg(SEVERAL.join)
    else:
        cells = answers.set_index([rows, columns])["responsibility"]
    return cells.unstack(columns).sort_index().sort_index(axis="columns").fillna("")


def duty_distribution(
    model: pd.DataFrame, by: Columns = "category", *, with_documented: bool = False
) -> pd.DataFrame:
    """Count duties by who is responsible.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.build_category_model`.
    by
        A column of the model, or several: ``"category"``, ``["category", "layer"]``, ``"offering"`` ...
    with_documented
        Whether to count the cells that a page decides once more by themselves, beside all cells.

    Returns
    -------
    DataFrame
        One row per value of ``by``, or per combination that occurs, in the order of the model; one
        column per responsibility, always all four; values are counts of cells (``int``). With
        ``with_documented``, the first level of the index, ``cells``, is ``"all"`` or ``"documented"``.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> duty_distribution(build_category_model()).sum(axis="columns").tolist()
    [28, 28, 28, 28]
    >>> both = duty_distribution(build_category_model(), ["category", "layer"])
    >>> both.loc[("Infrastructure", "Resilience")].to_dict()
    {'AWS': 0, 'Shared': 0, 'Customer': 2, 'Not applicable': 0}
    """
    counts = _count(model, by, "responsibility")
    if not with_documented:
        return counts
    check_frame(model, ["basis"], A_MODEL)
    documented = _count(model[model["basis"] == "documented"], by, "responsibility")
    return pd.concat({"all": counts, "documented": documented}, names=["cells"])


def resource_distribution(used: pd.DataFrame, by: str = "duty") -> pd.DataFrame:
    """Count the resources of an estate by who is responsible for each duty.

    Parameters
    ----------
    used
        Frame from :func:`~srm_data.in_use`.
    by
        A column of it: ``"duty"``, ``"layer"``, ``"service"`` ...

    Returns
    -------
    DataFrame
        As :func:`duty_distribution`, but every cell is weighted by the resources of its offering
        (``weight``). By duty, each row adds up to the resources of the estate.

    Raises
    ------
    srm_data.FrameError
        If there is no such column, or the model was not narrowed to an estate.

    Examples
    --------
    >>> from srm_data import build_model, in_use, read_estate
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> used = in_use(build_model(), estate)
    >>> resource_distribution(used).loc["Guest OS patching"].to_dict()
    {'AWS': 2, 'Shared': 0, 'Customer': 1, 'Not applicable': 0}
    """
    check_frame(used, ["weight", by, "responsibility"], "a model narrowed to an estate, from in_use")
    return _count(used, by, "responsibility", weight="weight")


def basis_distribution(model: pd.DataFrame, by: str = "duty") -> pd.DataFrame:
    """Count cells by their basis.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`.
    by
        A column of the model: ``"duty"``, ``"service"``, ``"product_group"`` ...

    Returns
    -------
    DataFrame
        One row per value of ``by``, in the order of the model; columns ``documented``, ``derived``,
        ``category``, ``proposed``, ``decision``; values are counts of cells (``int``). How often a
        default agrees with what was read is in :func:`~srm_data.default_agreement`.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_model
    >>> basis_distribution(build_model(), "duty").columns.tolist()
    ['documented', 'derived', 'category', 'proposed', 'decision']
    """
    return _count(model, by, "basis")


def _count(model: pd.DataFrame, by: Columns, what: str, *, weight: str = "") -> pd.DataFrame:
    """Count cells, or add up a weight, per value of ``by`` (rows) and of ``what`` (columns)."""
    names = [by] if isinstance(by, str) else list(by)
    if not names:
        raise FrameError("expected a column to count by, or several; got none")
    check_frame(model, [*names, what], A_MODEL)
    known = model[model[[*names, what]].notna().all(axis="columns")]
    columns = known[what].astype("category").cat
    index: pd.Index[Any]
    if len(names) == 1:
        rows = known[names[0]].astype("category").cat
        codes = rows.codes.to_numpy(dtype="int64")
        index = pd.CategoricalIndex(rows.categories, rows.categories, rows.ordered, name=names[0])
    else:
        grouped = known.groupby(names, observed=True, sort=True)
        codes, index = grouped.ngroup().to_numpy(dtype="int64"), grouped.size().index

    height, width = len(index), len(columns.categories)
    weights = known[weight].to_numpy() if weight else None
    places = codes * width + columns.codes.to_numpy()
    numbers = np.bincount(places, weights, minlength=height * width).reshape(height, width)
    counts = pd.DataFrame(
        numbers.astype("int64"),
        index=index,
        columns=pd.CategoricalIndex(columns.categories, columns.categories, columns.ordered, name=what),
    )
    return counts.loc[counts.any(axis="columns")]


def rank_customer_duties(model: pd.DataFrame, by: str = "offering") -> pd.DataFrame:
    """Count duties as :func:`duty_distribution` does, and sort by those of the customer, most first.

    Ties are sorted by shared duties, then keep the order of the model.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`.
    by
        A column of the model: ``"offering"``, ``"service"``, ``"owner"`` ...

    Returns
    -------
    DataFrame
        As :func:`duty_distribution`, sorted.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_model
    >>> ranking = rank_customer_duties(build_model())
    >>> bool(ranking["Customer"].is_monotonic_decreasing)
    True
    """
    counts = duty_distribution(model, by)
    return counts.sort_values(["Customer", "Shared"], ascending=False, kind="stable")


def group_labels(model: pd.DataFrame, names: str, groups: str) -> pd.Series[str]:
    """Return the group of each name, such as the layer of each duty.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.build_category_model`.
    names, groups
        Columns of the model, such as ``"offering"`` and ``"service"``.

    Returns
    -------
    Series
        Groups, indexed by name.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> group_labels(build_category_model(), "duty", "layer")["Backup"]
    'Resilience'
    """
    check_frame(model, [names, groups], A_MODEL)
    pairs = model.drop_duplicates([names, groups])
    if (again := pairs[names].duplicated()).any():
        name = str(pairs.loc[again, names].iloc[0])
        raise FrameError(f"{names} {name!r} belongs to more than one {groups}; expected one for each")
    return pairs.set_index(names)[groups]


def layer_stack(model: pd.DataFrame) -> pd.DataFrame:
    """Arrange duties for the stacked picture, with the customer's layers above those of AWS.

    Parameters
    ----------
    model
        The part of a model to draw: a category model, or the rows of one or more offerings.

    Returns
    -------
    DataFrame
        One row per duty, the topmost layer first: ``side``, ``layer``, ``duty``, ``parts`` (list of
        the categories or offerings drawn) and ``answers`` (list of the responsibility in each).

    Raises
    ------
    srm_data.FrameError
        If a duty has no answer for an offering or category that other duties have.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> stack = layer_stack(build_category_model(categories="seed")).set_index("duty")
    >>> stack.loc["Guest OS patching", "answers"]
    ['Customer', 'AWS']
    """
    check_frame(model, ["side", "layer", "duty", "category", "responsibility"], A_MODEL)
    thing = "offering" if "offering" in model else "category"
    stack = (
        model.sort_values(["layer", "duty", thing])
        .groupby(["side", "layer", "duty"], observed=True, sort=False)
        .agg(parts=(thing, list), answers=("responsibility", list))
        .reset_index()
    )

    whole = stack["parts"].iloc[0] if len(stack) else []
    for duty, parts in zip(stack["duty"], stack["parts"], strict=True):
        if parts != whole:
            raise FrameError(
                f"{duty} has answers for {', '.join(parts)}; expected {', '.join(whole)}: draw whole "
                "offerings or categories"
            )

    height = stack["layer"].cat.codes
    return (
        stack.assign(depth=-height)
        .sort_values(["depth", "duty"], ignore_index=True)
        .drop(columns="depth")
    )


def handover_steps(model: pd.DataFrame, by: str = "category") -> pd.DataFrame:
    """Count duties from step to step, and list those that change hands on the way.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_category_model`, or rows of a model in which each duty has one
        answer per value of ``by``.
    by
        Column whose values are the steps, in order.

    Returns
    -------
    DataFrame
        As :func:`duty_distribution`, with two more columns, lists of duty names: ``handed_over``
        (the customer's alone on the step before, but no longer) and ``handed_back`` (the reverse).

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> handover_steps(build_category_model(categories="seed")).loc["Abstracted", "handed_back"]
    []
    """
    counts = duty_distribution(model, by)
    answers = responsibility_matrix(model, "duty", by)
    if answers.apply(lambda column: column.str.contains(SEVERAL)).to_numpy().any():
        raise FrameError(f"duties have several answers for one {by}; expected one, as of categories")
    own = answers == "Customer"
    steps = [*zip([*own.columns[:1], *own.columns[:-1]], own.columns, strict=True)]
    lists = {
        "handed_over": [
            own.index[own[before] & ~own[step]].astype(str).tolist() for before, step in steps
        ],
        "handed_back": [
            own.index[~own[before] & own[step]].astype(str).tolist() for before, step in steps
        ],
    }
    return counts.assign(**{name: pd.Series(found, own.columns) for name, found in lists.items()})
