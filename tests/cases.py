"""Registers that several tests use."""

import pandas as pd

from srm_data.register import assign_accountable, make_entries, state


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
