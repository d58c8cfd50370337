"""Measure how far two readers agree."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame


def measure_agreement(readings: pd.DataFrame) -> pd.Series[float]:
    """Measure the agreement of first and second readings.

    Parameters
    ----------
    readings
        The table ``second_readings``, with the two answers in the columns ``first`` and ``second``.

    Returns
    -------
    Series
        ``cells`` and ``agreed`` (counts), ``share`` (of cells on which both agree), and Cohen's
        ``kappa``: agreement beyond chance, 1 if the readers always agree, 0 if they agree as often as
        by chance. ``nan`` if both readers give the same single answer everywhere.

    Notes
    -----
    Kappa is that of J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960), 37-46: ``(share - chance) / (1 - chance)``.

    Examples
    --------
    >>> measure_agreement(pd.DataFrame({"first": ["a", "a", "b", "b"], "second": ["a", "a", "b", "a"]}))
    cells     4.00
    agreed    3.00
    share     0.75
    kappa     0.50
    dtype: float64
    """
    check_frame(readings, ["first", "second"], "two readings, as in the table second_readings")
    first, second = readings["first"], readings["second"]
    share = (first == second).mean()
    chances = first.value_counts(normalize=True) * second.value_counts(normalize=True)
    chance = chances.sum()
    kappa = (share - chance) / (1 - chance) if chance < 1 else float("nan")
    return pd.Series(
        {"cells": len(readings), "agreed": (first == second).sum(), "share": share, "kappa": kappa}
    )
