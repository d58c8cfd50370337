"""Turn a model into wide matrices and counts. All wide frames are made here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from srm_data.about import ASSUMED, STACKED, record_origin
from srm_data.arguments import check_frame
from srm_data.cells import check_agreement, check_answers, restore_model
from srm_data.counts import A_MODEL, Keys, count_cells, count_with_bases, list_keys
from srm_data.docstrings import complete_docstring
from srm_data.exceptions import FrameError

SEVERAL = " or "


@complete_docstring
def responsibility_matrix(
    model: pd.DataFrame, rows: str = "offering", columns: str = "duty"
) -> pd.DataFrame:
    """Pivot a model into a matrix of who is responsible.

    Parameters
    ----------
    %(any_model)s
    rows, columns
        Columns of the model, such as ``"offering"``, ``"service"``, ``"category"``, ``"layer"`` and
        ``"duty"``.

    Returns
    -------
    DataFrame
        Rows and columns in the order of the model, with ``str`` values. If several different answers
        fall into one cell, the cell lists all of them in order, as in ``"AWS or Customer"``. A cell
        that the model does not have is empty.

    Raises
    ------
    srm_data.FrameError
        If the model does not have the columns, a row has no answer, or rows give the same cell of an
        offering or category different answers, as after a join of two models.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> matrix = responsibility_matrix(build_category_model(), "duty", "category")
    >>> matrix.loc["Guest OS patching"].tolist()
    ['Customer', 'Customer', 'AWS', 'AWS']
    """
    model = restore_model(model, [rows, columns, "responsibility"], A_MODEL)
    check_answers(model, ["responsibility"], A_MODEL)
    check_agreement(model, [rows, columns], A_MODEL)
    answers = model.drop_duplicates([rows, columns, "responsibility"])
    answers = answers.sort_values("responsibility", kind="stable").astype({"responsibility": str})
    if answers.duplicated([rows, columns]).any():
        cells = answers.groupby([rows, columns], observed=True)["responsibility"].agg(SEVERAL.join)
    else:
        cells = answers.set_index([rows, columns])["responsibility"]
    matrix = cells.unstack(columns).sort_index().sort_index(axis="columns").fillna("")
    # A Parquet file with categories as columns could not be read.
    matrix.columns = pd.Index(matrix.columns.astype("str"), name=columns)
    return _record_cells(matrix, model, rows, columns)


def _record_cells(matrix: pd.DataFrame, model: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Record the weakest basis of each cell in the ``attrs`` of the matrix, as a digit."""
    if "basis" not in model or matrix.empty:
        return matrix
    order = model["basis"].cat.categories.tolist()
    weakest = model.assign(basis=model["basis"].cat.codes).groupby([rows, columns], observed=True)
    digits = weakest["basis"].max().unstack(columns).reindex(matrix.index)[matrix.columns]
    texts = digits.fillna(9).astype("int64").astype("str").agg("".join, axis="columns").tolist()
    names = [[str(name) for name in axis] for axis in matrix.axes]
    return record_origin(matrix, model, rows=names[0], columns=names[1], order=order, cells=texts)


@complete_docstring
def duty_distribution(
    model: pd.DataFrame, by: Keys = "category", *, with_documented: bool = False
) -> pd.DataFrame:
    """Count duties by who is responsible.

    Parameters
    ----------
    %(any_model)s
    by
        Column of the model, such as ``"category"``, ``"layer"``, ``"service"`` or ``"offering"``, or a
        list of columns, such as ``["category", "layer"]``. Rows without a value are left out.
    with_documented
        Whether to also count the documented cells separately.

    Returns
    -------
    DataFrame
        One row per value of ``by``, or per combination that occurs, in the order of the model, and
        always one column for each of the four responsibilities. Values are counts of cells (``int``).
        With ``with_documented``, the first level of the index, ``cells``, is ``"all"`` or
        ``"documented"``.

    Raises
    ------
    %(no_count)s

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> duty_distribution(build_category_model()).sum(axis="columns").tolist()
    [28, 28, 28, 28]
    >>> both = duty_distribution(build_category_model(), ["category", "layer"])
    >>> both.loc[("Infrastructure", "Resilience")].to_dict()
    {'AWS': 0, 'Shared': 0, 'Customer': 2, 'Not applicable': 0}
    """
    counts = count_with_bases(model, by, "responsibility")
    if not with_documented:
        return counts
    check_frame(model, ["basis"], A_MODEL)
    documented = count_with_bases(model[model["basis"] == "documented"], by, "responsibility")
    return pd.concat({"all": counts, "documented": documented}, names=["cells"])


def resource_distribution(used: pd.DataFrame, by: Keys = "duty") -> pd.DataFrame:
    """Count the resources of an estate by who is responsible for each duty.

    Parameters
    ----------
    used
        Frame from :func:`~srm_data.in_use`.
    by
        Column to group by, such as ``"duty"``, ``"layer"`` or ``"service"``.

    Returns
    -------
    DataFrame
        As for :func:`duty_distribution`, but weighted by the resources of offerings (``weight``): by
        duty, each row adds up to those of the estate. ``attrs["assumed"]`` is how many are assumed.

    Raises
    ------
    srm_data.FrameError
        If the model does not have the column, was not narrowed to an estate, or has a cell twice, as
        after a join of two such models: join the estates instead.

    Examples
    --------
    >>> from srm_data import build_model, in_use, read_estate
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> used = in_use(build_model(), estate)
    >>> resource_distribution(used).loc["Guest OS patching"].to_dict()
    {'AWS': 2, 'Shared': 0, 'Customer': 1, 'Not applicable': 0}
    """
    needed = ["weight", *list_keys(by), "responsibility"]
    used = restore_model(used, needed, "a model narrowed to an estate, from in_use")
    counts = count_with_bases(used, by, "responsibility", weight="weight")
    if "assumed" in used:
        counts.attrs[ASSUMED] = int(used.drop_duplicates("offering_id")["assumed"].sum())
    return counts


@complete_docstring
def basis_distribution(model: pd.DataFrame, by: Keys = "duty") -> pd.DataFrame:
    """Count cells by their basis.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`.
    by
        Column of the model, such as ``"duty"``, ``"service"`` or ``"product_group"``.

    Returns
    -------
    DataFrame
        One row per value of ``by``, in the order of the model, with the columns ``documented``,
        ``derived``, ``category``, ``proposed`` and ``decision``. Values are counts of cells (``int``).
        See :func:`~srm_data.default_agreement` for how often defaults agree with readings.

    Raises
    ------
    %(no_count)s

    Examples
    --------
    >>> from srm_data import build_model
    >>> basis_distribution(build_model(), "duty").columns.tolist()
    ['documented', 'derived', 'category', 'proposed', 'decision']
    """
    return count_cells(model, by, "basis")


@complete_docstring
def rank_customer_duties(model: pd.DataFrame, by: str = "offering") -> pd.DataFrame:
    """Count duties as :func:`duty_distribution` does, sorted by descending customer duties.

    Ties are sorted by shared duties, and then by the order of the model.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`.
    by
        Column of the model, such as ``"offering"``, ``"service"`` or ``"owner"``.

    Returns
    -------
    DataFrame
        As for :func:`duty_distribution`, sorted.

    Raises
    ------
    %(no_count)s

    Examples
    --------
    >>> from srm_data import build_model
    >>> ranking = rank_customer_duties(build_model())
    >>> bool(ranking["Customer"].is_monotonic_decreasing)
    True
    """
    counts = duty_distribution(model, by)
    return counts.sort_values(["Customer", "Shared"], ascending=False, kind="stable")


@complete_docstring
def group_labels(model: pd.DataFrame, names: str, groups: str) -> pd.Series[str]:
    """Return the group of each name, such as the layer of each duty.

    Parameters
    ----------
    %(any_model)s
    names, groups
        Columns of the model, such as ``"offering"`` and ``"service"``.

    Returns
    -------
    Series
        Groups, indexed by name.

    Raises
    ------
    srm_data.FrameError
        If the model has no such column, or a name belongs to more than one group.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> group_labels(build_category_model(), "duty", "layer")["Backup"]
    'Resilience'
    """
    model = restore_model(model, [names, groups], A_MODEL)
    pairs = model.drop_duplicates([names, groups])
    if (again := pairs[names].duplicated()).any():
        name = str(pairs.loc[again, names].iloc[0])
        raise FrameError(f"{names} {name!r} belongs to more than one {groups}; expected one for each")
    return pairs.set_index(names)[groups]


def layer_stack(model: pd.DataFrame) -> pd.DataFrame:
    """Arrange duties for the stacked picture, with the customer's layers above AWS's.

    Parameters
    ----------
    model
        Part of a model to draw: a category model, or the rows of one or more offerings.

    Returns
    -------
    DataFrame
        One row per duty, starting with the topmost layer: ``side``, ``layer``, ``duty``, ``parts``
        (list of the categories or offerings drawn), ``answers`` (list of their responsibilities) and,
        if the model has a basis, ``bases`` (list of their bases).

    Raises
    ------
    srm_data.FrameError
        If a duty does not have an answer for an offering or category that other duties have.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> stack = layer_stack(build_category_model(categories="seed")).set_index("duty")
    >>> stack.loc["Guest OS patching", "answers"]
    ['Customer', 'AWS']
    """
    model = restore_model(model, ["side", "layer", "duty", "category", "responsibility"], A_MODEL)
    thing = "offering" if "offering" in model else "category"
    if (missing := model["responsibility"].isna()).any():
        duty, part = model.loc[missing.to_numpy(), ["duty", thing]].iloc[0]
        raise FrameError(f"{duty} has no answer for {part}; expected one for each {thing}")
    lists: dict[str, Any] = {"parts": (thing, list), "answers": ("responsibility", list)}
    if "basis" in model:
        lists["bases"] = ("basis", list)
    stack = (
        model.sort_values(["layer", "duty", thing])
        .groupby(["side", "layer", "duty"], observed=True, sort=False)
        .agg(**lists)
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
    stack = (
        stack.assign(depth=-height)
        .sort_values(["depth", "duty"], ignore_index=True)
        .drop(columns="depth")
    )
    stack = record_origin(stack, model)
    stack.attrs[STACKED] = thing
    return stack


def handover_steps(model: pd.DataFrame, by: str = "category") -> pd.DataFrame:
    """Count duties at each step, and list those that change hands between steps.

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
        As for :func:`duty_distribution`, with two more columns that list names of duties:
        ``handed_over`` (the customer's alone at the previous step, but no longer) and ``handed_back``
        (the reverse).

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> handover_steps(build_category_model(categories="seed")).loc["Abstracted", "handed_back"]
    []
    """
    counts = duty_distribution(model, by)
    answers = responsibility_matrix(model, "duty", by)
    if answers.apply(lambda column: column.str.contains(SEVERAL)).to_numpy().any():
        raise FrameError(f"duties have several answers for one {by}; expected one, as for categories")
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
