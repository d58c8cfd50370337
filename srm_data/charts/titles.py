"""Describe what a chart beside its documented cells shows, for its title."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame
from srm_data.charts.basis import DOCUMENTED, split_by_basis
from srm_data.describe import COUNTS, PARTIES, describe_distribution


def describe_documented(counts: pd.DataFrame) -> str:
    """Describe where the documented cells differ most from all cells.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`.

    Examples
    --------
    >>> from srm_data import build_model, duty_distribution
    >>> describe_documented(duty_distribution(build_model())).startswith("The customer alone carries ")
    True
    """
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    parts = split_by_basis(counts)
    read = parts.get(DOCUMENTED)
    if read is None or not read["Customer"].any():
        return describe_distribution(counts)
    totals = read.sum(axis="columns")
    of_read = (read["Customer"] / totals).set_axis(counts.index)[(totals > 0).to_numpy()]
    of_all = (counts["Customer"] / counts.sum(axis="columns"))[of_read.index]
    widest = (of_read - of_all).abs().sort_values().index[-1]
    name = ", ".join(map(str, widest)) if isinstance(widest, tuple) else widest
    sentence = (
        f"The customer alone carries {of_all[widest]:.0%} of all cells of {name}, but "
        f"{of_read[widest]:.0%} of the documented ones"
    )
    return sentence.replace("%", " %")
