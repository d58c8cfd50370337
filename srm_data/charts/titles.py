"""Describe what a chart shows in one sentence, for its title and its alternative text."""

from __future__ import annotations

import pandas as pd

from srm_data.agreement import ENOUGH_READINGS
from srm_data.cells import check_frame
from srm_data.charts.basis import DOCUMENTED, split_by_basis
from srm_data.describe import (
    A_STACK,
    COUNTS,
    FEW_STACKS,
    MOST_NAMED,
    PARTIES,
    count_things,
    describe_distribution,
    describe_stack,
)
from srm_data.exceptions import FrameError
from srm_data.load import read_table, require_tables
from srm_data.schema import Tables

A_MATRIX = "a matrix of responsibilities, from responsibility_matrix"
A_SPREAD = "a spread, from list_spread"
ACTIONS = ["required", "optional", "none"]


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
    sentence = (
        f"The customer alone carries {of_all[widest]:.0%} of all cells of {_name(widest)}, but "
        f"{of_read[widest]:.0%} of the documented ones"
    )
    return sentence.replace("%", " %")


def describe_differences(stack: pd.DataFrame) -> str:
    """Describe the duties in which a few offerings differ.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`.

    Examples
    --------
    >>> names = ["EC2 instance", "S3 bucket"]
    >>> rows = [("Backup", names, ["Customer", "Shared"]), ("Disposal", names, ["AWS", "AWS"])]
    >>> describe_differences(pd.DataFrame(rows, columns=["duty", "parts", "answers"]))
    'EC2 instance and S3 bucket differ in 1 of 2 duties: Backup'
    """
    check_frame(stack, ["duty", "parts", "answers"], A_STACK, has_rows=True)
    differs = stack["answers"].map(lambda answers: len(set(answers)) > 1)
    names = stack["parts"].iloc[0]
    if len(names) == 1:
        return describe_stack(stack, names[0])
    those = f"{', '.join(names[:-1])} and {names[-1]}"
    if len(names) > FEW_STACKS:
        those = f"{len(names):,} offerings"
    duties = stack.loc[differs, "duty"].astype("str").tolist()
    if not duties:
        return f"{those} have the same answer in {_count_all(len(stack), 'duty')}"
    more = f" and {len(duties) - MOST_NAMED} more" if len(duties) > MOST_NAMED else ""
    named = f"{', '.join(duties[:MOST_NAMED])}{more}"
    return f"{those} differ in {len(duties)} of {count_things(len(stack), 'duty')}: {named}"


def describe_matrix(matrix: pd.DataFrame) -> str:
    """Describe the number of duties, or other columns, in which the rows of a matrix differ.

    Parameters
    ----------
    matrix
        Frame from :func:`~srm_data.responsibility_matrix`.

    Examples
    --------
    >>> from srm_data import build_category_model, responsibility_matrix
    >>> matrix = responsibility_matrix(build_category_model(categories="seed"), "duty", "category")
    >>> describe_matrix(matrix).startswith("2 categories differ in ")
    True
    """
    check_frame(matrix, [], A_MATRIX, has_rows=True)
    if not matrix.map(lambda cell: isinstance(cell, str)).to_numpy().all():
        raise FrameError(f"expected {A_MATRIX}; a cell of this frame is not text")
    if matrix.index.name == "duty":
        matrix = matrix.T
    names = [str(axis.name or "row").replace("_", " ") for axis in matrix.axes]
    things, duties = map(count_things, matrix.shape, names)
    filled = matrix.where(matrix != "")
    several = matrix.apply(lambda column: column.str.contains(" or ", regex=False).any())
    moving = int(((filled.nunique() > 1) | several).sum())
    if len(matrix) == 1:
        counts = matrix.iloc[0].value_counts()
        return f"{matrix.index[0]}: the customer alone has {counts.get('Customer', 0)} of {duties}"
    if not moving:
        return f"{things} have the same answers in {_count_all(matrix.shape[1], names[1])}"
    return f"{things} differ in {moving} of {duties}"


def _count_all(number: int, noun: str) -> str:
    """Return a number of things that are all, as in ``"all 28 duties"``; one is not called all."""
    return f"{'all ' if number > 1 else ''}{count_things(number, noun)}"


def describe_actions(counts: pd.DataFrame) -> str:
    """Describe how often the customer must act, and where this is most often the case.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.action_distribution`.

    Examples
    --------
    >>> counts = pd.DataFrame({"required": [9], "optional": [0], "none": [1]}, index=["Backup"])
    >>> describe_actions(counts)
    'The customer must act in 9 of 10 cells (90 %), most often for Backup (90 %)'
    """
    check_frame(counts, ACTIONS, "counts of customer actions, from action_distribution", has_rows=True)
    counts = counts[ACTIONS]
    last = counts.groupby(level=-1, observed=True, sort=False).sum()
    shares = (last["required"] / last.sum(axis="columns")).sort_values(ascending=False, kind="stable")
    must, cells = int(counts["required"].sum()), int(counts.to_numpy().sum())
    share = f"({must / max(cells, 1):.0%})"
    sentence = f"The customer must act in {must:,} of {count_things(cells, 'cell')} {share}"
    if shares.iloc[0] > shares.iloc[-1] or len(shares) == 1:
        sentence += f", most often for {shares.index[0]} ({shares.iloc[0]:.0%})"
    return sentence.replace("%", " %")


def describe_panels(counts: pd.DataFrame, unit: str = "duties") -> str:
    """Describe which panel of a count by two keys leaves the most to the customer, and which the least.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution` by two keys.
    unit
        What is counted.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("Managed", "Data"), ("Abstracted", "Data")])
    >>> counts = pd.DataFrame({"AWS": [1, 3], "Shared": [1, 1], "Customer": [2, 0]}, index=keys)
    >>> describe_panels(counts)
    'The customer alone carries 50 % of the duties in Managed, 0 % in Abstracted; most in Data of
    Managed (50 %)'
    """
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    if counts.index.nlevels != 2:
        raise FrameError(f"expected {COUNTS}, by two keys; got {counts.index.nlevels}")
    shares = counts["Customer"] / counts.sum(axis="columns")
    first = counts.groupby(level=0, observed=True, sort=False).sum()
    of_first = (first["Customer"] / first.sum(axis="columns")).sort_values(kind="stable")
    most, least = of_first.index[-1], of_first.index[0]
    panel, row = shares.index[int(shares.argmax())]
    sentence = f"The customer alone carries {of_first[most]:.0%} of the {unit} in {most}"
    if len(of_first) > 1 and of_first[most] == of_first[least]:
        name = str(counts.index.names[0] or "panel").replace("_", " ")
        sentence = (
            f"The customer alone carries {of_first[most]:.0%} of the {unit} in each of "
            f"{count_things(len(of_first), name)}"
        )
    elif len(of_first) > 1:
        sentence += f", {of_first[least]:.0%} in {least}"
    if shares.max() > shares.min():
        sentence += f"; most in {row}{f' of {panel}' if len(of_first) > 1 else ''} ({shares.max():.0%})"
    return sentence.replace("%", " %")


def _name(row: object) -> str:
    return ", ".join(map(str, row)) if isinstance(row, tuple) else str(row)


def describe_spread(spread: pd.DataFrame) -> str:
    """Describe what the first and last groups of offerings leave to the customer, and the range.

    Parameters
    ----------
    spread
        Frame from :func:`~srm_data.list_spread`.

    Examples
    --------
    >>> spread = pd.DataFrame({"group": ["Managed"] * 3, "offering": ["x", "y", "z"],
    ...                        "duties": [2, 7, 8], "median": [7.0] * 3})
    >>> describe_spread(spread)
    'Half of the offerings in Managed leave 7 duties or more to the customer alone; they range from 2
    (x) to 8 (z)'
    """
    check_frame(spread, ["group", "offering", "duties", "median"], A_SPREAD, has_rows=True)
    of_groups = spread.groupby("group", observed=True)["median"].first()
    first = of_groups.index[0]
    fewest, most = int(spread["duties"].min()), int(spread["duties"].max())
    if len(spread) == 1:
        left = count_things(fewest, "duty")
        return f"{spread['offering'].iloc[0]} leaves {left} to the customer alone"
    if len(of_groups) == 1 and fewest == most:
        left = count_things(fewest, "duty")
        return f"Each of {len(spread):,} offerings in {first} leaves {left} to the customer alone"
    noun = "duty" if of_groups.iloc[0] == 1 else "duties"
    said = (
        f"Half of the offerings in {first} leave {of_groups.iloc[0]:g} {noun} or more to the customer "
        "alone"
    )
    if len(of_groups) > 1:
        others = [f"{median:g} in {name}" for name, median in of_groups.iloc[1:].items()]
        shown = others if len(others) <= 4 else [*others[:4], f"and so on in {len(others) - 4} more"]
        return f"{said}, {', '.join(shown)}"
    pairs = spread.sort_values("duties", kind="stable")[["duties", "offering"]].to_numpy().tolist()
    ends = [f"{duties} ({offering})" for duties, offering in (pairs[0], pairs[-1])]
    return f"{said}; they range from {ends[0]} to {ends[1]}"


def describe_defaults(shares: pd.DataFrame, *, tables: Tables | None = None) -> str:
    """Describe how often readings differ from the default, and which duties differ most.

    Parameters
    ----------
    shares
        Frame from :func:`~srm_data.default_agreement`.
    tables
        Frames from :func:`~srm_data.load_tables`, for the names of duties; loaded if not given.

    Examples
    --------
    >>> shares = pd.DataFrame({"duty_id": ["backup", "host-os"], "cells": [10, 30], "agreed": [4, 30]})
    >>> describe_defaults(shares)
    'Of 40 readings that no rule answers, 6 differ from their default (15 %): most for Backup (60 % of
    10)'
    """
    check_frame(
        shares, ["duty_id", "cells", "agreed"], "defaults, from default_agreement", has_rows=True
    )
    if tables is not None:
        require_tables(tables, {"duties": ["duty_id", "duty"]})
    duties = read_table("duties") if tables is None else tables["duties"]
    names = duties.set_index("duty_id")["duty"]
    of_duties = shares.groupby("duty_id", sort=False)[["cells", "agreed"]].sum()
    differ = of_duties["cells"] - of_duties["agreed"]
    cells, total = int(of_duties["cells"].sum()), int(differ.sum())
    if not cells:
        return "No default was compared with a reading"
    enough = of_duties["cells"] >= ENOUGH_READINGS
    worst = (differ / of_duties["cells"])[enough & (differ > 0)].sort_values(
        ascending=False, kind="stable"
    )
    read = of_duties["cells"].to_dict()
    named = [
        f"{names[str(duty)]} ({share:.0%} of {read[duty]})"
        for duty, share in worst.head(MOST_NAMED).items()
    ]
    said = (
        f"Of {cells:,} readings that no rule answers, {total:,} differ from their default "
        f"({total / cells:.0%})"
    )
    where = f": most for {', '.join(named)}" if named else ""
    return (said + where).replace("%", " %")
