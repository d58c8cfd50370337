"""Summarise a control matrix: one row per control, counts, and the controls left to the customer."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from srm_data.cells import check_frame
from srm_data.controls.duties import CONTROL
from srm_data.controls.matrix import (
    A_MATRIX,
    ADDRESSED,
    MATRIX,
    build_control_matrix,
    join_names,
    restore_categories,
)
from srm_data.matrix import BASES, ORIGIN, REST_BEHIND, name_rows
from srm_data.schema import Tables, read_package

SUMMARY = [
    *CONTROL, "title", "family", "addressed", "inherited", "configured", "left", "customer_action",
    "basis", "cells", "documented", "reason",
]  # fmt: skip


def build_control_summary(matrix: pd.DataFrame) -> pd.DataFrame:
    """Summarise a control matrix, with one row per control.

    A control is inherited, left or not applicable if it is so for every service to which it applies. If
    the services differ, it is configured.

    Parameters
    ----------
    matrix
        Frame from :func:`build_control_matrix`.

    Returns
    -------
    DataFrame
        One row per control, in the order of the framework: ``framework_id``, ``control_id``, ``title``,
        ``family``, ``addressed`` (ordered Categorical), ``inherited``, ``configured`` and ``left``
        (names of services, separated by semicolons), ``customer_action``, ``basis``, ``cells``,
        ``documented``, ``reason``.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> model = choose_offerings(build_model(), ["Amazon SQS", "Amazon EC2"])
    >>> summary = build_control_summary(build_control_matrix(model)).set_index("control_id")
    >>> summary.loc[["PE-3", "AC-3", "AC-1"], "addressed"].tolist()
    ['inherited', 'left', 'organisation']
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    named = matrix.assign(
        code=matrix["addressed"].cat.codes,
        action=matrix["customer_action"].cat.codes.replace(-1, 127),
        weakest=matrix["basis"].cat.codes,
        **{
            name: matrix["service"].where(matrix["addressed"] == name, "")
            for name in ("inherited", "configured", "left")
        },
    )
    control = [*CONTROL, "title", "family"]
    applicable = named["code"].where(named["addressed"] != "not applicable")
    named = named.assign(least=applicable, most=applicable)
    summed = named.groupby(control, sort=False).agg(
        least=("least", "min"),
        most=("most", "max"),
        inherited=("inherited", join_names),
        configured=("configured", join_names),
        left=("left", join_names),
        action=("action", "min"),
        weakest=("weakest", "max"),
        cells=("cells", "sum"),
        documented=("documented", "sum"),
        reason=("reason", "first"),
    )
    summed = summed.reset_index()

    code = summed["least"].where(summed["least"] == summed["most"], ADDRESSED.index("configured"))
    code = code.where(summed["least"].notna(), ADDRESSED.index("not applicable"))
    return summed.assign(
        addressed=restore_categories(code, matrix["addressed"]),
        customer_action=restore_categories(summed["action"], matrix["customer_action"]),
        basis=restore_categories(summed["weakest"], matrix["basis"]),
    )[SUMMARY]


def list_controls_left(
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    controls: Tables | None = None,
) -> pd.DataFrame:
    """List the controls that are not inherited, for the offerings in scope.

    Parameters
    ----------
    model, framework, baseline, controls
        As for :func:`build_control_matrix`.

    Returns
    -------
    DataFrame
        As :func:`build_control_summary`, without controls that are inherited from every service or that
        apply to none. Controls that are left come first, then the organisation's own, then configured
        ones.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> model = choose_offerings(build_model(), "Amazon SQS")
    >>> left = list_controls_left(model, baseline="low")
    >>> "PE-3" in set(left["control_id"]), left["addressed"].iloc[0]
    (False, 'left')
    """
    matrix = build_control_matrix(model, framework, baseline=baseline, controls=controls)
    summary = build_control_summary(matrix)
    order = {"left": 0, "organisation": 1, "configured": 2}
    ours = summary[summary["addressed"].isin(order)]
    places = ours["addressed"].astype("str").map(order)
    return ours.iloc[places.argsort(kind="stable")].reset_index(drop=True)


def control_distribution(summary: pd.DataFrame, by: str = "family") -> pd.DataFrame:
    """Count controls by how they are addressed.

    Parameters
    ----------
    summary
        Frame from :func:`build_control_summary`, or from :func:`build_control_matrix` to count its
        rows.
    by
        Column to group by, such as ``"family"`` or ``"service"``.

    Returns
    -------
    DataFrame
        One row per value of ``by``, in the order of the framework, and one column per answer, in the
        order inherited, configured, left, organisation, not applicable. Values are ``int``. If
        ``summary`` has ``basis``, ``cells`` and ``documented``, the ``attrs`` record the basis of each
        count and how many of the underlying cells are documented, for charts.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> matrix = build_control_matrix(choose_offerings(build_model(), "Amazon SQS"))
    >>> counts = control_distribution(build_control_summary(matrix))
    >>> int(counts.sum().sum()), list(counts.columns)[:2]
    (1014, ['inherited', 'configured'])
    """
    check_frame(summary, [by, "addressed"], "controls, from build_control_summary")
    counts = _count_answers(summary, by)
    if not {"basis", "cells", "documented"} <= set(summary):
        return counts

    # What is the organisation's own rests on no cell, and so has no basis.
    names, parts = name_rows(counts), {}
    for basis, rows in summary.groupby(summary["basis"].astype("object").fillna("").astype("str")):
        part = _count_answers(rows, by)
        part = part.set_axis(name_rows(part)).reindex(names, fill_value=0)
        parts[str(basis)] = part.to_numpy().tolist()
    return record_cells_behind(counts, summary, rows=names, columns=ADDRESSED, parts=parts)


def _count_answers(summary: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the rows per value of a column and per answer, in order of appearance."""
    counts = pd.crosstab(summary[by], summary["addressed"], dropna=False)
    counts = counts.reindex(columns=ADDRESSED, fill_value=0).reindex(summary[by].unique())
    return counts.astype("int64").rename_axis(index=by, columns=None)


def describe_controls(counts: pd.DataFrame) -> str:
    """Describe how many controls are inherited and how many are the customer's.

    Parameters
    ----------
    counts
        Frame from :func:`control_distribution`.

    Examples
    --------
    >>> counts = pd.DataFrame([[2, 3, 4, 1, 0]], columns=ADDRESSED)
    >>> print(describe_controls(counts))
    Of 10 controls, 2 are inherited, 3 configured, 4 left to us and 1 the organisation's own
    """
    check_frame(counts, ADDRESSED, "counts of controls, from control_distribution")
    total = counts[ADDRESSED].sum()
    verb = "is" if total["inherited"] == 1 else "are"
    absent = f"; {total['not applicable']:,} not applicable" if total["not applicable"] else ""
    noun = "control" if total.sum() == 1 else "controls"
    return (
        f"Of {total.sum():,} {noun}, {total['inherited']:,} {verb} inherited, "
        f"{total['configured']:,} configured, {total['left']:,} left to us and "
        f"{total['organisation']:,} the organisation's own{absent}"
    )


def record_cells_behind(frame: pd.DataFrame, controls: pd.DataFrame, **bases: Any) -> pd.DataFrame:
    """Record in the ``attrs`` of control counts how many of the underlying cells are documented.

    Parameters
    ----------
    frame
        Counts that are returned to the user.
    controls
        Controls that were counted, with the columns ``cells`` and ``documented``.
    bases
        As for :func:`record_origin`.

    Returns
    -------
    DataFrame
        ``frame`` itself.
    """
    cells, documented = int(controls["cells"].sum()), int(controls["documented"].sum())
    origin = {"version": str(read_package()["version"]), "documented": documented}
    frame.attrs[ORIGIN] = origin | {REST_BEHIND: cells - documented}
    frame.attrs[BASES] = json.dumps(bases)
    return frame
