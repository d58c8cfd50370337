"""Count the cells of a model, and turn it into wide matrices. All wide frames are made here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from srm_data.cells import check_agreement, check_answers, check_cells, find_marks, restore_model
from srm_data.exceptions import FrameError
from srm_data.schema import read_package

SEVERAL = " or "
A_MODEL = "a model, from build_model, build_category_model or in_use"

Keys = str | Sequence[str]
"""One or more columns of a model."""

FENCE = 1.5
"""An offering is an outlier if its distance from the middle half of its group is more than this many
times the width of that half (J. Tukey, "Exploratory Data Analysis", 1977)."""

ORIGIN, BASES = "origin", "bases"
"""Keys in the ``attrs`` of a count or a matrix: what it was made from, and the mark of each cell.

Both have only numbers and text, so that a frame can still be compared, copied and written as Parquet.
"""
STACKED = "stacked"
"""Key in the ``attrs`` of a stack: whether its parts are offerings or categories."""

ASSUMED = "assumed"
"""Key in the ``attrs`` of counts of resources: how many of them are of an assumed offering."""

COUNTED, ONE_DUTY = "counted", "duty"
"""Keys in the ``attrs`` of counts that are not of duties: what is counted instead, ``"cell"`` or
``"resource"``, and the name of the duty if there is only one, of which offerings are counted."""

REST_BEHIND = "rest behind controls"
"""Key of an origin for undocumented cells behind controls, whatever their basis."""


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
        Rows and columns in the order of the model, with ``str`` values. If several different answers
        fall into one cell, the cell lists all of them in order, as in ``"AWS or Customer"``. A cell
        that the model does not have is empty.

    Raises
    ------
    srm_data.exceptions.FrameError
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
    # The different answers of each cell, in the order of the vocabulary.
    answers = model.drop_duplicates([rows, columns, "responsibility"])
    answers = answers.sort_values("responsibility", kind="stable").astype({"responsibility": str})
    if answers.duplicated([rows, columns]).any():
        cells = answers.groupby([rows, columns], observed=True)["responsibility"].agg(SEVERAL.join)
    else:
        cells = answers.set_index([rows, columns])["responsibility"]
    matrix = cells.unstack(columns).sort_index().sort_index(axis="columns").fillna("")
    # A Parquet file with categories as columns could not be read.
    matrix.columns = pd.Index(matrix.columns.astype("str"), name=columns)
    if "basis" not in model or matrix.empty:
        return matrix

    # The weakest mark of each cell, as a digit.
    marks = find_marks(model)
    order = marks.cat.categories.tolist()
    weakest = model.assign(mark=marks.cat.codes).groupby([rows, columns], observed=True)["mark"].max()
    digits = weakest.unstack(columns).reindex(matrix.index)[matrix.columns]
    texts = ["".join(map(str, row)) for row in digits.fillna(9).to_numpy(int).tolist()]
    names = [[str(name) for name in axis] for axis in matrix.axes]
    return record_origin(matrix, marks, rows=names[0], columns=names[1], order=order, cells=texts)


def duty_distribution(model: pd.DataFrame, by: Keys = "category") -> pd.DataFrame:
    """Count duties by who is responsible.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.build_category_model`.
    by
        Column of the model, such as ``"category"``, ``"layer"``, ``"service"`` or ``"offering"``, or a
        list of columns, such as ``["category", "layer"]``. Rows without a value are left out.

    Returns
    -------
    DataFrame
        One row per value of ``by``, or per combination that occurs, in the order of the model, and
        always one column for each of the four responsibilities. Values are counts of cells (``int``).

    Raises
    ------
    srm_data.exceptions.FrameError
        If the model has no such column, has a cell twice, or has a cell without an answer.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> duty_distribution(build_category_model()).sum(axis="columns").tolist()
    [28, 28, 28, 28]
    >>> both = duty_distribution(build_category_model(), ["category", "layer"])
    >>> both.loc[("Infrastructure", "Resilience")].to_dict()
    {'AWS': 0, 'Shared': 0, 'Customer': 2, 'Not applicable': 0}
    """
    return _count_with_bases(model, by, "responsibility")


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
    srm_data.exceptions.FrameError
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
    counts = _count_with_bases(used, by, "responsibility", weight="weight")
    if "assumed" in used:
        counts.attrs[ASSUMED] = int(used.drop_duplicates("offering_id")["assumed"].sum())
    return counts


def basis_distribution(model: pd.DataFrame, by: Keys = "duty") -> pd.DataFrame:
    """Count cells by their mark: what they are based on, with those stated for all services apart.

    Parameters and errors are those of :func:`duty_distribution`.

    Returns
    -------
    DataFrame
        One row per value of ``by``, in the order of the model, with one column per mark: ``decision``,
        ``documented``, ``derived``, ``stated``, ``default`` and ``proposed``. Values are counts of
        cells (``int``).

    Examples
    --------
    >>> from srm_data import build_model
    >>> basis_distribution(build_model(), "duty").columns.tolist()
    ['decision', 'documented', 'derived', 'stated', 'default', 'proposed']
    """
    model = restore_model(model, ["basis"], A_MODEL)
    check_answers(model, ["basis"], A_MODEL)
    return _count_with_bases(model.assign(mark=find_marks(model)), by, "mark")


def action_distribution(model: pd.DataFrame, by: Keys = "duty") -> pd.DataFrame:
    """Count cells by what the customer has to do.

    Parameters and errors are those of :func:`duty_distribution`.

    Returns
    -------
    DataFrame
        One row per value of ``by``, with the columns ``required``, ``optional`` and ``none``. Values
        are counts of cells (``int``). Cells that are not applicable are left out.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> action_distribution(build_category_model()).loc["Physical security"].to_dict()
    {'required': 1, 'optional': 0, 'none': 3}
    """
    model = restore_model(model, ["responsibility", "customer_action"], A_MODEL)
    check_cells(model, ["responsibility"], list_keys(by), A_MODEL)
    applies = model[model["responsibility"] != "Not applicable"]
    return _count_with_bases(applies, by, "customer_action")


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
    srm_data.exceptions.FrameError
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
        if the model has a basis, ``marks`` (list of their marks).

    Raises
    ------
    srm_data.exceptions.FrameError
        If a duty does not have an answer for an offering or category that other duties have.

    Examples
    --------
    >>> from srm_data import build_category_model
    >>> stack = layer_stack(build_category_model(categories="seed")).set_index("duty")
    >>> stack.loc["Guest OS patching", "answers"]
    ['Customer', 'AWS']
    """
    model = restore_model(model, ["side", "layer", "duty", "category", "responsibility"], A_MODEL)
    check_answers(model, ["responsibility"], A_MODEL)
    thing = "offering" if "offering" in model else "category"
    # Beside each duty, its answer for every part, in the order of the parts.
    lists: dict[str, Any] = {"parts": (thing, list), "answers": ("responsibility", list)}
    marks = find_marks(model) if "basis" in model else None
    if marks is not None:
        model = model.assign(mark=marks.astype(object))
        lists["marks"] = ("mark", list)
    ordered = model.sort_values(["layer", "duty", thing])
    rows = ordered.groupby(["side", "layer", "duty"], observed=True, sort=False)
    stack = rows.agg(**lists).reset_index()

    # Parts can stand side by side only if every duty has the same.
    whole = stack["parts"].iloc[0] if len(stack) else []
    for duty, parts in zip(stack["duty"], stack["parts"], strict=True):
        if parts != whole:
            raise FrameError(
                f"{duty} has answers for {', '.join(parts)}; expected {', '.join(whole)}: draw whole "
                "offerings or categories, and duties of AI only for offerings that all have them"
            )

    stack = stack.sort_values(["layer", "duty"], ascending=[False, True], ignore_index=True)
    stack = record_origin(stack, marks) if marks is not None else stack
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
        raise FrameError(
            f"duties have several answers for one {by}; expected one, as build_category_model has: "
            "list_spread counts offerings"
        )
    # A duty changes hands where it is the customer's at one step and not at the next.
    own = answers == "Customer"
    before = own.shift(axis="columns", fill_value=False)
    before.iloc[:, :1] = own.iloc[:, :1]  # nothing changes hands at the first step
    moves = {"handed_over": before & ~own, "handed_back": ~before & own}
    lists = {
        name: pd.Series({step: own.index[moved[step]].astype(str).tolist() for step in own})
        for name, moved in moves.items()
    }
    return counts.assign(**lists)


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

    # The fences of each group, and who stands beyond them.
    of_group = spread.groupby("group", observed=True)["duties"]
    low, high = of_group.transform("quantile", 0.25), of_group.transform("quantile", 0.75)
    reach = FENCE * (high - low)
    duties = spread["duties"]
    spread = spread.assign(
        median=of_group.transform("median").astype("float64"),
        stands_out=(duties < low - reach) | (duties > high + reach),
    )
    spread = spread.sort_values(["group", "duties"], ascending=[True, False], kind="stable")
    return record_origin(spread.reset_index(drop=True), find_marks(model))


def _count_with_bases(model: pd.DataFrame, by: Keys, column: str, *, weight: str = "") -> pd.DataFrame:
    """Count cells per value of ``by`` (rows) and of a column, or sum a weight of theirs.

    The ``attrs`` record the numbers of each mark, and what is counted if it is not duties.
    """
    keys = list_keys(by)
    model = restore_model(model, [*keys, column], A_MODEL)
    check_cells(model, [column, *(["basis"] if "basis" in model else [])], keys, A_MODEL)
    # Every combination of the keys, of which those that do not occur are left out.
    by = [*keys, column]
    counted = model[model[by].notna().all(axis="columns")].astype(dict.fromkeys(by, "category"))
    groups = counted.groupby(by, observed=False)
    counts = (groups[weight].sum() if weight else groups.size()).unstack(column)
    # Categories as columns would make a Parquet file that cannot be read.
    values = pd.Index(counted[column].cat.categories, name=column)
    counts = counts.set_axis(counts.columns.astype(values.dtype), axis="columns")
    counts = counts.reindex(columns=values, fill_value=0).astype("int64")
    counts = counts.loc[counts.any(axis="columns")]

    # A row may have a duty more than once, for several offerings or resources.
    is_repeated = "duty_id" in counted and counted.duplicated([*keys, "duty_id"]).any()
    if is_repeated or (weight and counted[weight].gt(1).any()):
        counts.attrs[COUNTED] = "resource" if weight else "cell"
    if "duty" in counted and counted["duty"].nunique() == 1:
        thing = "offering" if "offering" in counted else "category"
        counts.attrs |= {COUNTED: "resource" if weight else thing, ONE_DUTY: counted["duty"].iloc[0]}
    if "basis" not in model:
        return counts

    # The same count of the cells of each mark: a table of all marks, filled cell by cell.
    marks = find_marks(counted)
    rows = pd.MultiIndex.from_frame(counted[keys]) if len(keys) > 1 else pd.Index(counted[keys[0]])
    columns = pd.Index(counted[column].astype(object))
    places = marks.cat.codes, counts.index.get_indexer(rows), counts.columns.get_indexer(columns)
    sizes = np.zeros((len(marks.cat.categories), *counts.shape), dtype="int64")
    np.add.at(sizes, places, counted[weight] if weight else 1)
    parts = {
        str(mark): part.tolist()
        for mark, part in zip(marks.cat.categories, sizes, strict=True)
        if part.any()
    }
    names = name_rows(counts), [str(name) for name in counts]
    return record_origin(counts, find_marks(model), rows=names[0], columns=names[1], parts=parts)


def list_keys(by: Keys) -> list[str]:
    """Return one or more columns as a list."""
    keys = [by] if isinstance(by, str) else list(by)
    if not keys:
        raise FrameError("expected one or more columns to count by; got none")
    return keys


def record_origin(frame: pd.DataFrame, marks: pd.Series, **bases: Any) -> pd.DataFrame:
    """Record in the ``attrs`` of a frame what it was made from, for the source line of a chart.

    ``bases`` has the mark of each cell, encoded as the function that reads it expects.
    """
    counts = marks.value_counts(sort=False)
    of_marks = {str(mark): int(count) for mark, count in counts.items() if count}
    frame.attrs[ORIGIN] = {"version": str(read_package()["version"]), **of_marks}
    frame.attrs[BASES] = json.dumps(bases)
    return frame


def name_rows(frame: pd.DataFrame) -> list[str]:
    """Return the row names as strings, with the levels of a MultiIndex joined by line breaks."""
    return ["\n".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.index]
