"""Who addresses each control, derived from its duties over the offerings in scope."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import restore_model
from srm_data.controls.duties import (
    CONTROL,
    list_control_duties,
    list_framework_controls,
    list_organisation_controls,
)
from srm_data.controls.origin import record_framework
from srm_data.controls.tables import load_controls
from srm_data.schema import Tables

ADDRESSED = ["inherited", "configured", "left", "organisation", "not applicable"]
"""How a control is addressed, from the least to the most to do."""

PARTIES = ["AWS", "Shared", "Customer", "Not applicable"]
A_MODEL = "a model of offerings, from build_model, choose_offerings or in_use"
A_MATRIX = "a control matrix, from build_control_matrix"
NEEDED = [
    "service_id", "service", "offering_id", "duty_id", "duty", "responsibility", "customer_action",
    "basis",
]  # fmt: skip
MATRIX = [
    *CONTROL, "title", "family", "service_id", "service", "addressed", "customer_action", "basis",
    "cells", "documented", "aws", "shared", "customer", "decided", "reason",
]  # fmt: skip


def build_control_matrix(
    model: pd.DataFrame,
    framework: str = "nist-800-53",
    *,
    baseline: str | None = None,
    controls: Tables | None = None,
) -> pd.DataFrame:
    """Build the matrix of who addresses each control, one row per control and service.

    A control is *inherited* from a service if all of its duties are AWS's there and at least one of
    them carries it directly. It is *left* if all of its duties are the customer's, *not applicable* if
    none of them apply, and *configured* otherwise: AWS and the customer both have a part, or AWS's
    duties merely support the control, which asks for more than they do. Controls without a duty are
    the *organisation*'s.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, :func:`~srm_data.choose_offerings` or
        :func:`~srm_data.in_use`, with the offerings in scope.
    framework
        Id or name of a framework of ``controls``.
    baseline
        Baseline to restrict the controls to, such as ``"moderate"``.
    controls
        Frames from :func:`~srm_data.load_controls`; loaded if not given.

    Returns
    -------
    DataFrame
        Rows in the order of the framework and the model. Columns: ``framework_id``, ``control_id``,
        ``title``, ``family``, ``service_id``, ``service`` (``str``; blank for the organisation's own);
        ``addressed`` (ordered Categorical: inherited < configured < left < organisation < not
        applicable); ``customer_action`` (the most pressing one of the cells) and ``basis`` (the weakest
        one), ordered Categoricals as in the model; ``cells`` and ``documented`` (``int``, number of
        cells and how many of them are documented); ``aws``, ``shared``, ``customer`` (names of duties,
        separated by semicolons); ``decided`` (names of the duties with a decision of the organisation,
        in at least one offering of the service); ``reason`` (why the control is the organisation's).
        The ``attrs`` name the framework, for a workbook.

    Raises
    ------
    LookupError
        If the framework or the baseline is unknown.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> model = choose_offerings(build_model(), ["Amazon SQS", "Amazon EC2"])
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
    sets = marks.groupby(duties["control_id"]).agg(lambda found: "; ".join(sorted(found)))
    duties = duties.assign(duty_set=duties["control_id"].map(sets))
    lines = _address_lines(duties.drop_duplicates(["duty_set", "duty_id"]), sum_up_duties(model))
    carried = listed.assign(duty_set=listed["control_id"].map(sets)).dropna(subset=["duty_set"])
    lines = carried.merge(lines, on="duty_set", how="inner", validate="many_to_many")

    own = list_organisation_controls(framework, controls=controls)
    own = listed.merge(own[[*CONTROL, "reason"]], on=CONTROL, how="inner", validate="one_to_one")
    rows = pd.concat([lines, own.assign(addressed="organisation")], ignore_index=True)
    rest = listed[~listed["control_id"].isin(rows["control_id"])]  # a part of a model has few duties
    rows = pd.concat([rows, rest.assign(addressed="not applicable")], ignore_index=True)

    order = pd.Series(range(len(listed)), index=listed["control_id"])
    rows = rows.assign(place=rows["control_id"].map(order)).sort_values("place", kind="stable")
    texts = ["service_id", "service", "aws", "shared", "customer", "decided", "reason"]
    rows = rows.reindex(columns=[*MATRIX]).fillna(dict.fromkeys(texts, ""))
    rows = rows.fillna({"cells": 0, "documented": 0})
    rows = rows.assign(
        addressed=pd.Categorical(rows["addressed"], categories=ADDRESSED, ordered=True),
        customer_action=restore_categories(rows["customer_action"], model["customer_action"]),
        basis=restore_categories(rows["basis"], model["basis"]),
    )
    rows = rows[MATRIX].astype({"cells": "int64", "documented": "int64"}).reset_index(drop=True)
    return record_framework(rows, framework, baseline=baseline, controls=controls)


def sum_up_duties(model: pd.DataFrame) -> pd.DataFrame:
    """Aggregate the cells of each service and duty: parties, customer action and basis.

    Returns
    -------
    DataFrame
        One row per service and duty, in the order of the model: ``service_id``, ``service``,
        ``duty_id``, ``duty``, ``party`` (``"AWS"``, ``"Shared"``, ``"Customer"`` or ``"Not
        applicable"``; shared if the offerings differ), ``action`` and ``weakest`` (codes of
        ``customer_action`` and ``basis``), ``cells`` and ``documented`` (``int``), ``is_decided``
        (``bool``). Cells that are not applicable are not counted, but may be decided.
    """
    party = model["responsibility"].astype("str")
    applies = party != "Not applicable"
    cells = pd.DataFrame(
        {
            "service_id": model["service_id"].astype("str"),
            "service": model["service"].astype("str"),
            "duty_id": model["duty_id"].astype("str"),
            "duty": model["duty"].astype("str"),
            "has_aws": party.isin(["AWS", "Shared"]),
            "has_customer": party.isin(["Customer", "Shared"]),
            "action": model["customer_action"].cat.codes.where(applies, 127),
            "weakest": model["basis"].cat.codes.where(applies, -1),
            "cells": applies.astype("int64"),
            "documented": (applies & (model["basis"] == "documented")).astype("int64"),
            "is_decided": model["basis"] == "decision",
        }
    )
    summed = cells.groupby(["service_id", "service", "duty_id", "duty"], sort=False).agg(
        has_aws=("has_aws", "any"),
        has_customer=("has_customer", "any"),
        action=("action", "min"),
        weakest=("weakest", "max"),
        cells=("cells", "sum"),
        documented=("documented", "sum"),
        is_decided=("is_decided", "any"),
    )
    return summed.reset_index().assign(party=lambda rows: _name_party(rows))


def _name_party(rows: pd.DataFrame) -> pd.Series:
    """Return the responsibility, from two columns that say whether AWS and the customer have a part."""
    named = pd.Series("Not applicable", index=rows.index, dtype="str")
    named = named.mask(rows["has_aws"], "AWS").mask(rows["has_customer"], "Customer")
    return named.mask(rows["has_aws"] & rows["has_customer"], "Shared")


def _address_lines(duties: pd.DataFrame, summed: pd.DataFrame) -> pd.DataFrame:
    """Determine how each set of duties is addressed by each service."""
    services = {name: place for place, name in enumerate(summed["service_id"].unique())}
    heights = {name: place for place, name in enumerate(summed["duty_id"].unique())}
    rows = duties[["duty_set", "duty_id", "strength"]].merge(
        summed, on="duty_id", how="inner", validate="many_to_many"
    )
    rows = rows.assign(
        service_place=rows["service_id"].map(services),
        direct_aws=(rows["strength"] == "direct") & (rows["party"] != "Not applicable"),
        **{
            party: rows["duty"].where(rows["party"] == name, "")
            for party, name in (("aws", "AWS"), ("shared", "Shared"), ("customer", "Customer"))
        },
        decided=rows["duty"].where(rows["is_decided"], ""),
        height=rows["duty_id"].map(heights),
    ).sort_values("height", kind="stable")

    line = ["duty_set", "service_place", "service_id", "service"]
    grouped = rows.groupby(line, sort=True).agg(
        has_aws=("has_aws", "any"),
        has_customer=("has_customer", "any"),
        has_direct=("direct_aws", "any"),
        action=("action", "min"),
        weakest=("weakest", "max"),
        cells=("cells", "sum"),
        documented=("documented", "sum"),
        aws=("aws", join_names),
        shared=("shared", join_names),
        customer=("customer", join_names),
        decided=("decided", join_names),
    )
    lines = grouped.reset_index()
    party = _name_party(lines)
    addressed = party.map(
        dict(zip(PARTIES, ["inherited", "configured", "left", ADDRESSED[-1]], strict=True))
    )
    addressed = addressed.mask((party == "AWS") & ~lines["has_direct"], "configured")
    return lines.assign(
        addressed=addressed, customer_action=lines["action"], basis=lines["weakest"]
    ).drop(columns=["action", "weakest"])


def join_names(names: pd.Series) -> str:
    """Join the non-blank names with semicolons."""
    return "; ".join(filter(None, names.tolist()))


def restore_categories(codes: pd.Series, like: pd.Series) -> pd.Categorical:
    """Turn codes back into a Categorical; invalid codes become missing values."""
    names = like.cat.categories.tolist()
    known = codes.fillna(-1).astype("int64").tolist()
    values = [names[code] if 0 <= code < len(names) else None for code in known]
    return pd.Categorical(values, categories=names, ordered=True)
