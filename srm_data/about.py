"""What every export says about itself: audience, scope and point of view."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from srm_data.load import Tables
from srm_data.schema import read_package

Audience = Literal["internal", "publishable"]
WHOLE_CATALOGUE, CHOSEN = "All offerings of the catalogue", "Chosen offerings"
SEAT = (
    "Written from the seat of the AWS customer. What is AWS's here is what the customer inherits "
    "from AWS."
)
INDEPENDENT = (
    "Made by the srm_data project from AWS's public documents. It is not made, reviewed or endorsed "
    "by AWS."
)

LICENCE = "Data: CC BY 4.0, to be credited to srm_data contributors. Software: Apache License 2.0."


def check_audience(audience: str) -> None:
    """Raise an error unless the audience is one of the two.

    Raises
    ------
    ValueError
        Naming the choices.
    """
    if audience not in get_args(Audience):
        raise ValueError(f"audience should be one of {[*get_args(Audience)]}. Got {audience!r}")


def name_scope(model: pd.DataFrame, tables: Tables) -> str:
    """Return whether a model covers the whole catalogue or chosen offerings, in words."""
    is_whole = set(tables["offerings"]["offering_id"]) <= set(model["offering_id"])
    return WHOLE_CATALOGUE if is_whole else CHOSEN


def workbook_name() -> str:
    """Return the file name of the catalogue workbook of this data version."""
    return f"srm-matrix-{read_package()['version']}.xlsx"


def page_name() -> str:
    """Return the file name of the page of the whole catalogue of this data version."""
    return f"srm-page-{read_package()['version']}.html"
