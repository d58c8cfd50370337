"""Cases of one rule of which a quick run tries some, and the full run all."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pytest

from srm_data.register import assign_accountable, make_entries, state


def thin_out(cases: Iterable[Any], *, every: int) -> list[Any]:
    """Return the cases for ``parametrize``, marked slow but for the first and every so many after it.

    The rule stays in the quick run; what repeats it there only costs time. Its coverage is not measured
    either, as it runs the lines that the others run.
    """
    repeated = [pytest.mark.slow, pytest.mark.no_cover]
    return [
        case
        if number % every == 0
        else pytest.param(*(case if isinstance(case, tuple) else [case]), marks=repeated)
        for number, case in enumerate(cases)
    ]


def decide(model: pd.DataFrame, *entries: dict[str, str]) -> pd.DataFrame:
    """Return a model in which answers of an organisation are in force, each approved by another."""
    signed = {"field": "answer", "reason": "Our broker.", "by": "Ada", "on": "2026-11-02"}
    rows = [signed | entry for entry in entries]
    approved = {"field": "approval", "by": "Bob", "on": "2026-11-03", "evidence": "Minutes"}
    rows += [
        {"offering_id": row["offering_id"], "duty_id": row["duty_id"], "value": row["entry_id"]}
        | approved
        for row in make_entries(rows).to_dict("records")
    ]
    register = make_entries(rows)
    return assign_accountable(state(register, model, on="2026-12-01"))


REGISTER = (
    "entry_id,offering_id,duty_id,where,field,value,reason,by,on,valid_until,evidence,replaces,"
    "data_version,source\n"
)
"""The header of a register."""
