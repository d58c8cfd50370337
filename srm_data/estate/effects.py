"""Effects of assumptions: the duties that would differ if another offering were in use."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame
from srm_data.estate.resources import SEPARATOR

EFFECT = ["identifier", "offering_id", "alternatives", "differing", "duties"]


def list_effects(model: pd.DataFrame, estate: pd.DataFrame) -> pd.DataFrame:
    """List the duties that differ between assumed offerings and their alternatives.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` with all offerings.
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    DataFrame
        One row per assumed row of the estate: ``identifier``, ``offering_id``, ``alternatives`` (ids,
        separated by ``"; "``), ``differing`` (``int``: duties whose responsibility or customer action
        differs for at least one alternative), ``duties`` (their names, separated by ``"; "``, those
        that differ for the most alternatives first). Rows with the most differing duties come first.

    Examples
    --------
    >>> from srm_data import build_model, read_estate
    >>> effects = list_effects(build_model(), read_estate(["Amazon ECS"]))
    >>> effects["offering_id"].tolist(), "Guest OS patching" in effects["duties"][0]
    (['ecs-ec2'], True)
    """
    needed = ["offering_id", "duty_id", "duty", "responsibility", "customer_action"]
    check_frame(model, needed, "a model of offerings, from build_model")
    check_frame(estate, [*EFFECT[:3], "assumed"], "an estate, from read_estate")
    said = model["responsibility"].astype(str) + ", " + model["customer_action"].astype(str)
    by_cell = said.groupby([model["offering_id"].astype(str), model["duty_id"].astype(str)])
    answers = pd.DataFrame(by_cell.first().unstack())
    names = model.drop_duplicates("duty_id").set_index("duty_id")["duty"].astype(str).to_dict()

    rows = []
    for row in estate[estate["assumed"]].to_dict("records"):
        others = [one for one in row["alternatives"].split(SEPARATOR) if one in answers.index]
        own = answers.reindex([row["offering_id"]]).iloc[0]
        is_known = row["offering_id"] in answers.index
        counts = answers.loc[others if is_known else []].ne(own, axis="columns").sum()
        counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
        duties = SEPARATOR.join(str(names[duty]) for duty in counts.index)
        named = {name: row[name] for name in EFFECT[:3]}
        rows.append(named | {"differing": len(counts), "duties": duties})
    effects = pd.DataFrame(rows, columns=EFFECT).astype({"differing": "int64"})
    return effects.sort_values("differing", ascending=False, kind="stable", ignore_index=True)
