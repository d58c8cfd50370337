"""Who addresses each control, derived from its duties over the offerings in scope; and the counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from srm_data.cells import ANSWERS, check_frame, find_marks, list_marks, restore_model
from srm_data.controls.frameworks import (
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
    record_framework,
)
from srm_data.controls.tables import CONTROL, load_controls
from srm_data.exceptions import FrameError
from srm_data.matrix import BASES, ORIGIN, REST_BEHIND, name_rows
from srm_data.register.entries import Row, list_rows
from srm_data.schema import Tables, read_package

ADDRESSED = ["inherited", "configured", "left", "organisation", "not applicable"]
"""How a control is addressed, from the least to the most to do."""

A_MODEL = "a model of offerings, from build_model, choose_offerings or in_use"
UNDECIDED = "a model of offerings without decisions, from build_model, choose_offerings or in_use"
A_MATRIX = "a control matrix, from build_control_matrix"
NEEDED = [
    "service_id", "service", "offering_id", "duty_id", "duty", "responsibility", "customer_action",
    "basis",
]  # fmt: skip
MATRIX = [
    *CONTROL, "title", "family", "service_id", "service", "addressed", "customer_action", "basis",
    "mark", "cells", "documented", "aws", "shared", "customer", "decided", "reason",
]  # fmt: skip
SUMMARY = [
    *CONTROL, "title", "family", "addressed", "inherited", "configured", "left", "customer_action",
    "basis", "mark", "cells", "documented", "reason",
]  # fmt: skip
STATEMENTS = "statements"
"""Key in the ``attrs`` of a control matrix, for what each side does, by service and duty."""
SUMS = {
    "customer_action": ("customer_action", "min"),
    "mark": ("mark", "max"),
    "cells": ("cells", "sum"),
    "documented": ("documented", "sum"),
}
"""How cells are aggregated: the most pressing action, the weakest mark, counts."""


def restore_undecided(model: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return a model for files that others read, in which no answer is the organisation's."""
    model = restore_model(model, columns, UNDECIDED)
    if model.empty or model["basis"].eq("decision").any():
        content = "decisions" if len(model) else "no rows"
        raise FrameError(f"expected {UNDECIDED}; this one has {content}")
    return model


def list_layers(model: pd.DataFrame, tables: Tables) -> Iterator[tuple[Row, list[Row]]]:
    """List the layers that have a duty in a model, each with its duties."""
    duties = tables["duties"][tables["duties"]["duty_id"].isin(model["duty_id"])]
    for layer in list_rows(tables["layers"]):
        if listed := list_rows(duties[duties["layer_id"] == layer["layer_id"]]):
            yield layer, listed


def build_control_matrix(
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    controls: Tables | None = None,
) -> pd.DataFrame:
    """Build the matrix of who addresses each control, one row per control and service.

    A control is *inherited* from a service if all of its duties are AWS's there, by AWS's documents and
    not by a decision of the organisation, and at least one of them carries it directly. It is *left* if
    all of its duties are the customer's, *not applicable* if none of them apply, and *configured*
    otherwise: AWS and the customer both have a part, or AWS's duties merely support the control, which
    asks for more than they do, or are AWS's by decision. Controls without a duty are the
    *organisation*'s.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, :func:`~srm_data.choose_offerings` or
        :func:`~srm_data.in_use`, with the offerings in scope.
    framework
        Id or name of a framework of ``controls``.
    baseline
        Baseline to restrict the controls to, such as ``"moderate"`` or ``"fedramp-moderate"``.
    controls
        Frames from :func:`~srm_data.controls.load_controls`; loaded if not given.

    Returns
    -------
    DataFrame
        Rows in the order of the framework and the model. Columns: ``framework_id``, ``control_id``,
        ``title``, ``family``, ``service_id``, ``service`` (``str``; blank for the organisation's own);
        ``addressed`` (ordered Categorical: inherited < configured < left < organisation < not
        applicable); ``customer_action`` (the most pressing one of the cells), ``basis`` and ``mark``
        (the weakest ones), ordered Categoricals; ``cells`` and ``documented`` (``int``, number of
        cells and how many of them are documented); ``aws``, ``shared``, ``customer`` (names of duties,
        separated by semicolons); ``decided`` (names of the duties with a decision of the organisation,
        in at least one offering of the service); ``reason`` (why the control is the organisation's).
        The ``attrs`` have the framework and the sentences of both sides, for a workbook.

    Raises
    ------
    LookupError
        If the framework or the baseline is unknown.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), ["Amazon SQS", "Amazon EC2"])
    >>> matrix = build_control_matrix(model, baseline="low")
    >>> matrix[matrix["control_id"] == "PE-3"]["addressed"].tolist()
    ['inherited', 'inherited']
    """
    model = restore_model(model, NEEDED, A_MODEL)
    controls = load_controls() if controls is None else controls
    listed = list_framework_controls(framework, baseline=baseline, controls=controls)
    duties = list_control_duties(framework, controls=controls)
    duties = duties[duties["control_id"].isin(listed["control_id"])]

    # Controls that rest on the same duties are addressed alike: each set of duties is looked at once.
    marks = duties["duty_id"] + " " + duties["strength"]
    sets = marks.groupby(duties["control_id"]).agg(lambda of_control: "; ".join(sorted(of_control)))
    duties = duties.assign(duty_set=duties["control_id"].map(sets))
    rows = duties.drop_duplicates(["duty_set", "duty_id"])
    lines = _address_lines(rows, _sum_up_duties(model), controls["addressed"])
    carried = listed.assign(duty_set=listed["control_id"].map(sets)).dropna(subset=["duty_set"])
    lines = carried.merge(lines, on="duty_set", how="inner", validate="many_to_many")

    # controls without a duty, and those whose duties a part of a model does not have
    own = list_organisation_controls(framework, controls=controls)
    own = listed.merge(own[[*CONTROL, "reason"]], on=CONTROL, how="inner", validate="one_to_one")
    rows = pd.concat([lines, own.assign(addressed="organisation")], ignore_index=True)
    rest = listed[~listed["control_id"].isin(rows["control_id"])]
    rows = pd.concat([rows, rest.assign(addressed="not applicable")], ignore_index=True)

    # the order of the framework, and the types of the columns
    order = pd.Series(range(len(listed)), index=listed["control_id"])
    rows = rows.assign(place=rows["control_id"].map(order)).sort_values("place", kind="stable")
    texts = ["service_id", "service", "aws", "shared", "customer", "decided", "reason"]
    rows = rows.reindex(columns=MATRIX)
    rows = rows.fillna({"cells": 0, "documented": 0} | dict.fromkeys(texts, ""))
    of_marks = _order_marks()["basis"]
    rows = rows.assign(basis=rows["mark"].astype("object").map(of_marks))
    orders: dict[str, list[str]] = {
        "addressed": ADDRESSED, "basis": ANSWERS["basis"], "mark": of_marks.index.tolist(),
        "customer_action": model["customer_action"].cat.categories.tolist(),
    }  # fmt: skip
    types: dict[str, Any] = {"cells": "int64", "documented": "int64"}
    types |= {name: pd.CategoricalDtype(order, ordered=True) for name, order in orders.items()}
    rows = rows.astype(types).reset_index(drop=True)

    # what each side does, for texts: the customer where it acts, AWS where it does all
    acts = model["customer_action"].isin(["required", "optional"])
    by_aws = model["responsibility"].eq("AWS") & model["basis"].ne("decision")
    sides = {"customer": ("customer_part", acts), "aws": ("aws_part", by_aws)}
    statements = {side: _list_statements(model, *of_side) for side, of_side in sides.items()}
    rows.attrs[STATEMENTS] = json.dumps(statements)
    return record_framework(rows, framework, baseline=baseline, controls=controls)


def _sum_up_duties(model: pd.DataFrame) -> pd.DataFrame:
    """Aggregate the cells of each service and duty, in the order of the model.

    A cell that is not applicable is not counted, but may be decided.
    """
    party = model["responsibility"].astype("str")
    applies = party != "Not applicable"
    line = ["service_id", "service", "duty_id", "duty"]
    cells = (
        model[line]
        .astype("str")
        .assign(
            has_aws=party.isin(["AWS", "Shared"]),
            has_customer=party.isin(["Customer", "Shared"]),
            customer_action=model["customer_action"].where(applies),
            mark=find_marks(model).cat.reorder_categories(_order_marks().index).where(applies),
            cells=applies.astype("int64"),
            documented=(applies & (model["basis"] == "documented")).astype("int64"),
            is_decided=model["basis"] == "decision",
        )
    )
    # a service with several offerings has one line per duty
    summed = cells.groupby(line, sort=False, as_index=False).agg(
        has_aws=("has_aws", "any"),
        has_customer=("has_customer", "any"),
        is_decided=("is_decided", "any"),
        **SUMS,
    )
    return summed.assign(party=_name_party(summed))


def _list_statements(model: pd.DataFrame, part: str, cells: pd.Series) -> dict[str, dict[str, str]]:
    """List what a side does in some cells, by service and duty, in the sentences of the cells."""
    statements: dict[str, dict[str, dict[str, list[str]]]] = {}
    if {part, "offering"} <= set(model):
        columns = ["service", "duty", part, "offering"]
        for service, duty, sentence, offering in model.loc[cells, columns].to_numpy():
            of_duty = statements.setdefault(service, {}).setdefault(duty, {})
            of_duty.setdefault(sentence, []).append(offering)
    # offerings of a service are named where their sentences differ
    return {
        service: {
            duty: " ".join(
                text if len(sentences) == 1 else f"({', '.join(offerings)}) {text}"
                for text, offerings in sentences.items()
            )
            for duty, sentences in duties.items()
        }
        for service, duties in statements.items()
    }


def _name_party(rows: pd.DataFrame) -> pd.Series:
    """Return the party, from two columns with whether AWS and the customer have a part."""
    named = pd.Series("Not applicable", index=rows.index, dtype="str")
    named = named.mask(rows["has_aws"], "AWS").mask(rows["has_customer"], "Customer")
    return named.mask(rows["has_aws"] & rows["has_customer"], "Shared")


def _address_lines(duties: pd.DataFrame, summed: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    services = {name: place for place, name in enumerate(summed["service_id"].unique())}
    heights = {name: place for place, name in enumerate(summed["duty_id"].unique())}
    rows = duties[["duty_set", "duty_id", "strength"]].merge(
        summed, on="duty_id", how="inner", validate="many_to_many"
    )
    names = {"aws": "AWS", "shared": "Shared", "customer": "Customer"}
    rows = rows.assign(
        service_place=rows["service_id"].map(services),
        has_direct=(rows["strength"] == "direct") & (rows["party"] != "Not applicable"),
        decided=rows["duty"].where(rows["is_decided"], ""),
        **{column: rows["duty"].where(rows["party"] == name, "") for column, name in names.items()},
    )
    rows = rows.iloc[rows["duty_id"].map(heights).argsort(kind="stable")]
    rows = rows.astype(dict.fromkeys((*names, "decided"), "object"))  # quick to join, group by group

    line = ["duty_set", "service_place", "service_id", "service"]
    lines = rows.groupby(line, sort=True, as_index=False).agg(
        has_aws=("has_aws", "any"),
        has_customer=("has_customer", "any"),
        has_direct=("has_direct", "any"),
        **SUMS,
        **{column: (column, _join_names) for column in (*names, "decided")},
    )
    lines = lines.astype(dict.fromkeys((*names, "decided"), "str"))
    party = _name_party(lines)
    # what AWS's duties merely support asks for more than they do
    by_party = answers.set_index("responsibility")["addressed"]
    addressed = party.map(by_party).mask((party == "AWS") & ~lines["has_direct"], "configured")
    # and nothing is inherited because the organisation says so
    addressed = addressed.mask((addressed == "inherited") & (lines["decided"] != ""), "configured")
    return lines.assign(addressed=addressed)


def _join_names(names: pd.Series) -> str:
    return "; ".join(filter(None, names.tolist()))


def _order_marks() -> pd.DataFrame:
    """Return the marks, the strongest first, and decisions last: one of them is always shown."""
    order = ANSWERS["basis"]
    return list_marks().sort_values("basis", key=lambda bases: bases.map(order.index), kind="stable")


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
        (names of services, separated by semicolons), ``customer_action``, ``basis``, ``mark``,
        ``cells``, ``documented``, ``reason``.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), ["Amazon SQS", "Amazon EC2"])
    >>> matrix = srm_data.controls.build_control_matrix(model)
    >>> summary = build_control_summary(matrix).set_index("control_id")
    >>> summary.loc[["PE-3", "AC-3", "AC-1"], "addressed"].tolist()
    ['inherited', 'left', 'organisation']
    """
    check_frame(matrix, MATRIX, A_MATRIX)
    answers = ("inherited", "configured", "left")
    rows = matrix.assign(
        applies=matrix["addressed"].where(matrix["addressed"] != "not applicable"),
        **{name: matrix["service"].where(matrix["addressed"] == name, "") for name in answers},
    )
    summed = rows.groupby([*CONTROL, "title", "family"], sort=False, as_index=False).agg(
        least=("applies", "min"),
        most=("applies", "max"),
        reason=("reason", "first"),
        **SUMS,
        **{name: (name, _join_names) for name in answers},
    )

    # services that differ make a control configured; without any answer it is not applicable
    is_alike = summed["least"].astype("object").eq(summed["most"].astype("object"))
    addressed = summed["least"].where(is_alike, "configured")
    addressed = addressed.mask(summed["least"].isna(), "not applicable")
    bases = summed["mark"].astype("object").map(_order_marks()["basis"])
    basis = bases.astype(matrix["basis"].dtype)
    return summed.assign(addressed=addressed, basis=basis)[SUMMARY]


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
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> left = list_controls_left(model, baseline="low")
    >>> "PE-3" in set(left["control_id"]), left["addressed"].iloc[0]
    (False, 'left')
    """
    matrix = build_control_matrix(model, framework, baseline=baseline, controls=controls)
    summary = build_control_summary(matrix)
    # what is wholly the customer's comes first
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
        ``summary`` has ``mark``, ``cells`` and ``documented``, the ``attrs`` record the basis of each
        count and how many of the underlying cells are documented, for charts.

    Examples
    --------
    >>> model = srm_data.choose_offerings(srm_data.build_model(), "Amazon SQS")
    >>> matrix = srm_data.controls.build_control_matrix(model)
    >>> counts = control_distribution(srm_data.controls.build_control_summary(matrix))
    >>> int(counts.sum().sum()), list(counts.columns)[:2]
    (1014, ['inherited', 'configured'])
    """
    check_frame(summary, [by, "addressed"], "controls, from build_control_summary")
    counts = _count_answers(summary, by)
    if not {"mark", "cells", "documented"} <= set(summary):
        return counts

    # What is the organisation's own rests on no cell, and so has no mark.
    names, parts = name_rows(counts), {}
    for mark, rows in summary.groupby(summary["mark"].astype("object").fillna("")):
        part = _count_answers(rows, by)
        part = part.set_axis(name_rows(part)).reindex(names, fill_value=0)
        parts[str(mark)] = part.to_numpy().tolist()
    counts.attrs[BASES] = json.dumps({"rows": names, "columns": ADDRESSED, "parts": parts})
    cells, documented = int(summary["cells"].sum()), int(summary["documented"].sum())
    origin = {"version": str(read_package()["version"]), "documented": documented}
    counts.attrs[ORIGIN] = origin | {REST_BEHIND: cells - documented}
    return counts


def _count_answers(summary: pd.DataFrame, by: str) -> pd.DataFrame:
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
    >>> names = ["inherited", "configured", "left", "organisation", "not applicable"]
    >>> counts = pd.DataFrame([[2, 3, 4, 1, 0]], columns=names)
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
