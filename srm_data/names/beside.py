"""Compare two offerings side by side, duty by duty."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame
from srm_data.load import Tables, load_tables
from srm_data.model import MODEL, build_model
from srm_data.names.offerings import choose_offerings

BOTH = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "scope",
    "source_ids",
]  # fmt: skip


def compare_offerings(
    a: str, b: str, *, model: pd.DataFrame | None = None, tables: Tables | None = None
) -> pd.DataFrame:
    """Compare two offerings, duty by duty.

    Parameters
    ----------
    a, b
        Name or identifier of each offering. A service stands for its ordinary offering.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`; built if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per duty, in the order of the matrices: ``layer``, ``duty_id``, ``duty``, ``differs``
        (``bool``, whether responsibility or customer action differ), then ``responsibility``,
        ``customer_action``, ``aws_part``, ``customer_part``, ``note``, ``basis`` and ``source_ids`` of
        both, with the suffixes ``_a`` and ``_b``. ``attrs["a"]`` and ``attrs["b"]`` are the names.

    Raises
    ------
    LookupError
        If a name is unknown (the message lists all unknown names), or if both names stand for the same
        offering.

    Examples
    --------
    >>> both = compare_offerings("EKS on Fargate", "EKS managed node groups")
    >>> patching = both.set_index("duty_id").loc["guest-os-patching"]
    >>> patching["responsibility_a"], patching["responsibility_b"]
    ('AWS', 'Shared')
    """
    tables = load_tables() if tables is None else tables
    model = build_model(tables) if model is None else model
    check_frame(model, MODEL, "a model of offerings, from build_model or in_use")
    chosen = choose_offerings(model, [a, b], ordinary=True, tables=tables)
    names = [str(name) for name in chosen["offering"].cat.categories]
    if len(names) < 2:
        raise LookupError(f"{a!r} and {b!r} both mean {names[0]}; expected two offerings")

    keys = ["layer", "duty_id", "duty"]
    first, second = (chosen.loc[chosen["offering"] == name, [*keys, *BOTH]] for name in names)
    both = first.merge(second, on=keys, suffixes=("_a", "_b"), validate="one_to_one")
    both = both.sort_values("duty", ignore_index=True)
    answers = ["responsibility", "customer_action"]
    differs = [both[f"{name}_a"].astype(str) != both[f"{name}_b"].astype(str) for name in answers]
    both.insert(len(keys), "differs", differs[0] | differs[1])
    both.attrs |= {"a": names[0], "b": names[1]}
    return both
