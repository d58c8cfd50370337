"""What several commands take: decisions, owners, remarks, an earlier state, names of files."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def require_suffix(path: Path, suffix: str) -> None:
    """Refuse a file name of another kind."""
    if path.suffix != suffix:
        raise ValueError(f"--out {path}: expected a file name that ends in {suffix}")


def narrow(
    model: pd.DataFrame, tables: dict[str, pd.DataFrame], options: argparse.Namespace
) -> tuple[pd.DataFrame, str]:
    """Narrow a model to the offerings that were named, if any were, and say so for the scope."""
    from srm_data.catalogue import choose_offerings

    if not options.only:
        return model, ""
    chosen = choose_offerings(model, options.only, tables)["offering_id"]
    return model[model["offering_id"].isin(chosen)], f"Chosen: {', '.join(options.only)}"


def name_sources(options: argparse.Namespace) -> str:
    """Name the files that were read; a copy for others only counts them, as names tell much."""
    if options.audience == "internal":
        return ", ".join(Path(name).name for name in options.files)
    return "1 source" if len(options.files) == 1 else f"{len(options.files)} sources"


def read_inventories(
    files: list[str], tables: dict[str, pd.DataFrame], *, kind: str | None = None
) -> pd.DataFrame:
    """Read the inventories that were named; what a folder holds and was not read is told on stderr."""
    from srm_data.estate import read_estate
    from srm_data.exceptions import SkippedFileWarning

    if "" in files:
        raise FileNotFoundError("the path is empty: no such file, folder or pattern")
    paths = [Path(name) for name in files]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedFileWarning)
        estate = read_estate(paths, kind=kind, tables=tables, progress=True)
    for line in estate.attrs["not_read"]:
        print(f"srm-data: {line}", file=sys.stderr)
    return estate


def assign_owners_of(model: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Say which team owns what, if a file of owners was named."""
    from srm_data.owners import assign_owners, read_owners

    return assign_owners(model, read_owners(options.owners)) if options.owners else model


def read_decisions_of(model: pd.DataFrame, options: argparse.Namespace) -> pd.DataFrame:
    """Read the decisions that were named; stale ones are told on stderr."""
    from srm_data.decisions import describe_stale_decision, list_stale_decisions, read_decisions

    decisions = read_decisions(options.decisions or [])
    for row in list_stale_decisions(model, decisions).to_dict("records"):
        print(f"srm-data: {describe_stale_decision(row)}", file=sys.stderr)
    return decisions


def read_reviewed(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Read the decisions and remarks that were named."""
    from srm_data.register import make_remarks, read_remarks

    decisions = read_decisions_of(model, options)
    remarks = read_remarks(options.remarks) if options.remarks else make_remarks([])
    return {"decisions": decisions, "remarks": remarks}


def find_changes(
    model: pd.DataFrame, reviewed: dict[str, pd.DataFrame], options: argparse.Namespace
) -> dict[str, pd.DataFrame]:
    """Compare with the earlier state that was named, if one was."""
    from srm_data.changes import compare
    from srm_data.decisions import apply_decisions
    from srm_data.earlier import read_earlier

    if options.since is None:
        return {}
    decided = apply_decisions(model, reviewed["decisions"])
    return {"changes": compare(read_earlier(options.since), decided)}
