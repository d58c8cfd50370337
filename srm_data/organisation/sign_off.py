"""What an organisation typed on the cover of its workbooks: who signed, and the revision history."""

from __future__ import annotations

import pandas as pd

SIGN_OFF = ["field", "value", "by", "day"]
"""Columns of a frame of the sign-off."""


def make_sign_off(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make a frame of the sign-off, all ``str``, in the order of its rows; what one lacks is blank."""
    return pd.DataFrame(rows, columns=SIGN_OFF, dtype=object).fillna("").astype("str")
