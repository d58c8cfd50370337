"""How far the offerings of one group are apart: a row per offering, and which stand out."""

from __future__ import annotations

import pandas as pd

from srm_data.about import record_origin
from srm_data.arguments import check_frame
from srm_data.matrix import A_MODEL

FENCE = 1.5
"""An offering stands out if it is further from the middle half of its group than so many times the
width of that half (J. Tukey, "Exploratory Data Analysis", 1977)."""


def list_spread(model: pd.DataFrame, by: str = "category") -> pd.DataFrame:
    """List for each offering how many duties are the customer's alone, and whether it stands out.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it.
    by
        Column whose values are the groups, such as ``"category"`` or ``"product_group"``.

    Returns
    -------
    DataFrame
        One row per offering, in the order of the groups, the most duties first: ``group``,
        ``offering``, ``duties`` (of the customer alone), ``applicable`` (that have an object),
        ``documented`` (``int``), ``median`` of the group (``float``) and ``stands_out`` (``bool``).

    Raises
    ------
    srm_data.FrameError
        If the model has no such column.

    Examples
    --------
    >>> from srm_data import build_model
    >>> spread = list_spread(build_model())
    >>> spread.groupby("group", observed=True)["median"].first().idxmax()
    'Customer-hosted'
    """
    check_frame(model, [by, "offering", "responsibility", "basis"], A_MODEL)
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
